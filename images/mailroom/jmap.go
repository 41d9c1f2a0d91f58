package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const mailCapability = "urn:ietf:params:jmap:mail"

// jmap speaks the mail side (RFC 8620, RFC 8621).
type jmap struct {
	service
	session string // address of the session resource
	api     string
	account string
}

func newJMAP(address, token string) *jmap {
	return &jmap{session: address, service: service{"JMAP", "MAILROOM_JMAP_TOKEN",
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }}}
}

// connect reads the session: where to send calls and which account holds the mail.
func (j *jmap) connect(ctx context.Context) error {
	got, err := j.do(ctx, request{method: http.MethodGet, url: j.session})
	if err != nil {
		return err
	}
	var session struct {
		APIURL          string            `json:"apiUrl"`
		PrimaryAccounts map[string]string `json:"primaryAccounts"`
	}
	if got.status != http.StatusOK || json.Unmarshal(got.body, &session) != nil || session.PrimaryAccounts[mailCapability] == "" {
		return failure{exitUnreachable, fmt.Sprintf("JMAP: %s is not a session resource with a mail account (status %d); check fastmail.jmap_url", j.session, got.status)}
	}
	base, _ := url.Parse(got.url)
	api, err := base.Parse(session.APIURL)
	if err != nil || (base.Scheme == "https" && api.Scheme != "https") {
		return failure{exitUnreachable, "JMAP: the session resource names an API address that is not usable"}
	}
	j.api, j.account = api.String(), session.PrimaryAccounts[mailCapability]
	return nil
}

// call is one method call: name, arguments, and an id that later calls refer to.
type call struct {
	name string
	args map[string]any
	id   string
}

// run sends calls in one request and returns the arguments of the answers by call id.
func (j *jmap) run(ctx context.Context, calls ...call) (map[string]json.RawMessage, error) {
	var methods [][]any
	for _, c := range calls {
		c.args["accountId"] = j.account
		methods = append(methods, []any{c.name, c.args, c.id})
	}
	body, err := json.Marshal(map[string]any{"using": []string{"urn:ietf:params:jmap:core", mailCapability}, "methodCalls": methods})
	if err != nil {
		return nil, err
	}
	got, err := j.do(ctx, request{http.MethodPost, j.api, string(body), map[string]string{"Content-Type": "application/json"}})
	if err != nil {
		return nil, err
	}
	var reply struct {
		MethodResponses [][3]json.RawMessage `json:"methodResponses"`
	}
	if got.status != http.StatusOK || json.Unmarshal(got.body, &reply) != nil {
		return nil, fmt.Errorf("JMAP: unexpected answer with status %d", got.status)
	}
	answers := map[string]json.RawMessage{}
	for _, r := range reply.MethodResponses {
		name, id := text(r[0]), text(r[2])
		if name == "error" {
			return nil, fmt.Errorf("JMAP: %s failed: %s", id, errorType(r[1]))
		}
		answers[id] = r[1]
	}
	return answers, nil
}

// ask runs one call and decodes its answer.
func (j *jmap) ask(ctx context.Context, name string, args map[string]any, into any) error {
	answers, err := j.run(ctx, call{name, args, name})
	if err != nil {
		return err
	}
	return json.Unmarshal(answers[name], into)
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

// errorType is the machine-readable part of a JMAP error; the description may repeat what was sent.
func errorType(raw json.RawMessage) string {
	var e struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(raw, &e)
	return strings.TrimSpace(or(e.Type, "unknown error"))
}
