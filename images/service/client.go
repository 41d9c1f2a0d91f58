package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// check asks this pod's own server, for exec probes, and prints the answer; 0 when it is 200.
func check(args []string) int {
	path := "/readyz"
	if len(args) == 1 {
		path = args[0]
	}
	client := &http.Client{Timeout: 5 * time.Second}
	response, err := client.Get("http://127.0.0.1:" + cmp.Or(os.Getenv("SERVICE_PORT"), "8080") + path)
	if err != nil {
		fmt.Println("no answer")
		return 1
	}
	defer response.Body.Close()
	_, _ = io.Copy(os.Stdout, io.LimitReader(response.Body, 4096))
	if response.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}

// visits counts what a visitor saw, by the answer's status or the reason there was none.
type visits struct {
	mu   sync.Mutex
	seen map[string]int
}

func (v *visits) add(what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[what]++
}

// visit asks an address for so many seconds, by one connection that is kept and one that is made anew each time, and prints the counts
// as JSON; 0 when every answer was 200.
func visit(args []string) int {
	if len(args) != 2 {
		return refuse(fmt.Errorf("usage: service visit http://host/path seconds"))
	}
	seconds, err := strconv.Atoi(args[1])
	if err != nil || seconds < 1 || seconds > 3600 {
		return refuse(fmt.Errorf("seconds must be a whole number from 1 to 3600, got %q", args[1]))
	}
	counts := &visits{seen: map[string]int{}}
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	var group sync.WaitGroup
	for _, anew := range []bool{false, true} {
		client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: anew}}
		group.Go(func() {
			for time.Now().Before(end) {
				counts.add(once(client, args[0]))
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	group.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(counts.seen)
	if len(counts.seen) != 1 || counts.seen["200"] == 0 {
		return 1
	}
	return 0
}

func once(client *http.Client, address string) string {
	response, err := client.Get(address)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return strconv.Itoa(response.StatusCode)
}
