package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Services of the tests, by namespace/name: their spec.
var serviceSpecs = map[string]string{
	"shop/web":      `{"clusterIP": "10.43.0.7", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}, {"port": 81, "targetPort": "http"}, {"port": 8080}, {"port": 5432}]}`,
	"shop/away":     `{"type": "ExternalName", "externalName": "169.254.169.254.nip.io", "ports": [{"port": 8080}]}`,
	"shop/bare":     `{"clusterIP": "10.43.0.8", "ports": [{"port": 8080}]}`,
	"shop/headless": `{"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"port": 8080}]}`,
	"shop/local":    `{"clusterIP": "127.0.0.1", "selector": {"app": "web"}, "ports": [{"port": 8080}]}`,
	"shop/metadata": `{"clusterIP": "169.254.169.254", "selector": {"app": "web"}, "ports": [{"port": 8080}]}`,
	"mail/web":      `{"clusterIP": "10.43.0.9", "selector": {"app": "web"}, "ports": [{"port": 8080}]}`,
}

// asked is an agent with the probe http whose target names an address, the addresses it connects to, and what answers there.
func asked(t *testing.T, address string, answer http.HandlerFunc, changes ...string) (*agent, *[]string) {
	t.Helper()
	a := newAgent(t, append([]string{"VALIDATION_PROBES=http", "PROBE_PORTS=8080,http"}, changes...)...)
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	dialled := &[]string{}
	a.executor.probes.dial = func(ctx context.Context, network, at string) (net.Conn, error) {
		*dialled = append(*dialled, at)
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	for key, spec := range serviceSpecs {
		namespace, name, _ := strings.Cut(key, "/")
		object := &unstructured.Unstructured{}
		must(t, object.UnmarshalJSON([]byte(`{"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "`+namespace+`", "name": "`+name+`"}, "spec": `+spec+`}`)))
		must(t, a.fake.Tracker().Add(object))
	}
	a.deploy(t, "helm", shop)
	if address != "" {
		object := a.deployment(t)
		object.SetAnnotations(map[string]string{probeURL: address})
		bump(object)
		must(t, a.fake.Tracker().Update(deployments, object, "shop"))
	}
	return a, dialled
}

func TestTheProbeHTTPAsksAServiceOfTheTargetsNamespace(t *testing.T) {
	for address, at := range map[string]string{
		"http://web/healthz": "10.43.0.7:80", "http://web.shop:81/healthz": "10.43.0.7:81",
		"http://web.shop.svc:8080/healthz": "10.43.0.7:8080", "http://web.shop.svc.cluster.local/healthz": "10.43.0.7:80",
	} {
		var path, host string
		a, dialled := asked(t, address, func(_ http.ResponseWriter, request *http.Request) { path, host = request.URL.Path, request.Host })
		a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
		a.round(t)
		a.expect(t, "fix", succeeded, "probes passed: http")
		if len(*dialled) != 1 || (*dialled)[0] != at || path != "/healthz" || !strings.HasPrefix(host, "web") {
			t.Errorf("%s: %v, %s, %s", address, *dialled, path, host)
		}
	}
}

func TestAnAddressThatTheProbeHTTPMayNotAskIsRefusedAtOnce(t *testing.T) {
	const service = "must be the address of a Service in namespace shop, such as http://web.shop:8080/healthz"
	for address, says := range map[string]string{
		"http://169.254.169.254/latest/meta-data": service, "http://127.0.0.1:8080/": service, "http://[::1]:8080/": service,
		"http://[fe80::1]:8080/": service, "http://10.43.0.7/": service, "http://2130706433/": "Service shop/2130706433 is not there",
		"http://0x7f.1/": service, "http://localhost:8080/": "Service shop/localhost is not there",
		"http://web.shop.example.com/": service, "http://web.shop.svc.example.com/": service, "http://saas.example.com/": service,
		"http://web.mail:8080/": service, "https://kubernetes.default.svc/": service, "http://user:pass@web:8080/": service,
		"file:///etc/passwd": service, "ftp://web.shop/": service, "gopher://web.shop:8080/": service, "web.shop:8080": service,
		"http://web.shop:8080.": service, "http://web.shop.:8080/": service, "http://": service, "http://a b/": service,
		"http://none.shop:8080/": "Service shop/none is not there", "http://away:8080/": "Service shop/away leads out of the cluster",
		"http://bare:8080/": "Service shop/bare selects no pods", "http://headless:8080/": "Service shop/headless has no address of its own",
		"http://local:8080/": "no address of its own", "http://metadata:8080/": "no address of its own",
		"http://web:9999/": "Service shop/web has no port 9999", "https://web/": "Service shop/web has no port 443",
		"http://web:5432/": "port 5432 of pods is none of those that the agent may ask (8080, http); validation.httpPorts of its chart names them",
	} {
		t.Run(address, func(t *testing.T) {
			a, dialled := asked(t, address, func(http.ResponseWriter, *http.Request) {})
			before := a.spec(t)
			a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
			a.round(t)
			a.expect(t, "fix", failed, probeURL)
			a.expect(t, "fix", failed, says)
			if a.spec(t) != before || len(*dialled) > 0 {
				t.Fatalf("%s, asked %v", a.spec(t), *dialled)
			}
		})
	}
}

func TestWithoutAPortTheProbeHTTPAsksNobody(t *testing.T) {
	a, _ := asked(t, "http://web.shop:8080/", func(http.ResponseWriter, *http.Request) {}, "PROBE_PORTS=")
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	a.round(t)
	a.expect(t, "fix", failed, "the agent may ask none; validation.httpPorts of its chart names them")
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
	a, _ = asked(t, "", func(http.ResponseWriter, *http.Request) {}, "PROBE_PORTS=") // nothing to ask
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	a.round(t)
	a.expect(t, "fix", succeeded, "")
}

func TestAnAddressThatTheChangeItselfSetsIsLookedAtBefore(t *testing.T) {
	a, dialled := asked(t, "", func(http.ResponseWriter, *http.Request) {})
	a.order(t, "fix", "ssa-immediate", "metadata: {annotations: {"+probeURL+": 'http://169.254.169.254/'}}", nil)
	a.round(t)
	a.expect(t, "fix", failed, "must be the address of a Service")
	if a.deployment(t).GetAnnotations()[probeURL] != "" || len(*dialled) > 0 {
		t.Fatal("it was applied")
	}
}

func TestAnAddressThatIsWrongByNowIsNotWaitedFor(t *testing.T) {
	a, _ := asked(t, "http://web.shop:8080/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	before := a.spec(t)
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	a.round(t)
	a.expect(t, "fix", running, "")
	object := a.deployment(t)
	object.SetAnnotations(map[string]string{probeURL: "http://10.43.0.1/"})
	bump(object)
	must(t, a.fake.Tracker().Update(deployments, object, "shop"))
	a.clock = a.clock.Add(time.Second)
	a.round(t)
	a.expect(t, "fix", rolledBack, "must be the address of a Service")
	if a.spec(t) != before {
		t.Fatal(a.spec(t))
	}
}

func TestTheProbeHTTPFollowsNoRedirect(t *testing.T) {
	a, dialled := asked(t, "http://web:8080/", func(w http.ResponseWriter, request *http.Request) {
		http.Redirect(w, request, "http://169.254.169.254/", http.StatusFound)
	})
	a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", nil)
	a.round(t)
	a.clock = a.clock.Add(121 * time.Second)
	a.round(t)
	a.expect(t, "fix", rolledBack, "answers 302 Found")
	if len(*dialled) != 2 {
		t.Fatal(*dialled)
	}
}

func TestACommitIsNotMadeForAnAddressThatMayNotBeAsked(t *testing.T) {
	a, f := scaled(t, "VALIDATION_PROBES=http", "PROBE_PORTS=8080")
	object := a.deployment(t)
	object.SetAnnotations(map[string]string{probeURL: "http://169.254.169.254/"})
	bump(object)
	must(t, a.fake.Tracker().Update(deployments, object, "shop"))
	a.round(t)
	a.expect(t, "fix", failed, "must be the address of a Service")
	if got := f.run(t, f.dir, "rev-list", "--count", "--all"); got != "1\n" {
		t.Fatal(got)
	}
}

func TestAPortOfAServiceIsThatOfTCP(t *testing.T) {
	entry := func(protocol string, target int64) map[string]any {
		return map[string]any{"protocol": protocol, "port": int64(80), "targetPort": target}
	}
	service := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"ports": []any{entry("UDP", 8080), entry("TCP", 6379)}}}}
	if got, _ := podPort(service, 80); got != "6379" {
		t.Fatal(got)
	}
}

func TestPortsOfTheProbeHTTP(t *testing.T) {
	for _, wrong := range []string{"0", "65536", "Http", "a_b", "8080 81"} {
		_, err := loadConfig(given(t, "PROBE_PORTS="+wrong))
		if err == nil || !strings.Contains(err.Error(), "ZEN_AGENT_PROBE_PORTS") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
