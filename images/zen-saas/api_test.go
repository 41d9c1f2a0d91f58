package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func answerOf(s *saas, r *http.Request) (int, string) {
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

// admin calls the side for people and gives status and body.
func admin(s *saas, method, path, body string) (int, string) {
	w := httptest.NewRecorder()
	s.adminHandler().ServeHTTP(w, adminRequest(method, path, body))
	return w.Code, strings.TrimSpace(w.Body.String())
}

// adminRequest is one as the page and programs of this machine send it.
func adminRequest(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8081"
	r.Header.Set("Content-Type", "application/json")
	return r
}

func TestTheSideForPeopleAnswersAtAnAddressOrAtLocalhost(t *testing.T) {
	s := newSaas(t)
	ask := func(method, path, host string) int {
		w, r := httptest.NewRecorder(), adminRequest(method, path, restart)
		r.Host = host
		s.adminHandler().ServeHTTP(w, r)
		return w.Code
	}
	for _, host := range []string{"localhost", "LOCALHOST:30081", "127.0.0.1:8081", "[::1]:8081", "[::1]", "10.200.0.11:30081", "10.201.1.7:8081"} {
		if status := ask("GET", "/", host); status != http.StatusOK {
			t.Fatal(host, status)
		}
	}
	for _, host := range []string{"rebound.example:8081", "rebound.example", "zen-saas.zen-saas:8081", "localhost.rebound.example", "127.0.0.1.rebound.example", "localhost.", "", "127.0.0.1:8081:1"} {
		for _, one := range [][2]string{{"GET", "/"}, {"GET", "/state"}, {"POST", "/remediations"}, {"DELETE", "/state"}} {
			if status := ask(one[0], one[1], host); status != http.StatusMisdirectedRequest {
				t.Fatal(host, one, status)
			}
		}
	}
	if n := len(s.view().Remediations); n != 0 {
		t.Fatal(n, "remediations came by a name")
	}
}

func TestTheSideForPeopleTakesJSONAlone(t *testing.T) {
	s := newSaas(t)
	for kind, want := range map[string]int{
		"application/json": 204, "application/json; charset=utf-8": 204, "Application/JSON": 204,
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=a": 415, "text/plain; application/json": 415, "application/jsonp": 415,
	} {
		for _, one := range [][3]string{{"POST", "/remediations", restart}, {"PUT", "/ocsp", `{"status":"none"}`}} {
			w, r := httptest.NewRecorder(), adminRequest(one[0], one[1], one[2])
			r.Header.Set("Content-Type", kind)
			s.adminHandler().ServeHTTP(w, r)
			if w.Code != want {
				t.Fatal(kind, one[1], w.Code, w.Body)
			}
		}
	}
}

func agent(t *testing.T, s *saas, method, path, body string) string {
	t.Helper()
	status, said := answerOf(s, signed(s, method, path, body))
	if status != http.StatusOK {
		t.Fatal(method, path, status, said)
	}
	return said
}

func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	for range 200 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("not seen within 2 s")
}

const restart = `{"name":"restart","approvedBy":"ada@example.com","approvedVia":"ui-immediate","spec":{"executionMode":"ssa-immediate","target":{"apiVersion":"apps/v1","kind":"Deployment","namespace":"shop","name":"web"},"patch":"spec: {replicas: 2}","observations":["events-1"]}}`

func TestARemediationIsHandedOutUntilItsResultCame(t *testing.T) {
	s := newSaas(t)
	if status, said := admin(s, "POST", "/remediations", restart); status != http.StatusNoContent {
		t.Fatal(status, said)
	}
	for range 2 {
		var given struct{ Remediations []Remediation }
		check(t, json.Unmarshal([]byte(agent(t, s, "GET", "/v1/remediations", "")), &given))
		if len(given.Remediations) != 1 || given.Remediations[0].ApprovedBy != "ada@example.com" || given.Remediations[0].ApprovedVia != "ui-immediate" || given.Remediations[0].Spec["executionMode"] != "ssa-immediate" {
			t.Fatal(given)
		}
	}
	const result = `{"results":[{"name":"restart","uid":"u-1","phase":"Succeeded","message":"applied","finishedAt":"2026-01-31T12:00:00Z"}]}`
	for range 3 {
		agent(t, s, "POST", "/v1/results", result)
	}
	if said := agent(t, s, "GET", "/v1/remediations", ""); said != `{"remediations":[]}` {
		t.Fatal(said)
	}
	v := s.view()
	if len(v.Results) != 1 || v.Results[0].Duplicates != 2 || v.Remediations[0].ReportedAt == nil {
		t.Fatal(v.Results, v.Remediations)
	}
	if _, said := admin(s, "GET", "/metrics", ""); !strings.Contains(said, "\nzen_saas_duplicate_results_total 2\n") {
		t.Fatal(said)
	}
}

