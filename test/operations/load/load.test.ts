import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load as parse } from "js-yaml";
import type { Pod } from "../../../operations/drills/target";
import { baselineOf, baselineYaml, resourcesFrom } from "../../../operations/load/baseline";
import { problemsOf } from "../../../operations/load/load-report";
import { readScenario } from "../../../operations/load/load-scenario";
import { outOfMemory, periodsOf, throttledPercent } from "../../../operations/load/pod-usage";
import { baseline as baselineType } from "../../../systems/companyos/baseline";
import { root, textOf } from "../../support/tree";

const figures = { requests: 100, failed: 0, availability: 100, p50: 5, p95: 20, p99: 30, max: 40, failures: {} };
const criteria = { errorPercent: 0, p95Ms: 500, throttledPercent: 25, outOfMemory: 0 };
const good = {
  service: "api",
  namespace: "shop",
  chart: "service-0.1.0",
  endpoint: "",
  rate: 10,
  seconds: 10,
  criteria,
  pods: 1,
  resources: [],
  figures,
  sustained: 10,
  throttledPercent: 0,
  outOfMemory: 0,
  measurements: 1,
};

describe("hardened load", () => {
  const folder = mkdtempSync(join(tmpdir(), "load-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (text: string): string => {
    writeFileSync(join(folder, "scenario.yaml"), text);
    return join(folder, "scenario.yaml");
  };

  it("[COS-38] each criterion fails by itself: errors, latency, throttling, memory, and what could not be measured", () => {
    const missed = (more: object): string => problemsOf({ ...good, ...more }).join("; ");
    assert.equal(missed({}), "");
    assert.match(
      missed({ figures: { ...figures, failed: 1, availability: 99 } }),
      /^api: 1 of 100 requests failed \(1\.00 %\), at most 0 % may$/,
    );
    assert.match(missed({ figures: { ...figures, p95: 501 } }), /up to 501 ms, at most 500 ms/);
    assert.match(missed({ throttledPercent: 30 }), /met its CPU limit in 30 % of the periods.*raise the limit/);
    assert.match(missed({ throttledPercent: undefined }), /throttling is not known/);
    assert.match(missed({ outOfMemory: 1 }), /1 containers were ended for their memory/);
    assert.match(missed({ figures: { ...figures, requests: 0 } }), /not a single request/);
  });

  it("throttling is the share of new periods, by the pods' own series, the worst pod's", () => {
    const metrics = (pod: string, all: number, throttled: number): string => `
container_cpu_cfs_periods_total{container="",id="/a",namespace="shop",pod="${pod}"} ${all} 1
container_cpu_cfs_throttled_periods_total{container="",id="/a",namespace="shop",pod="${pod}"} ${throttled} 1
container_cpu_cfs_periods_total{container="",id="/b",namespace="",pod=""} 900 1
container_cpu_cfs_throttled_periods_total{container="web",id="/c",namespace="shop",pod="${pod}"} 900 1
container_cpu_cfs_throttled_periods_total{container="",id="/d",namespace="other",pod="${pod}"} 900 1
`;
    const before = periodsOf(metrics("a", 100, 10), "shop");
    assert.deepEqual([...before], [["a", { all: 100, throttled: 10 }]]);
    const after = periodsOf(metrics("a", 200, 30) + metrics("b", 50, 0), "shop");
    assert.equal(throttledPercent(before, after), 20);
    assert.equal(throttledPercent(before, new Map()), undefined);
  });

  it("a container that was ended for its memory meanwhile counts, an older one does not", () => {
    const pod = (restartCount: number, reason: string): Pod => ({
      metadata: { name: "a", uid: "1" },
      spec: {},
      status: {
        containerStatuses: [{ name: "web", restartCount, lastState: { terminated: { exitCode: 137, reason } } }],
      },
    });
    assert.equal(outOfMemory([pod(1, "OOMKilled")], [pod(1, "OOMKilled")]), 0);
    assert.equal(outOfMemory([pod(1, "OOMKilled")], [pod(2, "OOMKilled")]), 1);
    assert.equal(outOfMemory([pod(1, "Error")], [pod(2, "Error")]), 0);
  });

  it("[COS-03] measurements become a baseline record that a stack's file takes as it is, and resources follow from it", () => {
    const usages = [1, 2, 3, 20].map((cpu, index) => ({
      pod: "a",
      time: String(index),
      cpu,
      memory: cpu * 2 ** 20 + 1,
    }));
    const baseline = baselineOf(usages, "2027-01-15", "load test") ?? assert.fail();
    assert.deepEqual(baseline, {
      date: "2027-01-15",
      source: "load test",
      cpu: { p50: "2m", p95: "20m" },
      memory: { p50: "3Mi", p95: "21Mi" },
    });
    const written = parse(baselineYaml("api", baseline), {}) as { api: { baseline: object } };
    assert.equal(baselineType.safeParse(written.api.baseline).success, true);
    assert.deepEqual(resourcesFrom(baseline), {
      requests: { cpu: "20m", memory: "21Mi" },
      limits: { cpu: "40m", memory: "32Mi" },
    });
    assert.equal(baselineOf([], "2027-01-15", ""), undefined);
  });

  it("[COS-38] the shipped scenario has a target and criteria for each service of the dev stack that takes requests", () => {
    const targets = readScenario(join(root, "docs/compliance/load.yaml"));
    const { config } = parse(textOf("Pulumi.dev.yaml")) as {
      config: Record<string, { namespace: string; services: Record<string, { kind?: string }> }>;
    };
    const platform = config["hardened:companyos"] ?? assert.fail();
    const web = Object.entries(platform.services)
      .filter(([, { kind }]) => (kind ?? "web") === "web")
      .map(([name]) => name);
    assert.deepEqual(
      targets.map(({ service, namespace }) => [service, namespace]),
      web.map((name) => [name, platform.namespace]),
    );
  });

  it("a scenario names service, rate, duration and criteria; every slip is named at once", () => {
    const [first] = readScenario(file("services:\n  - { service: api, namespace: shop, rate: 50 }\n"));
    assert.deepEqual(first, { service: "api", namespace: "shop", path: "/", rate: 50, seconds: 60, criteria });
    assert.throws(
      () => readScenario(file("services:\n  - { service: api, namespace: shop, rate: 0, sekonds: 5 }\n")),
      /is no scenario:\n[\s\S]*rate[\s\S]*sekonds/,
    );
    assert.throws(() => readScenario(file("services: [")), /scenario\.yaml:\d+: not valid YAML/);
    assert.throws(() => readScenario(join(folder, "none.yaml")), /there is no scenario/);
  });
});
