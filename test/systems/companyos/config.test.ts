import { strict as assert } from "node:assert";
import { checkStack, type SystemSchema } from "../../../config/stack-schema";
import type { Profile } from "../../../policy/rules/rule";
import { systems as systemSchemas } from "../../../systems/registry";
import { supplyChain } from "../../support/supply-chain";

/** Its own type alone: what other systems miss is not the matter here. */
const own = { companyos: systemSchemas.companyos as SystemSchema };

/** Checks a stack with these services; `more` lies beside them in `hardened:companyos`. */
function check(services: unknown, environment: Profile = "dev", more: object = {}) {
  const companyos = { secrets: environment === "dev" ? "generated" : "external", services, ...more };
  return checkStack("trial", { environment, cluster: { context: "here" }, companyos, ...supplyChain }, own);
}

/** What is wrong, a line each. */
function mistakes(...args: Parameters<typeof check>): readonly string[] {
  const checked = check(...args);
  return "mistakes" in checked ? checked.mistakes : [];
}

const image = { repository: "registry.example.com/shop", digest: `sha256:${"ad".repeat(32)}` };
const at = "hardened:companyos.services.orders";

describe("companyos: what the configuration refuses", () => {
  it("[COS-62] a stack without services has none of it, and says so when other keys are there", () => {
    assert.deepEqual(mistakes(undefined), []);
    assert.deepEqual(mistakes(undefined, "dev", { namespace: "shop" }), [
      "hardened:companyos.services: missing; expected at least one service",
    ]);
    assert.deepEqual(mistakes({}), ["hardened:companyos.services: expected at least one service"]);
  });

  const wrong: [title: string, service: object, line: string][] = [
    [
      "[COS-11] a digest of 63 digits",
      { image: { ...image, digest: `sha256:${"a".repeat(63)}` } },
      `${at}.image.digest: must be pinned as repository@sha256:<64 hex>, lower case`,
    ],
    [
      "[COS-02] one of four missing",
      { image, resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1" } } },
      `${at}.resources.limits.memory: expected memory as text such as "128Mi"`,
    ],
    [
      "[COS-16] a credential among the variables",
      { image, env: { DB_PASSWORD: "hunter2hunter2" } },
      `${at}.env.DB_PASSWORD: a credential in clear; put it into a Secret and name that in externalSecrets`,
    ],
    [
      "[COS-24] an autoscaler down to zero",
      { image, autoscaling: { min: 0 } },
      `${at}.autoscaling.min: expected a whole number from 1 to 500: scaling to zero is an outage at the first request`,
    ],
    [
      "[COS-24] a least above the most",
      { image, autoscaling: { min: 5, max: 3 } },
      `${at}.autoscaling.max: the most (3) is below the least (5); raise max or lower min`,
    ],
    [
      "[COS-11] a digest of one digit, a placeholder",
      { image: { ...image, digest: `sha256:${"0".repeat(64)}` } },
      `${at}.image.digest: one digit repeated is no image's digest; put that of the release you run: crane digest IMAGE prints it`,
    ],
    [
      "[COS-21] a CPU target of 0",
      { image, autoscaling: { cpu: 0 } },
      `${at}.autoscaling.cpu: expected a whole number of percent from 1 to 100, or to 400 with cpuAbove100`,
    ],
    [
      "[COS-21] a CPU target in quotes",
      { image, autoscaling: { cpu: "70" } },
      `${at}.autoscaling.cpu: expected a whole number of percent from 1 to 100, or to 400 with cpuAbove100`,
    ],
    [
      "[COS-21] a CPU target above 400",
      { image, autoscaling: { cpu: 401, cpuAbove100: true } },
      `${at}.autoscaling.cpu: expected a whole number of percent from 1 to 100, or to 400 with cpuAbove100`,
    ],
    [
      "[COS-33] a memory limit of 0",
      {
        image,
        resources: { requests: { cpu: "1", memory: "64Mi" }, limits: { cpu: "1", memory: "0" } },
      },
      `${at}.resources.limits.memory: expected more than 0: Kubernetes takes that as no limit`,
    ],
    [
      "[COS-03] a baseline of nothing, from which a request of nothing would follow",
      {
        image,
        baseline: {
          date: "2026-11-30",
          source: "load test",
          cpu: { p50: "0m", p95: "0m" },
          memory: { p50: "50Mi", p95: "90Mi" },
        },
      },
      `${at}.baseline.cpu.p95: expected more than 0: the request follows from it`,
    ],
    [
      "[COS-21] an autoscaler without a CPU request to measure by",
      {
        image,
        autoscaling: { enabled: true },
        resources: { requests: { cpu: "0", memory: "64Mi" }, limits: { cpu: "1", memory: "64Mi" } },
      },
      `${at}.resources.requests.cpu: expected more than 0: nothing is set aside, and an autoscaler has nothing to measure by`,
    ],
    [
      "[COS-21] an autoscaler of a service whose CPU request is left out",
      {
        image,
        autoscaling: { enabled: true },
        resources: { requests: { memory: "64Mi" }, limits: { cpu: "1", memory: "64Mi" } },
      },
      `${at}.resources.requests.cpu: expected CPU as text such as "100m" or "0.5"`,
    ],
    [
      "[COS-21] a CPU target above 100",
      { image, autoscaling: { cpu: 150 } },
      `${at}.autoscaling.cpu: expected a whole number of percent from 1 to 100; cpuAbove100: true allows more`,
    ],
    [
      "[COS-23] a recommender that acts",
      { image, vpa: { mode: "Auto" } },
      `${at}.vpa.mode: expected Off: one that changes requests works against the autoscaler and restarts pods`,
    ],
    [
      "[COS-05] both kinds of budget",
      { image, pdb: { minAvailable: 1, maxUnavailable: 1 } },
      `${at}.pdb: minAvailable and maxUnavailable: choose one`,
    ],
    [
      "[COS-08] root",
      { image: { ...image, runAsUser: 0 } },
      `${at}.image.runAsUser: expected a whole number above 0, the image's numeric user id`,
    ],
    [
      "[COS-10] a key that would loosen a pod",
      { image, privileged: true },
      `${at}.privileged: unknown key; known keys: `,
    ],
    [
      "an unknown key with the nearest one",
      { image, replcas: 2 },
      `${at}.replcas: unknown key; did you mean "replicas"?`,
    ],
    [
      "[COS-04] a probe of another port",
      { image, probes: { readiness: { port: 9090 } } },
      `${at}.probes.readiness.port: 9090 is no port of the container, which listens on 8080`,
    ],
    [
      "[COS-04] a web service without a probe",
      { image, probes: { liveness: false } },
      `${at}.probes.liveness: missing; a web service has all three probes`,
    ],
    [
      "[COS-04] a worker without probes and without a word",
      { image, kind: "worker" },
      `${at}.probes: startup, liveness, readiness missing; give a worker a command to ask, or say noProbesReason`,
    ],
    [
      "[COS-04] a worker whose slow start its liveness probe would end",
      { image, kind: "worker", probes: { liveness: { command: ["ask"] }, readiness: { command: ["ask"] } } },
      `${at}.probes: startup missing; give a worker a command to ask, or say noProbesReason`,
    ],
    [
      "[COS-05] a budget that never lets a pod go",
      { image, replicas: 2, pdb: { minAvailable: 2 } },
      `${at}.pdb.minAvailable: 2 of 2 pods: drains would never finish; use maxUnavailable: 1`,
    ],
    [
      "a destination nobody serves",
      { image, destinations: { stock: { service: "stok" } } },
      `${at}.destinations.stock.service: no web service of this stack; did you mean "stock"?`,
    ],
    [
      "a destination named twice",
      { image, destinations: { all: { service: "stock", cidr: "10.0.0.0/8" } } },
      `${at}.destinations.all: expected exactly one of service, namespace, cidr`,
    ],
    [
      "a schedule of something that serves",
      { image, schedule: "0 3 * * *" },
      `${at}.schedule: only a job has one, this is a web`,
    ],
    [
      "a drain longer than the time to end",
      { image, drainSeconds: 50 },
      `${at}.drainSeconds: 50 leaves nothing of the 45 s a pod gets to end; raise terminationGracePeriodSeconds`,
    ],
    [
      "an exception without an end",
      { image, baseline: { date: "2026-11-16", source: "none yet", exception: "new service" } },
      `${at}.baseline.expires: expected the last day the exception counts`,
    ],
    [
      "[COS-58] an exception that ended",
      { image, baseline: { date: "2020-01-01", source: "none", exception: "new service", expires: "2020-02-01" } },
      `${at}.baseline.expires: the exception ended on 2020-02-01; measure the service`,
    ],
    [
      "[COS-02] a limit below what was measured",
      {
        image,
        resources: "small",
        baseline: {
          date: "2026-11-16",
          source: "load test",
          cpu: { p50: "10m", p95: "20m" },
          memory: { p50: "50Mi", p95: "90Mi" },
        },
      },
      `${at}.resources.limits.memory: 64Mi is below the measured p95 of 90Mi; raise it`,
    ],
  ];
  for (const [title, service, line] of wrong)
    it(`${title} is refused by its path, with the fix`, () => {
      const lines = mistakes({ orders: service, stock: { image } });
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.ok(line.endsWith(": ") ? lines[0]?.startsWith(line) : lines[0] === line, lines[0]);
      assert.doesNotMatch(lines[0] ?? "", /hunter2/);
    });

  it("a name that is no DNS label is refused with the pattern", () => {
    const [line = "", ...rest] = mistakes({ Orders_1: { image } });
    assert.deepEqual(rest, []);
    assert.match(
      line,
      /^hardened:companyos\.services\.Orders_1: a service's name must be lower-case letters, digits and "-"/,
    );
  });

  it("[COS-16] two sets that write one Secret are both named", () => {
    const externalSecrets = [{ target: "shared", data: [{ env: "A", remoteKey: "a" }] }];
    assert.deepEqual(mistakes({ orders: { image, externalSecrets }, stock: { image, externalSecrets } }), [
      "hardened:companyos.services.stock.externalSecrets[0].target: writes the same Secret as services.orders.externalSecrets[0]; give each its own",
    ]);
  });

  it("[COS-17] a set without a store names the service and where a store is named for all", () => {
    const orders = {
      image,
      resources: "small",
      externalSecrets: [{ target: "shared", data: [{ env: "A", remoteKey: "a" }] }],
    };
    assert.deepEqual(mistakes({ orders }, "staging"), [
      `${at}.externalSecrets[0].store: missing; name a store here or in secretStore for all services`,
    ]);
    assert.deepEqual(mistakes({ orders }, "staging", { secretStore: { name: "vault" } }), []);
  });

  it("[COS-58] [COS-24] production refuses a service without digest, without baseline or with one pod, all at once", () => {
    const orders = {
      image: { repository: "registry.example.com/shop", tag: "1.0" },
      resources: "small",
      autoscaling: { enabled: false },
      replicas: 1,
    };
    assert.deepEqual(mistakes({ orders }, "prod"), [
      `${at}.image.digest: missing; registry.example.com/shop:1.0 must be pinned as repository@sha256:<64 hex>`,
      `${at}.baseline: missing; production needs what the service was measured to use (date, source, cpu and memory with p50 and p95), or a dated exception`,
      `${at}.replicas: 1 is too few; production needs at least 2`,
    ]);
    assert.deepEqual(mistakes({ orders }, "dev"), []);
  });

  it("[COS-58] a dated exception from the baseline is taken, and said at every run", () => {
    const baseline = { date: "2026-11-16", source: "none yet", exception: "new service", expires: "2999-01-01" };
    const checked = check({ orders: { image, resources: "small", baseline } }, "prod");
    assert.ok("config" in checked, JSON.stringify(checked));
    const { relaxed } = checked.config.systems.companyos as { relaxed: string[] };
    assert.ok(relaxed.includes("baseline waived by a dated exception: orders"), relaxed.join("\n"));
  });

  it("[COS-02] outside of dev resources come from the baseline or are said", () => {
    assert.match(
      mistakes({ orders: { image } }, "staging").join(),
      /resources: missing; expected requests and limits such as/,
    );
  });

  it("secrets made at random are for dev", () =>
    assert.deepEqual(mistakes({ orders: { image, resources: "small" } }, "staging", { secrets: "generated" }), [
      "hardened:companyos.secrets: generated is for trials in dev; use external",
    ]));
});
