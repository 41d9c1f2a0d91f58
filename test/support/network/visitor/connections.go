package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// answer says its name to whoever connects to one of the ports, and to whoever sends it a packet there. A port that another program has is left out.
func answer(name, address string, ports []string) error {
	for _, port := range ports {
		at := net.JoinHostPort(address, port)
		if listener, err := net.Listen("tcp", at); err == nil {
			go func() {
				for {
					connection, err := listener.Accept()
					if err != nil {
						return
					}
					io.WriteString(connection, name)
					connection.Close()
				}
			}()
		} else if !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
		packets, err := net.ListenPacket("udp", at)
		if err != nil {
			return err
		}
		go func() {
			buffer := make([]byte, 64)
			for {
				_, from, err := packets.ReadFrom(buffer)
				if err != nil {
					continue // of a refused answer
				}
				packets.WriteTo([]byte(name), from)
			}
		}()
	}
	fmt.Println("answering")
	select {}
}

// carry takes connections on to an address, each by itself.
func carry(at, to string) error {
	listener, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer client.Close()
			server, err := net.Dial("tcp", to)
			if err != nil {
				return
			}
			defer server.Close()
			go func() {
				io.Copy(server, client)
				server.(*net.TCPConn).CloseWrite()
			}()
			io.Copy(client, server)
		}()
	}
}

// connection is one to try, and how long to wait for an answer.
type connection struct {
	IP       string
	Port     int
	Protocol string
}

// atOnce is how many connections are tried at a time: a refused one may take all its time, as a kernel says so only now and then.
const atOnce = 400

// within is how long an answer may take.
const within = 1500 * time.Millisecond

// reach tries connections, one a line, and prints for each, in their order, who answered or why nobody did.
func reach(lines io.Reader, from string) error {
	var all []connection
	for decoder := json.NewDecoder(lines); ; {
		var one connection
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		all = append(all, one)
	}
	answers := make([]string, len(all))
	slots := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	for at, one := range all {
		slots <- struct{}{}
		running.Add(1)
		go func() {
			defer func() { <-slots; running.Done() }()
			answers[at] = try(one, from)
		}()
	}
	running.Wait()
	return json.NewEncoder(os.Stdout).Encode(answers)
}

func try(one connection, from string) string {
	dialer := net.Dialer{Timeout: within}
	network := "tcp"
	if one.Protocol == "UDP" {
		network = "udp"
	}
	if from != "" && network == "tcp" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	} else if from != "" {
		dialer.LocalAddr = &net.UDPAddr{IP: net.ParseIP(from)}
	}
	connected, err := dialer.Dial(network, net.JoinHostPort(one.IP, fmt.Sprint(one.Port)))
	if err != nil {
		return word(err)
	}
	defer connected.Close()
	if one.Protocol == "CONNECT" {
		return "connected" // the server waits for what is said first, as with TLS
	}
	connected.SetDeadline(time.Now().Add(within))
	if network == "udp" {
		if _, err := io.WriteString(connected, "?"); err != nil {
			return word(err)
		}
	}
	buffer := make([]byte, 64)
	length, err := connected.Read(buffer)
	if err != nil {
		return word(err)
	}
	return string(buffer[:length])
}

// word says why there was no answer; "!" stands before what is no name.
func word(err error) string {
	var late net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "!refused"
	case errors.As(err, &late) && late.Timeout():
		return "!timeout"
	default:
		return "!" + err.Error()
	}
}
