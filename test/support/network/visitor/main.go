// Command visitor looks at a cluster from inside a pod: it serves its own name, looks names up, fetches addresses and tries connections.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func serve() error {
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		fmt.Println("visited", request.URL.Path)
		fmt.Fprintln(answer, os.Getenv("NODE_NAME"))
	})
	http.HandleFunc("/large", func(answer http.ResponseWriter, _ *http.Request) {
		io.WriteString(answer, strings.Repeat("0123456789abcdef", 1<<20))
	})
	fmt.Println("serving")
	return http.ListenAndServe(":8080", nil)
}

func lookup(name string) error {
	addresses, err := net.LookupHost(name)
	fmt.Println(strings.Join(addresses, " "))
	return err
}

// get fetches the address, each time anew: 20 times meet every pod behind a Service.
func get(address string, times int) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for range times {
		answer, err := client.Get(address)
		if err != nil {
			return err
		}
		io.Copy(os.Stdout, answer.Body)
		answer.Body.Close()
		if answer.StatusCode >= 400 {
			return errors.New(answer.Status)
		}
	}
	return nil
}

func main() {
	actions := map[string]func() error{
		"serve":  serve,
		"lookup": func() error { return lookup(os.Args[2]) },
		"get":    func() error { return get(os.Args[2], 20) },
		"read":   func() error { return get(os.Args[2], 1) },
		// <port> <address>: carries connections on, as an ingress controller does
		"carry": func() error { return carry(":"+os.Args[2], os.Args[3]) },
		// <name> <address> <ports>: answers with its name
		"answer": func() error { return answer(os.Args[2], os.Args[3], strings.Split(os.Args[4], ",")) },
		// [<own address>]: tries the connections of standard input
		"reach": func() error { return reach(os.Stdin, append(os.Args[2:], "")[0]) },
		// <name> <address> <ports> <connections>: tries them once, at once, before it answers
		"first": func() error {
			if err := reach(strings.NewReader(os.Args[5]), ""); err != nil {
				return err
			}
			return answer(os.Args[2], os.Args[3], strings.Split(os.Args[4], ","))
		},
	}
	if err := actions[os.Args[1]](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
