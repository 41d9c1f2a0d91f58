import { strict as assert } from "node:assert";
import { checkStack, type SystemSchema } from "../../../config/stack-schema";
import type { Profile } from "../../../policy/rules/rule";
import { systems as systemSchemas } from "../../../systems/registry";
import { supplyChain } from "../../support/supply-chain";

/** What an environment refuses or relaxes, and what stands just beside it and is taken. */

const own = { companyos: systemSchemas.companyos as SystemSchema };
const at = "hardened:companyos.services.orders";
const image = { repository: "registry.example.com/shop", digest: `sha256:${"ad".repeat(32)}` };
const measured = (cpu: string, memory: string) => ({
  date: "2026-11-16",
  source: "load test",
  cpu: { p50: "10m", p95: cpu },
  memory: { p50: "10Mi", p95: memory },
});
const baseline = measured("20m", "30Mi");

function check(services: Readonly<Record<string, object>>, environment: Profile, more: object = {}) {
  const all = Object.entries(services).map(([name, one]) => [name, { image, ...one }]);
  const companyos = { secrets: "external", ...more, services: Object.fromEntries(all) };
  return checkStack("trial", { environment, cluster: { context: "here" }, companyos, ...supplyChain }, own);
}
/** The lines a user reads of `orders`, beside a web service `stock`, a worker `mail` and others. */
function lines(orders: object, environment: Profile, others: Readonly<Record<string, object>> = {}) {
  const checked = check({ orders: { baseline, ...orders }, ...others }, environment);
  return "mistakes" in checked ? checked.mistakes : [];
}
const worker = { kind: "worker", noProbesReason: "takes from a queue" };
const ingress = { host: "shop.example.com", tlsSecret: "shop-tls", from: "ingress-nginx" };
const ask = { command: ["ask"] };

describe("companyos: what an environment refuses of a service", () => {
  const wrong: [title: string, environment: Profile, orders: object, line: string][] = [
    [
      "[COS-24] an autoscaler down to one pod in production",
      "prod",
      { autoscaling: { min: 1 } },
      "autoscaling.min: 1 is too few; production needs at least 2",
    ],
    [
      "[COS-05] a budget that lets all pods go",
      "staging",
      { autoscaling: { enabled: false }, replicas: 3, pdb: { maxUnavailable: 3 } },
      "pdb.maxUnavailable: 3 of 3 pods: all could go at once; use 1",
    ],
    [
      "[COS-05] a budget that lets all pods of the least go",
      "staging",
      { autoscaling: { min: 2, max: 9 }, pdb: { maxUnavailable: 4 } },
      "pdb.maxUnavailable: 4 of 2 pods: all could go at once; use 1",
    ],
    [
      "[COS-02] a CPU limit below what was measured",
      "dev",
      { resources: "small", baseline: measured("251m", "64Mi") },
      "resources.limits.cpu: 250m is below the measured p95 of 251m; raise it",
    ],
    [
      "[COS-02] resources nobody gave, outside of dev",
      "staging",
      { baseline: undefined },
      'resources: missing; expected requests and limits such as {requests: {cpu: "100m", memory: "128Mi"}, limits: {cpu: "500m", memory: "256Mi"}}, or a baseline they follow from',
    ],
    [
      "an ingress of something that serves nobody",
      "dev",
      { ...worker, ingress },
      "ingress: only a web service has one, this is a worker",
    ],
    [
      "a schedule of a worker",
      "dev",
      { ...worker, schedule: "0 3 * * *" },
      "schedule: only a job has one, this is a worker",
    ],
    [
      "[COS-04] a worker with two of three probes",
      "dev",
      { kind: "worker", probes: { liveness: ask, startup: ask } },
      "probes: readiness missing; give a worker a command to ask, or say noProbesReason",
    ],
  ];
  for (const [title, environment, orders, line] of wrong)
    it(`${title}, by its path and with the fix`, () => assert.deepEqual(lines(orders, environment), [`${at}.${line}`]));

  it("a destination that nobody serves: neither the service itself, nor a worker, with those that serve", () => {
    const to = (service: string) => ({ destinations: { it: { service } } });
    const none = `${at}.destinations.it.service: no web service of this stack; web services:`;
    for (const service of ["orders", "mail", "xyzzy"]) {
      assert.deepEqual(lines(to(service), "dev", { mail: worker }), [`${none} none`]);
      const others = { mail: worker, catalogue: {}, basket: {} };
      assert.deepEqual(lines(to(service), "dev", others), [`${none} catalogue, basket`], service);
    }
    assert.deepEqual(lines(to("basket"), "dev", { basket: {} }), []);
  });

  const right: [title: string, environment: Profile, orders: object][] = [
    ["two pods in production", "prod", { autoscaling: { min: 2 } }],
    ["two pods in production without an autoscaler", "prod", { autoscaling: { enabled: false }, replicas: 2 }],
    ["one pod outside of production", "staging", { autoscaling: { min: 1 } }],
    ["one pod of a job in production", "prod", { kind: "job", replicas: 1, schedule: "0 3 * * *" }],
    ["a budget of all but one", "prod", { autoscaling: { min: 3 }, pdb: { maxUnavailable: 2 } }],
    ["a budget of the only pod", "staging", { autoscaling: { min: 1 }, pdb: { maxUnavailable: 1 } }],
    ["a budget that keeps the only pod", "staging", { autoscaling: { min: 1 }, pdb: { minAvailable: 1 } }],
    ["limits as measured", "dev", { resources: "small", baseline: measured("250m", "64Mi") }],
    ["a worker that says why it has no probes", "dev", worker],
    ["a worker with all probes", "dev", { kind: "worker", probes: { liveness: ask, readiness: ask, startup: ask } }],
    ["an ingress of a web service", "dev", { ingress }],
  ];
  for (const [title, environment, orders] of right)
    it(`not: ${title}`, () => assert.deepEqual(lines(orders, environment), []));
});

describe("companyos: what a stack leaves out that production demands", () => {
  const relaxed = (services: Readonly<Record<string, object>>, environment: Profile, more?: object) => {
    const checked = check(services, environment, more);
    assert.ok("config" in checked, JSON.stringify(checked));
    return (checked.config.systems.companyos as { relaxed: string[] }).relaxed;
  };

  it("a sentence each, with the services it is about; jobs have neither copies nor an autoscaler", () => {
    const externalSecrets = [{ target: "shared", data: [{ env: "A", remoteKey: "a" }] }];
    const services = {
      orders: { externalSecrets, image: { repository: image.repository, tag: "1" } },
      stock: { baseline, replicas: 2 },
      nightly: { kind: "job", replicas: 1, baseline },
    };
    assert.deepEqual(relaxed(services, "dev", { secrets: "generated" }), [
      "image by tag unless the image lock has it: orders",
      "no measured baseline: orders",
      "one pod, so no disruption budget: orders",
      "no autoscaler: orders, stock",
      "no recommended requests: orders, stock",
      "secrets made at random: orders",
    ]);
    assert.ok(
      !relaxed(services, "dev", { secretStore: { name: "vault" } })
        .join()
        .includes("random"),
    );
  });

  it("nothing in production, but an exception that still counts", () => {
    assert.deepEqual(relaxed({ orders: { baseline } }, "prod"), []);
    const exception = { date: "2026-11-16", source: "none yet", exception: "new service", expires: "2999-01-01" };
    assert.deepEqual(relaxed({ orders: { resources: "small", baseline: exception } }, "prod"), [
      "no measured baseline: orders",
      "baseline waived by a dated exception: orders",
    ]);
  });
});