// What was told of a UID before is no reason to leave out how it ended later.
func TestALaterEndOfARemediationIsAResultOfItsOwn(t *testing.T) {
	s := newSaas(t)
	admin(s, "POST", "/remediations", restart)
	for _, phase := range []string{"Succeeded", "RolledBack", "RolledBack"} {
		agent(t, s, "POST", "/v1/results", `{"results":[{"name":"restart","uid":"u-1","phase":"`+phase+`","message":"m","finishedAt":"2026-01-31T12:00:00Z"}]}`)
	}
	v := s.view()
	if len(v.Results) != 2 || v.Results[0].Duplicates+v.Results[1].Duplicates != 1 || v.ResultOf("restart").Phase != "RolledBack" {
		t.Fatal(v.Results)
	}
}

func TestObservationsAreKeptOnce(t *testing.T) {
	s := newSaas(t)
	for _, uid := range []string{"u-1", "u-1", "u-2"} {
		agent(t, s, "POST", "/v1/observations", `{"observations":[{"name":"events-1","uid":"`+uid+`","spec":{"severity":"high"}}]}`)
	}
	if n := len(s.view().Observations); n != 2 {
		t.Fatal(n)
	}
}

func TestWhatAnAgentSendsWrongIsRefused(t *testing.T) {
	s := newSaas(t)
	for _, one := range [][3]string{
		{"/v1/agents", `{}`, "instance is missing"},
		{"/v1/agents", `{`, "the body is not what is expected"},
		{"/v1/observations", `{"observations":[{"name":"a","spec":{"x":1}},{"name":"b"}]}`, "observations[1]: name and spec"},
		{"/v1/results", `{"results":[{"name":"a","phase":"Failed"}]}`, "results[0]: name, uid and phase"},
	} {
		if status, said := answerOf(s, signed(s, "POST", one[0], one[1])); status != http.StatusUnprocessableEntity || !strings.Contains(said, one[2]) {
			t.Fatal(one, status, said)
		}
	}
	if n := len(s.view().Observations); n != 0 {
		t.Fatal("part of a refused request was kept")
	}
	if status, _ := answerOf(s, signed(s, "POST", "/v1/results", strings.Repeat(" ", maxBody+1))); status != http.StatusRequestEntityTooLarge {
		t.Fatal(status)
	}
	if status, _ := answerOf(s, signed(s, "GET", "/", "")); status != http.StatusNotFound {
		t.Fatal(status)
	}
}

func TestWhatAPersonQueuesWrongIsRefused(t *testing.T) {
	s := newSaas(t)
	for body, why := range map[string]string{
		`{"name":"Bad Name","spec":{"a":1},"approvedBy":"x"}`:               "name must be that of an object",
		`{"name":"a","approvedBy":"x"}`:                                     "spec is missing",
		`{"name":"a","spec":{"a":1},"approvedVia":"slack"}`:                 "nobody approved",
		`{"name":"a","spec":{"a":1},"approvedBy":"x"}`:                      "approvedVia must be one of ui-immediate, slack, scheduled",
		`{"name":"a","spec":{"a":1},"approvedBy":"x","approvedVia":"self"}`: "approvedVia must be one of",
		`{"name":"a","spec":{"a":1},"approved":true}`:                       "unknown field",
	} {
		if status, said := admin(s, "POST", "/remediations", body); status < 400 || !strings.Contains(said, why) {
			t.Fatal(body, status, said)
		}
	}
	admin(s, "POST", "/remediations", restart)
	if status, _ := admin(s, "POST", "/remediations", restart); status != http.StatusNoContent {
		t.Fatal("the same again is no mistake", status)
	}
	changed := strings.Replace(restart, "replicas: 2", "replicas: 9", 1)
	if status, said := admin(s, "POST", "/remediations", changed); status != http.StatusUnprocessableEntity || !strings.Contains(said, "what was approved never changes") {
		t.Fatal(status, said)
	}
	admin(s, "DELETE", "/state", "")
	if n := len(s.view().Remediations); n != 0 {
		t.Fatal(n)
	}
}

