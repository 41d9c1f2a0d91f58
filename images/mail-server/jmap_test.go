package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func newAccount(t *testing.T) (*store, http.Handler) {
	t.Helper()
	o := options{token: "t", username: "u@example.com", password: "p", mailboxes: []string{"Inbox", "Screener"}}
	s, err := openStore(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, newAPI(s, o)
}

func ask(t *testing.T, api http.Handler, calls string) string {
	t.Helper()
	r := httptest.NewRequest("POST", "/jmap/api/", strings.NewReader(`{"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail"],"methodCalls":[`+calls+`]}`))
	r.Header.Set("Authorization", "Bearer t")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	var body struct{ MethodResponses json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return string(body.MethodResponses)
}

// RFC 8620 section 3.7: a list and a field of every element of a list.
func TestReferencesToEarlierAnswers(t *testing.T) {
	_, api := newAccount(t)
	got := ask(t, api, `["Mailbox/get",{"accountId":"A1","ids":null,"properties":["name"]},"a"],
		["Mailbox/get",{"accountId":"A1","#ids":{"resultOf":"a","name":"Mailbox/get","path":"/list/*/id"},"properties":["role"]},"b"]`)
	if !strings.Contains(got, `"role":"inbox"`) {
		t.Error(got)
	}
	got = ask(t, api, `["Email/get",{"accountId":"A1","#ids":{"resultOf":"x","name":"Email/query","path":"/ids"}},"b"]`)
	if !strings.Contains(got, "invalidResultReference") {
		t.Error(got)
	}
}

func TestErrorsOfCalls(t *testing.T) {
	_, api := newAccount(t)
	for call, want := range map[string]string{
		`["Foo/get",{"accountId":"A1"},"a"]`:                                     "unknownMethod",
		`["Mailbox/get",{"accountId":"B"},"a"]`:                                  "accountNotFound",
		`["Email/query",{"accountId":"A1","filter":{"text":"x"}},"a"]`:           "unsupportedFilter",
		`["Email/query",{"accountId":"A1","filter":{"before":"monday"}},"a"]`:    "invalidArguments",
		`["Mailbox/set",{"accountId":"A1","create":{"n":{"name":"Inbox"}}},"a"]`: "invalidProperties",
		`["Email/set",{"accountId":"A1","update":{"zz":{}}},"a"]`:                "notFound",
	} {
		if got := ask(t, api, call); !strings.Contains(got, want) {
			t.Errorf("%s: %s", call, got)
		}
	}
}

// RFC 8620 section 5.3: all changes of a message or none.
func TestMessageIsMovedWholeOrNotAtAll(t *testing.T) {
	s, api := newAccount(t)
	m, inbox, screener := s.Messages[0], s.at("Inbox").ID, s.at("Screener").ID
	move := func(patch string) string {
		return ask(t, api, fmt.Sprintf(`["Email/set",{"accountId":"A1","update":{%q:%s}},"a"]`, m.ID, patch))
	}
	for _, patch := range []string{
		fmt.Sprintf(`{"mailboxIds/%s":null}`, screener),
		fmt.Sprintf(`{"mailboxIds/%s":true,"mailboxIds/nowhere":true}`, inbox),
		fmt.Sprintf(`{"mailboxIds/%s":true,"subject":"x"}`, inbox),
	} {
		if got := move(patch); !strings.Contains(got, `"notUpdated":{"`+m.ID) || len(m.MailboxIDs) != 1 || !m.MailboxIDs[screener] {
			t.Errorf("%s: %s", patch, got)
		}
	}
	move(fmt.Sprintf(`{"mailboxIds/%s":true,"mailboxIds/%s":null}`, inbox, screener))
	if len(m.MailboxIDs) != 1 || !m.MailboxIDs[inbox] {
		t.Errorf("got %v", m.MailboxIDs)
	}
}

func TestGroupIsJoinedByTheContactsMarkedForIt(t *testing.T) {
	s, api := newAccount(t)
	put := func() int {
		r := httptest.NewRequest("PUT", "/dav/addressbooks/user/u@example.com/Default/g1.vcf",
			strings.NewReader("BEGIN:VCARD\r\nUID:g1\r\nFN:Paper Trail\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nEND:VCARD\r\n"))
		r.SetBasicAuth("u@example.com", "p")
		r.Header.Set("If-None-Match", "*")
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		return w.Code
	}
	if first, second := put(), put(); first != 201 || second != 412 {
		t.Errorf("got %d, then %d", first, second)
	}
	if group := s.group("Paper Trail"); group == nil || !slices.Equal(group.Members, []string{"shop"}) {
		t.Errorf("got %+v", group)
	}
}

func TestStateFileBringsTheAccountBack(t *testing.T) {
	o := options{username: "u", mailboxes: []string{"Inbox"}, stateFile: t.TempDir() + "/state.json"}
	first, err := openStore(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.write(func() error { return first.addAt("Inbox/Deep") }); err != nil {
		t.Fatal(err)
	}
	second, err := openStore(o)
	if err != nil || second.at("Inbox/Deep") == nil || len(second.Messages) != len(first.Messages) {
		t.Errorf("got %+v, %v", second, err)
	}
}
