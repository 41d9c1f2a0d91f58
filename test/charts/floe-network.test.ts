import { strict as assert } from "node:assert";
import { type Environment, elsewhere, jobs, platform, pod, reaches, servers } from "./support/floe";
import type { Rendered } from "./support/helm";
import { type End, lets } from "./support/network";

const clients = ["ingress-nginx"];
const to = (component: string, port: number) => ({ port, peers: [{ podSelector: { matchLabels: pod(component) } }] });
const destinations = {
  database: to("postgresql", 5432),
  traces: to("otel", 4318),
  lineage: to("marquez", 5000),
  objects: to("minio", 8333),
  catalog: to("minio", 8181),
};

/** The policies of platform and jobs of one namespace. */
async function policies(environment: Environment, values: object = {}): Promise<Rendered[]> {
  const both = [
    await platform(environment, { networkPolicy: { clients }, ...values }),
    await jobs({ networkPolicy: { destinations } }, { namespace: `floe-${environment}` }),
  ];
  return both.flat().filter(({ kind }) => kind === "NetworkPolicy");
}

const inside = (environment: string, component: string) => ({
  namespace: `floe-${environment}`,
  labels: component === "job" ? pod("job", "floe-jobs") : pod(component),
});
const stranger = { namespace: "shop", labels: { "app.kubernetes.io/name": "shop" } };
const neighbour = { namespace: "floe-dev", labels: { "app.kubernetes.io/name": "shop" } };
const ingress = { namespace: "ingress-nginx", labels: { "app.kubernetes.io/name": "ingress-nginx" } };
const dns: End = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const ports: Readonly<Record<string, number[]>> = {
  webserver: [3000],
  "code-floe": [3030],
  otel: [4317, 4318, 8888],
  postgresql: [5432],
  marquez: [5000, 5001],
  minio: [8333, 8181],
  daemon: [3000],
  run: [3000],
  migrate: [3000],
  test: [3000],
  job: [3000],
};

/** Every connection that is allowed between pods of one namespace. */
const allowed = [
  ...["webserver", "daemon"].map((asker) => `${asker} code-floe 3030`),
  ...["webserver", "daemon", "run", "migrate", "code-floe", "marquez", "job"].map((one) => `${one} postgresql 5432`),
  ...["run", "code-floe"].flatMap((asker) => [`${asker} otel 4317`, `${asker} otel 4318`]),
  "job otel 4318",
  "job marquez 5000",
  "job minio 8333",
  "job minio 8181",
  "test webserver 3000",
];

