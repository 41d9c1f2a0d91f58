package main

import (
	"errors"
	"sync"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
	v1core "k8s.io/api/core/v1"
)

// patience is how long a round that was asked for may take.
const patience = 20 * time.Second

// syncs counts the controller's rounds: each writes the rules of all pods anew, one after the other.
type syncs struct {
	mutex       sync.Mutex
	begun, done int
	changed     chan struct{}
}

func newSyncs() *syncs { return &syncs{changed: make(chan struct{})} }

func (s *syncs) begin() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.begun++
}

func (s *syncs) end() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.done = s.begun
	close(s.changed)
	s.changed = make(chan struct{})
}

// next asks for a round that begins from now on, and returns when it has ended well.
func (s *syncs) next(request func()) error {
	s.mutex.Lock()
	wanted := s.begun + 1
	s.mutex.Unlock()
	request()
	late := time.After(patience)
	for {
		s.mutex.Lock()
		isDone, changed := s.done >= wanted, s.changed
		s.mutex.Unlock()
		if isDone {
			return nil
		}
		select {
		case <-changed:
		case <-late:
			return errors.New("the rules could not be written, see the agent's log")
		}
	}
}

// watched wraps what handles sets of addresses: listing those that are left over is the last step of a round, taken only when all others went well.
func (s *syncs) watched(handlers map[v1core.IPFamily]utils.IPSetHandler) map[v1core.IPFamily]utils.IPSetHandler {
	all := map[v1core.IPFamily]utils.IPSetHandler{}
	for family, handler := range handlers {
		all[family] = watchedSets{handler, s}
	}
	return all
}

type watchedSets struct {
	utils.IPSetHandler
	syncs *syncs
}

func (w watchedSets) Save() error {
	err := w.IPSetHandler.Save()
	if err == nil {
		w.syncs.end()
	}
	return err
}
