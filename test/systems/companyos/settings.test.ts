import { strict as assert } from "node:assert";
import { quotaOf } from "../../../components/quota";
import type { Profile } from "../../../policy/rules/rule";
import { companyosConfig } from "../../../systems/companyos/config";
import { loadsOf, patienceOf, presets } from "../../../systems/companyos/environment-defaults";
import { expectationsOf, needsOf, notesOf } from "../../../systems/companyos/requires";
import { resolvePlatform } from "../../../systems/companyos/resolve";
import { values } from "../../../systems/companyos/values";

const image = { repository: "registry.example.com/shop", digest: `sha256:${"ad".repeat(32)}` };
const baseline = {
  date: "2026-11-16",
  source: "load test",
  cpu: { p50: "40m", p95: "0.12" },
  memory: { p50: "60Mi", p95: "100Mi" },
};
const settle = (services: object, environment: Profile, more: object = {}) =>
  resolvePlatform(companyosConfig.parse({ services, ...more }), environment).value;
const one = (service: object, environment: Profile) => {
  const { orders } = settle({ orders: { image, ...service } }, environment).services;
  assert.ok(orders);
  return orders;
};

describe("companyos: what an environment makes of the configuration", () => {
  it("[COS-03] [COS-02] resources follow from the measured baseline; dev has a small preset; what is said counts first", () => {
    assert.deepEqual(one({ baseline }, "prod").resources, {
      requests: { cpu: "120m", memory: "100Mi" },
      limits: { cpu: "240m", memory: "150Mi" },
    });
    assert.deepEqual(one({}, "dev").resources, presets.small);
    assert.deepEqual(one({ baseline, resources: "large" }, "prod").resources, presets.large);
  });

  it("[COS-21] [COS-23] [COS-24] defaults of each environment", () => {
    const of = (environment: Profile) => {
      const { replicas, autoscaling, vpa, spread } = one({ baseline }, environment);
      return [replicas, autoscaling.enabled, autoscaling.min, autoscaling.max, vpa.enabled, spread.zone, spread.host];
    };
    assert.deepEqual(of("dev"), [1, false, 1, 2, false, "off", "off"]);
    assert.deepEqual(of("staging"), [2, true, 2, 4, true, "soft", "soft"]);
    assert.deepEqual(of("prod"), [3, true, 3, 10, true, "soft", "hard"]);
  });

  it("a job has no autoscaler, no recommendation and no probes", () => {
    const { autoscaling, vpa, probes } = one({ kind: "job", baseline }, "prod");
    assert.deepEqual([autoscaling.enabled, vpa.enabled, probes], [false, false, {}]);
  });

  it("[COS-08] user and group of the platform, unless an image has its own", () => {
    const { services } = settle({ orders: { image }, stock: { image: { ...image, runAsUser: 70 } } }, "dev", {
      security: { runAsUser: 5000, fsGroup: 6000 },
    });
    const ids = Object.values(services).map(({ image }) => [image.runAsUser, image.runAsGroup, image.fsGroup]);
    assert.deepEqual(ids, [
      [5000, 5000, 6000],
      [70, 70, 6000],
    ]);
  });

  it("the quota of the namespace holds every service at its most while all its pods are replaced; a release may take as long as that does", () => {
    const { services } = settle(
      { orders: { image, resources: "medium" }, night: { image, kind: "job", resources: "medium" } },
      "staging",
    );
    assert.deepEqual(quotaOf(loadsOf(services)), {
      pods: "10",
      "requests.cpu": "1000m",
      "requests.memory": "1280Mi",
      "services.loadbalancers": "0",
    });
    assert.equal(patienceOf(services), 240);
  });

  it("[COS-57] names each part of a cluster that is needed, by whom, and what goes on without it", () => {
    const externalSecrets = [{ target: "orders-database", data: [{ env: "A", remoteKey: "a" }] }];
    const platform = settle({ orders: { image, baseline, externalSecrets, autoscaling: { rps: 20 } } }, "prod", {
      secretStore: { name: "vault" },
      scrape: "serviceMonitor",
    });
    const at = "hardened:companyos.services.orders";
    const { needs, stores } = needsOf(platform);
    assert.deepEqual(
      needs.map(({ capability, by, without }) => [capability, by, without !== undefined]),
      [
        ["external-secrets-operator", `${at}.externalSecrets`, false],
        ["reloader", `${at}.externalSecrets`, true],
        ["vertical-pod-autoscaler", `${at}.vpa`, false],
        ["resource-metrics", `${at}.autoscaling`, true],
        ["custom-metrics", `${at}.autoscaling.rps`, true],
        ["prometheus-operator", at, false],
      ],
    );
    const victoria = needsOf({ ...platform, scrape: "vmServiceScrape" }).needs;
    assert.deepEqual(victoria.at(-1)?.capability, "victoriametrics-operator");
    assert.equal(victoria.length, needs.length);
    assert.deepEqual(stores, [{ kind: "ClusterSecretStore", name: "vault", by: `${at}.externalSecrets[0].store` }]);
    assert.deepEqual(needsOf(settle({ orders: { image, externalSecrets } }, "dev", { secrets: "generated" })), {
      needs: [],
      stores: [],
    });
  });

  it("tells which namespaces it counts on, and which pods insist on standing apart", () => {
    const platform = settle(
      {
        orders: {
          image,
          resources: "small",
          spread: { zone: "hard", host: "soft" },
          allowFrom: ["offices"],
          destinations: { database: { namespace: "databases", port: 5432 } },
        },
      },
      "staging",
    );
    const at = "hardened:companyos.services.orders";
    assert.deepEqual(expectationsOf(platform), {
      namespaces: [
        { name: "databases", by: `${at}.destinations.database.namespace` },
        { name: "offices", by: `${at}.allowFrom[0]` },
      ],
      apart: [{ by: `${at}.spread.zone`, over: "zone", pods: 2, most: 4 }],
    });
  });

  it("[COS-58] says what an environment leaves out, and says nothing when that is nothing", () => {
    const whole = { image, baseline };
    assert.deepEqual(notesOf(settle({ orders: whole }, "prod")), []);
    assert.deepEqual(notesOf(settle({ orders: { ...whole, vpa: { enabled: false } } }, "prod")), [
      "namespace companyos: prod leaves out what production demands: no recommended requests: orders",
    ]);
  });

  it("[COS-03] names the services without a measured baseline, and those whose exception counts, at every run", () => {
    const more = { image, resources: "small", autoscaling: { enabled: true, min: 2, max: 4 }, vpa: { enabled: true } };
    const exception = { date: "2026-11-16", source: "none", exception: "new", expires: "2027-01-31" };
    const services = { orders: more, cart: { ...more, baseline: { ...exception } }, stock: { ...more, baseline } };
    for (const environment of ["dev", "staging", "prod"] as const)
      assert.deepEqual(notesOf(settle(services, environment)), [
        `namespace companyos: ${environment} leaves out what production demands: no measured baseline: orders, cart; baseline waived by a dated exception: cart`,
      ]);
  });

  it("[COS-17] another store changes the reference and nothing else", () => {
    const externalSecrets = [{ target: "orders-database", data: [{ env: "A", remoteKey: "a" }] }];
    const given = (secretStore: object) =>
      JSON.stringify(
        values(settle({ orders: { image, resources: "small", externalSecrets } }, "staging", { secretStore }), {}),
      );
    const vault = given({ name: "vault" });
    const local = given({ name: "local", kind: "SecretStore" });
    assert.notEqual(vault, local);
    assert.equal(
      local
        .replace('{"name":"local","kind":"SecretStore"}', '{"name":"vault","kind":"ClusterSecretStore"}')
        .replace('{"kind":"SecretStore","name":"local"}', '{"kind":"ClusterSecretStore","name":"vault"}'),
      vault,
    );
  });

  it("a service is reached by those that declare it, and reaches what it declares", () => {
    const platform = settle(
      {
        orders: { image, port: 9000 },
        cart: {
          image,
          destinations: { orders: { service: "orders" }, database: { namespace: "databases", port: 5432 } },
        },
      },
      "dev",
      { scrape: "off" },
    );
    const { services } = values(platform, {});
    const pods = (name: string) => ({
      podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "companyos" } },
    });
    assert.deepEqual(services.orders?.networkPolicy.ingress, [
      { from: [pods("cart")], ports: [{ protocol: "TCP", port: 9000 }] },
    ]);
    assert.deepEqual(services.cart?.networkPolicy.ingress, []);
    assert.deepEqual(services.cart?.networkPolicy.egress.slice(1), [
      { to: [pods("orders")], ports: [{ protocol: "TCP", port: 9000 }] },
      {
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "databases" } } }],
        ports: [{ protocol: "TCP", port: 5432 }],
      },
    ]);
    assert.equal(services.orders?.networkPolicy.egress.length, 1);
  });
});