func TestThePageShowsClusterObservationsRemediationsAndResults(t *testing.T) {
	s := newSaas(t)
	agent(t, s, "POST", "/v1/agents", `{"instance":"zen-agent","version":"1.0.2","modes":["ssa-immediate"]}`)
	agent(t, s, "POST", "/v1/observations", `{"observations":[{"name":"events-1","spec":{"severity":"high","resource":{"kind":"Pod","name":"web-0"},"message":"<b>bold</b>"}}]}`)
	admin(s, "POST", "/remediations", restart)
	agent(t, s, "POST", "/v1/results", `{"results":[{"name":"restart","uid":"u-1","phase":"Conflict","message":"owned by kubectl","finishedAt":"2026-01-31T12:00:00Z"}]}`)
	status, text := admin(s, "GET", "/", "")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	for _, part := range []string{
		"<h1>Zen: shop-1</h1>", "zen-agent 1.0.2", "events-1", "Pod web-0", "&lt;b&gt;bold", "Deployment shop/web", "ada@example.com",
		`<span class="bad">Conflict</span> owned by kubectl`, `<html lang="en">`, `<caption>Observations</caption>`, `scope="col"`,
	} {
		if !strings.Contains(text, part) {
			t.Fatal(part, "is missing in", text)
		}
	}
	if strings.Contains(text, token) {
		t.Fatal("the token is on the page")
	}
}

func TestNoOtherWebsitePressesTheButtons(t *testing.T) {
	s := newSaas(t)
	r := adminRequest("POST", "/remediations", restart)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	s.adminHandler().ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || len(s.view().Remediations) != 0 {
		t.Fatal(w.Code)
	}
}

func TestNotReadyWhileDraining(t *testing.T) {
	s := newSaas(t)
	if status, _ := admin(s, "GET", "/readyz", ""); status != http.StatusOK {
		t.Fatal(status)
	}
	s.draining.Store(true)
	if status, _ := admin(s, "GET", "/readyz", ""); status != http.StatusServiceUnavailable {
		t.Fatal(status)
	}
}

func TestALineEndAfterTheTokenIsNotPartOfIt(t *testing.T) {
	load := func(token string) (Config, error) {
		return loadConfig(func(key string) string {
			return map[string]string{"ZEN_SAAS_TOKEN": token, "ZEN_SAAS_TENANT_ID": "acme", "ZEN_SAAS_CLUSTER_ID": "shop-1"}[key]
		})
	}
	for _, end := range []string{"", "\n", "\r\n"} {
		if config, err := load(token + end); err != nil || config.Token != token {
			t.Errorf("%q: %q, %v", end, config.Token, err)
		}
	}
	for _, wrong := range []string{"a b", " ab", "ab ", "ab\n\n", "\nab", "a\tb", "ab\r", string(rune(0xfeff)) + "ab", "a\u200bb", "a\x00b"} {
		if _, err := load(wrong); err == nil || !strings.Contains(err.Error(), "ZEN_SAAS_TOKEN has white space") || strings.Contains(err.Error(), wrong) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestEveryMistakeOfTheEnvironmentAtOnce(t *testing.T) {
	_, err := loadConfig(func(key string) string {
		return map[string]string{"ZEN_SAAS_TLS_DIR": t.TempDir(), "ZEN_SAAS_DRAIN_SECONDS": "soon"}[key]
	})
	for _, part := range []string{"ZEN_SAAS_TOKEN is", "ZEN_SAAS_TENANT_ID is", "ZEN_SAAS_CLUSTER_ID is", "no tls.crt", "no tls.key", "no ca.crt", "ZEN_SAAS_DRAIN_SECONDS must"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Fatal(part, err)
		}
	}
}