describe("floe's charts: network policies", () => {
  it("[FL-83] within a namespace exactly what is needed passes, of every pod to every port of every other", async () => {
    const found = await policies("dev");
    const passes = Object.keys(ports).flatMap((asker) =>
      Object.entries(ports).flatMap(([asked, numbers]) =>
        numbers
          .filter((port) => asker !== asked && reaches(found, inside("dev", asker), inside("dev", asked), port))
          .map((port) => `${asker} ${asked} ${port}`),
      ),
    );
    assert.deepEqual(passes.sort(), allowed.toSorted());
  });

  it("[FL-83] [FL-86] nothing passes from another environment of the cluster, nor from any other namespace or pod", async () => {
    const found = [...(await policies("dev")), ...(await policies("staging"))];
    for (const [asked, numbers] of Object.entries(ports))
      for (const port of numbers) {
        for (const asker of Object.keys(ports)) {
          const from = inside("staging", asker);
          assert.ok(!reaches(found, from, inside("dev", asked), port), `staging ${asker} to ${asked} ${port}`);
        }
        for (const from of [stranger, neighbour])
          assert.ok(
            !lets(found, inside("dev", asked), "Ingress", from, `TCP ${port}`),
            `${from.namespace} to ${asked}`,
          );
      }
  });

  it("[FL-83] namespaces of clients reach the web page and the collector, and nothing else", async () => {
    const found = await policies("dev");
    const passes = Object.entries(ports).flatMap(([asked, numbers]) =>
      numbers
        .filter((port) => lets(found, inside("dev", asked), "Ingress", ingress, `TCP ${port}`))
        .map((port) => `${asked} ${port}`),
    );
    assert.deepEqual(passes, ["webserver 3000", "otel 4317", "otel 4318", "otel 8888"]);
    const closed = await policies("dev", { networkPolicy: { clients: [] } });
    assert.ok(!lets(closed, inside("dev", "webserver"), "Ingress", ingress, "TCP 3000"));
  });

  it("[FL-53] the webserver, the daemon and the runs alone reach the API server, by its addresses and ports", async () => {
    const found = await policies("dev");
    const reach = (address: string, port: number) =>
      Object.keys(ports).filter((one) => lets(found, inside("dev", one), "Egress", { address }, `TCP ${port}`));
    for (const port of [443, 6443]) assert.deepEqual(reach("10.96.0.1", port), ["webserver", "daemon", "run"]);
    for (const [address, port] of [
      ["10.96.0.1", 22],
      ["203.0.113.7", 443],
      ["169.254.169.254", 80],
    ] as const)
      assert.deepEqual(reach(address, port), []);
    const apiServer = { ports: [8443], cidrs: ["192.0.2.1/32"] };
    const elsewhere = await policies("dev", { networkPolicy: { clients, apiServer } });
    const run = inside("dev", "run");
    assert.ok(lets(elsewhere, run, "Egress", { address: "192.0.2.1" }, "TCP 8443"));
    assert.ok(!lets(elsewhere, run, "Egress", { address: "10.96.0.1" }, "TCP 443"));
  });

  it("every pod asks cluster DNS, and only that one", async () => {
    const found = await policies("dev");
    for (const one of Object.keys(ports)) {
      for (const port of ["UDP 53", "TCP 53"]) assert.ok(lets(found, inside("dev", one), "Egress", dns, port), one);
      assert.ok(!lets(found, inside("dev", one), "Egress", stranger, "UDP 53"), one);
    }
  });

  it("[FL-54] with the data elsewhere: the database for its users, the object store for the catalog alone", async () => {
    const found = await policies("prod", { ...elsewhere, objectStorage: { endpoint: "https://s3.example.com:9443" } });
    const outside: End = { address: "203.0.113.7" };
    const parts = ["webserver", "daemon", "migrate", "run", "code-floe", "polaris", "otel", "test", "job"];
    const reach = (port: number) =>
      parts.filter((one) => lets(found, inside("prod", one), "Egress", outside, `TCP ${port}`));
    assert.deepEqual(reach(5432), ["webserver", "daemon", "migrate", "run", "code-floe", "polaris"]);
    assert.deepEqual(reach(9443), ["polaris"]);
    assert.deepEqual(reach(443), []);
    assert.ok(lets(found, inside("prod", "polaris"), "Ingress", inside("prod", "job"), "TCP 8181"));
    assert.ok(!lets(found, inside("prod", "polaris"), "Ingress", inside("prod", "webserver"), "TCP 8181"));
    assert.ok(reaches(found, inside("prod", "polaris"), inside("prod", "otel"), 4317));
  });

  it("[FL-54] with the data elsewhere at addresses that are named: nothing else is reached by those ports", async () => {
    const found = await policies("prod", {
      postgresql: { ...elsewhere.postgresql, port: 6432, cidrs: ["198.51.100.0/28", "2001:db8::/64"] },
      objectStorage: { ...elsewhere.objectStorage, cidrs: ["192.0.2.0/24"] },
    });
    const reach = (address: string, port: number) =>
      ["webserver", "migrate", "run", "polaris", "otel", "job"].filter((one) =>
        lets(found, inside("prod", one), "Egress", { address }, `TCP ${port}`),
      );
    const users = ["webserver", "migrate", "run", "polaris"];
    assert.deepEqual(reach("198.51.100.7", 6432), users);
    assert.deepEqual(reach("192.0.2.7", 443), ["polaris"]);
    for (const [address, port] of [
      ["203.0.113.7", 6432],
      ["198.51.100.16", 6432],
      ["198.51.100.7", 5432],
      ["203.0.113.7", 443],
      ["169.254.169.254", 443],
    ] as const)
      assert.deepEqual(reach(address, port), [], `${address} ${port}`);
  });

  it("[FL-08] [FL-83] the servers of a Cluster: asked by those who use the database, by one another and by the operator alone", async () => {
    const found = await policies("prod");
    const server = { namespace: "floe-prod", labels: servers };
    const operator = { namespace: "cnpg-system", labels: { "app.kubernetes.io/name": "cloudnative-pg" } };
    const users = ["webserver", "daemon", "migrate", "run", "code-floe", "polaris"];
    for (const one of [...users, "otel", "test"])
      assert.equal(reaches(found, inside("prod", one), server, 5432), users.includes(one), one);
    assert.ok(lets(found, server, "Ingress", inside("prod", "job"), "TCP 5432"));
    for (const port of ["TCP 5432", "TCP 8000"]) {
      assert.ok(lets(found, server, "Ingress", operator, port), `operator ${port}`);
      assert.ok(lets(found, server, "Ingress", server, port) && lets(found, server, "Egress", server, port), port);
      for (const from of [stranger, { ...operator, namespace: "shop" }, { ...stranger, namespace: "cnpg-system" }])
        assert.ok(!lets(found, server, "Ingress", from, port), `${from.namespace} ${port}`);
    }
    assert.ok(!lets(found, server, "Ingress", inside("prod", "webserver"), "TCP 8000"));
    // each tells the API server of itself, and reaches nothing else
    assert.ok(lets(found, server, "Egress", { address: "10.96.0.1" }, "TCP 443"));
    assert.ok(!lets(found, server, "Egress", { address: "203.0.113.7" }, "TCP 443"));
    assert.ok(!lets(found, server, "Egress", inside("prod", "webserver"), "TCP 3000"));
    const moved = await policies("prod", { postgresql: { cnpg: { operatorNamespace: "databases" } } });
    assert.ok(lets(moved, server, "Ingress", { ...operator, namespace: "databases" }, "TCP 8000"));
    assert.ok(!lets(moved, server, "Ingress", operator, "TCP 8000"));
  });

  it("[FL-54] the port of an object store follows from its address", async () => {
    const polaris = inside("prod", "polaris");
    for (const [endpoint, port] of [
      ["https://s3.example.com", 443],
      ["http://s3.example.com", 80],
      ["http://s3.example.com:8333/path", 8333],
    ] as const) {
      const found = await policies("prod", {
        objectStorage: { endpoint, cidrs: [] },
        global: { environment: "staging" },
      });
      assert.ok(lets(found, polaris, "Egress", { address: "203.0.113.7" }, `TCP ${port}`), endpoint);
    }
  });
});
