import { strict as assert } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { only, type Rendered } from "./support/helm";
import { type End, lets, type Rule } from "./support/network";
import { selector, trevor } from "./support/trevor";

const on = { networkPolicy: { enabled: true } };
const policies = (objects: readonly Rendered[]): Rendered[] => objects.filter(({ kind }) => kind === "NetworkPolicy");
const pod = (component: string) => ({ namespace: "trevor", labels: selector(component) });
const app = (name: string, namespace = "data"): End => ({ namespace, labels: { "app.kubernetes.io/name": name } });
const dns: End = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const components = ["api", "worker", "migrate"];

describe("charts/trevor: network policies", () => {
  it("[TR-23] [TR-31] [TR-37] none by default; when enabled every pod is under one for both directions", async () => {
    assert.deepEqual(policies(await trevor()), []);
    const found = policies(await trevor(on));
    assert.deepEqual(found.map(({ metadata }) => metadata.name).sort(), ["trevor", "trevor-migrate", "trevor-worker"]);
    for (const { apiVersion, spec } of found) {
      assert.equal(apiVersion, "networking.k8s.io/v1");
      assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
    }
    const selected = found.map(({ spec }) => (spec.podSelector as { matchLabels: object }).matchLabels);
    for (const component of components) assert.ok(selected.some((one) => isDeepStrictEqual(one, selector(component))));
  });

  for (const [id, key, namespace] of [
    ["TR-24", "ingressNamespace", "ingress-nginx"],
    ["TR-25", "monitoringNamespace", "monitoring"],
  ] as const) {
    it(`[${id}] the API is reached on TCP 8000 from ${namespace}, or the namespace given instead`, async () => {
      const rule = (name: string) => ({
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }],
        ports: [{ protocol: "TCP", port: 8000 }],
      });
      const rules = async (values: object) =>
        only(await trevor({ networkPolicy: { enabled: true, ...values } }), "NetworkPolicy", "trevor").spec
          .ingress as Rule[];
      const normal = await rules({});
      assert.equal(normal.length, 2);
      assert.ok(normal.some((one) => isDeepStrictEqual(one, rule(namespace))));
      const other = await rules({ [key]: "edge" });
      assert.equal(other.length, 2);
      assert.ok(other.some((one) => isDeepStrictEqual(one, rule("edge"))));
      assert.doesNotMatch(JSON.stringify(other), new RegExp(namespace));
    });
  }

  it("[TR-24] [TR-25] nobody else reaches the API, and nobody the worker or the migration", async () => {
    const found = policies(await trevor(on));
    const reaches = (component: string, from: End, port = "TCP 8000") =>
      lets(found, pod(component), "Ingress", from, port);
    for (const namespace of ["ingress-nginx", "monitoring"]) {
      assert.ok(reaches("api", app("any", namespace)), namespace);
      assert.ok(!reaches("api", app("any", namespace), "TCP 5432"));
      for (const component of ["worker", "migrate"]) assert.ok(!reaches(component, app("any", namespace)));
    }
    for (const from of [app("any", "trevor"), app("any", "default"), { address: "203.0.113.9" }])
      assert.ok(!reaches("api", from));
  });

  it("[TR-26] exactly seven destinations, names by UDP and TCP, the rest by TCP", async () => {
    for (const { metadata, spec } of policies(await trevor(on))) {
      const ports = (spec.egress as Rule[]).flatMap((rule) => rule.ports ?? []);
      assert.deepEqual(
        ports.map(({ protocol, port }) => `${protocol} ${port}`).sort(),
        ["TCP 4317", "TCP 443", "TCP 53", "TCP 5432", "TCP 6379", "TCP 8080", "TCP 8333", "UDP 53"],
        metadata.name,
      );
      assert.ok(
        (spec.egress as Rule[]).every(({ to }) => to?.length),
        "a rule for everyone",
      );
    }
  });

  it("[TR-26] API, worker and migration reach what they need, in whatever namespace it is", async () => {
    const found = policies(await trevor(on));
    const wanted: [End, string][] = [
      [dns, "UDP 53"],
      [dns, "TCP 53"],
      [app("postgresql"), "TCP 5432"],
      [app("redis"), "TCP 6379"],
      [app("seaweedfs"), "TCP 8333"],
      [app("keycloak", "identity"), "TCP 8080"],
      [app("opentelemetry-collector", "monitoring"), "TCP 4317"],
      [{ address: "198.51.100.7" }, "TCP 443"],
      [{ address: "2001:db8::7" }, "TCP 443"],
    ];
    for (const component of components)
      for (const [to, port] of wanted)
        assert.ok(lets(found, pod(component), "Egress", to, port), `${component} to ${JSON.stringify(to)} ${port}`);
  });

  it("[TR-26] nothing else: other pods, other ports, names elsewhere, addresses of the inside", async () => {
    const found = policies(await trevor(on));
    const refused: [End, string][] = [
      [app("postgresql"), "TCP 22"],
      [app("redis"), "TCP 5432"],
      [app("stranger"), "TCP 5432"],
      [app("stranger", "trevor"), "TCP 443"],
      [{ namespace: "default", labels: { "k8s-app": "kube-dns" } }, "UDP 53"],
      [app("stranger", "kube-system"), "UDP 53"],
      [{ address: "203.0.113.53" }, "UDP 53"],
      [{ address: "198.51.100.7" }, "TCP 80"],
      [{ address: "169.254.169.254" }, "TCP 443"],
      [{ address: "10.1.2.3" }, "TCP 443"],
      [{ address: "fd00::1" }, "TCP 443"],
    ];
    for (const component of components)
      for (const [to, port] of refused)
        assert.ok(!lets(found, pod(component), "Egress", to, port), `${component} to ${JSON.stringify(to)} ${port}`);
  });

  it("[TR-26] a destination can be changed, added and taken out by its name", async () => {
    const destinations = {
      postgresql: { port: 6432, peers: [{ podSelector: { matchLabels: { app: "pooler" } } }] },
      mail: { port: 587, peers: [{ ipBlock: { cidr: "192.0.2.0/24" } }] },
      keycloak: null,
    };
    const found = policies(await trevor({ networkPolicy: { enabled: true, destinations } }));
    const reaches = (to: End, port: string) => lets(found, pod("api"), "Egress", to, port);
    assert.ok(reaches({ namespace: "trevor", labels: { app: "pooler" } }, "TCP 6432"));
    assert.ok(!reaches({ namespace: "data", labels: { app: "pooler" } }, "TCP 6432"));
    assert.ok(!reaches(app("postgresql"), "TCP 5432"));
    assert.ok(reaches({ address: "192.0.2.25" }, "TCP 587"));
    assert.ok(!reaches(app("keycloak"), "TCP 8080"));
    assert.ok(reaches(app("redis"), "TCP 6379"));
  });

  it("[TR-26] the migration is let through before the release's own policies are there", async () => {
    const early = policies(await trevor(on)).filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"]);
    assert.deepEqual(
      early.map(({ metadata }) => metadata.name),
      ["trevor-migrate"],
    );
    assert.ok(lets(early, pod("migrate"), "Egress", app("postgresql"), "TCP 5432"));
    assert.ok(!lets(early, pod("migrate"), "Egress", app("stranger"), "TCP 5432"));
  });
});
