// Command mail-server is a mail and contacts server for one account, for clusters that have no internet:
// JMAP (RFC 8620, RFC 8621) and CardDAV (RFC 6352) on one port, and a page and switches for people and tests on another.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run() error {
	options, err := readOptions(os.Getenv)
	if err != nil {
		return err
	}
	store, err := openStore(options)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	faults := &faults{}
	api, err := serve(options.address, "mail and contacts", faults.wrap(newAPI(store, options)))
	if err != nil {
		return err
	}
	admin, err := serve(options.adminAddress, "admin", newAdmin(store, faults))
	if err != nil {
		return err
	}
	<-ctx.Done()
	soon, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = errors.Join(api.Shutdown(soon), admin.Shutdown(soon)) // requests still open after two seconds are dropped
	fmt.Println("stopped")
	return nil
}

func serve(address, what string, handler http.Handler) (*http.Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the %s address %q cannot be used: %w", what, address, err)
	}
	fmt.Printf("%s on %s\n", what, listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return server, nil
}
