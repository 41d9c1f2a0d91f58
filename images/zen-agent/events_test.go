package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

func TestEventsOfThePodSayWhetherTheSaaSCanBeUsed(t *testing.T) {
	a, x, service := talking(t)
	var said []string
	var refused error
	a.fake.PrependReactor("create", "events", func(action clienttesting.Action) (bool, runtime.Object, error) {
		made := action.(clienttesting.CreateAction).GetObject().(*unstructured.Unstructured)
		if refused == nil {
			said = append(said, made.Object["type"].(string)+" "+made.Object["reason"].(string)+": "+made.Object["message"].(string))
		}
		return true, made, refused
	})
	round := func(want ...string) {
		t.Helper()
		said = nil
		x.round(context.Background(), nil, nil)
		if len(said) != len(want) {
			t.Fatalf("%q", said)
		}
		for index, one := range want {
			if !strings.HasPrefix(said[index], one) {
				t.Fatalf("%q, not %q", said[index], one)
			}
		}
	}
	round() // nothing was wrong, so there is nothing to say
	service.away = true
	round("Warning SaaSUnavailable: server-error: ")
	round() // it was said
	x.notices.at = time.Now().Add(-again)
	round("Warning SaaSUnavailable: server-error: ")
	service.away, service.status = false, 401
	round("Warning SaaSUnavailable: ")
	service.status = 0
	round("Normal SaaSAnswers: ")
	x.notices.at = time.Now().Add(-again)
	round()
	service.away, refused = true, errors.New("events is forbidden")
	round()
	refused = nil
	round("Warning SaaSUnavailable: server-error: ") // what could not be said is said later
}
