package main

import (
	"net/http"
	"sync"
	"time"
)

// faults makes the mail and contacts side slow or failing, for tests of how clients take it.
type faults struct {
	mu      sync.Mutex
	setting fault
}

// fault is the body of POST /faults; an empty object makes the server well again.
type fault struct {
	DelayMS  int `json:"delay_ms"` // wait before every answer, milliseconds, 0 to 600000
	Status   int `json:"status"`   // answer with this status instead, 400 to 599; 0 answers as usual
	Requests int `json:"requests"` // only for so many requests; 0 until changed
}

func (f *faults) set(next fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.setting = next
}

func (f *faults) current() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.setting
}

// take returns the fault for one request and counts it.
func (f *faults) take() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.setting
	if f.setting.Requests == 1 {
		f.setting = fault{}
	} else if f.setting.Requests > 1 {
		f.setting.Requests--
	}
	return now
}

func (f *faults) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := f.take()
		select {
		case <-time.After(time.Duration(now.DelayMS) * time.Millisecond):
		case <-r.Context().Done():
			return
		}
		if now.Status != 0 {
			http.Error(w, "this fault was asked for", now.Status)
			return
		}
		next.ServeHTTP(w, r)
	})
}
