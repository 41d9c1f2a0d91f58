import { strict as assert } from "node:assert";
import { useLibrary } from "./support/library";

const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "300m", memory: "128Mi" } };
const hard = { pods: 4, "requests.cpu": "300m", "limits.memory": "384Mi", "services.loadbalancers": 0 };
const quota = { hard, defaults: resources, workloads: [{ pods: 3, resources }] };
const count = "is no whole number of objects; write one such as 20";
const small = (name: string, given: string, needed: string) =>
  `quota.hard.${name} (${given}) is below what the chart's own pods ask for (${needed}); raise it`;
const refused = (name: string) => `no pod would be admitted; raise it${name}`;

describe("charts/hardened: quotas and limit ranges", () => {
  const { object, problems } = useLibrary();

  it("a quota is placed as texts, and one that just holds the chart's own pods is enough", async () => {
    const { apiVersion, kind, spec } = await object("resourceQuota", { ...quota, suffix: "all" });
    assert.deepEqual([apiVersion, kind], ["v1", "ResourceQuota"]);
    assert.deepEqual(spec as unknown, {
      hard: { pods: "4", "requests.cpu": "300m", "limits.memory": "384Mi", "services.loadbalancers": "0" },
    });
    const many = { pods: 1_500_000, "count/jobs.batch": "20", "requests.storage": "1Ti", cpu: "2", memory: "1Gi" };
    const placed = (await object("resourceQuota", { ...quota, hard: many })).spec.hard as Record<string, string>;
    assert.equal(placed.pods, "1500000");
  });

  it("zero is a ban of what no pod needs, and refused of what every pod needs", async () => {
    const bans = { "services.nodeports": "0", "requests.storage": "0", "count/secrets": 0 };
    assert.deepEqual((await object("resourceQuota", { ...quota, hard: bans })).spec.hard, {
      "services.nodeports": "0",
      "requests.storage": "0",
      "count/secrets": "0",
    });
    const none = { pods: 0, "count/pods": "0", cpu: "0", "limits.memory": "0Gi" };
    assert.deepEqual(await problems("resourceQuota", { ...quota, hard: none, key: "q" }), [
      `q.hard.count/pods is 0: ${refused("")}`,
      `q.hard.cpu is 0: ${refused("")}`,
      `q.hard.limits.memory is 0Gi: ${refused("")}`,
      `q.hard.pods is 0: ${refused("")}`,
    ]);
  });

  it("amounts that are none are refused", async () => {
    const wrong = {
      pods: -1,
      "count/jobs.batch": "many",
      "requests.cpu": 4,
      "requests.memory": "-1Gi",
      "requests.storage": "100",
      "limits.cpu": null,
    };
    assert.deepEqual(await problems("resourceQuota", { ...quota, hard: wrong }), [
      `quota.hard.count/jobs.batch ("many") ${count}`,
      "quota.hard.limits.cpu is missing: no pod would be admitted; set it",
      `quota.hard.pods (-1) ${count}`,
      'quota.hard.requests.cpu (4) is no amount; write a text such as "4"',
      'quota.hard.requests.memory ("-1Gi") is no amount; write a text such as "8Gi"',
      'quota.hard.requests.storage ("100") has no unit of bytes; write a text such as "100Gi"',
    ]);
    assert.deepEqual(await problems("resourceQuota", { ...quota, hard: {} }), [
      'quota.hard is empty: it bounds nothing; name amounts, such as {pods: 20, requests.cpu: "4"}',
    ]);
  });

  it("every pod is admitted: what is bounded has a default, and the chart's own pods fit", async () => {
    const without = (name: string, at: string) =>
      `quota.hard.${name} bounds what ${at} of the LimitRange has no default for: a pod that names none would be refused; give it one`;
    const bounded = { cpu: "9", "requests.memory": "9Gi", "limits.cpu": "9", "limits.memory": "9Gi" };
    assert.deepEqual(await problems("resourceQuota", { hard: bounded, defaults: { limits: { cpu: "1" } } }), [
      without("cpu", "requests.cpu"),
      without("limits.memory", "limits.memory"),
      without("requests.memory", "requests.memory"),
    ]);
    const tight = { pods: 4, cpu: "499m", "requests.memory": "319Mi", "limits.cpu": "1.49", "limits.memory": "639Mi" };
    const more = [...quota.workloads, { pods: 2, resources }];
    assert.deepEqual(await problems("resourceQuota", { ...quota, hard: tight, workloads: more }), [
      small("cpu", "499m", "0.5"),
      small("limits.cpu", "1.49", "1.5"),
      small("limits.memory", "639Mi", "640Mi"),
      small("pods", "4", "5"),
      small("requests.memory", "319Mi", "320Mi"),
    ]);
    const enough = { pods: 5, cpu: "500m", "requests.memory": "320Mi", "limits.cpu": "1.5", "limits.memory": "640Mi" };
    assert.ok(await object("resourceQuota", { ...quota, hard: enough, workloads: more }));
  });

  it("the claims fit, those of each pod and those that are there once, in all and by their class", async () => {
    const fast = "fast.storageclass.storage.k8s.io";
    const given = {
      ...quota,
      workloads: [
        { pods: 3, resources, claims: [{ size: "10Gi", storageClassName: "fast" }, { size: "1Gi" }] },
        { pods: 2, resources },
      ],
      claims: [{ size: "7Gi", storageClassName: "fast" }, { size: "50Gi" }],
    };
    const enough = {
      "requests.storage": "90Gi",
      persistentvolumeclaims: 8,
      "count/persistentvolumeclaims": "8",
      "count/pods": 5,
      [`${fast}/requests.storage`]: "37Gi",
      [`${fast}/persistentvolumeclaims`]: "4",
      "slow.storageclass.storage.k8s.io/requests.storage": "0",
      "slow.storageclass.storage.k8s.io/persistentvolumeclaims": 0,
    };
    assert.ok(await object("resourceQuota", { ...given, hard: enough }));
    const tight = {
      "requests.storage": "89Gi",
      persistentvolumeclaims: 7,
      "count/persistentvolumeclaims": "7",
      "count/pods": 4,
      [`${fast}/requests.storage`]: "36Gi",
      [`${fast}/persistentvolumeclaims`]: "3",
    };
    assert.deepEqual(await problems("resourceQuota", { ...given, hard: tight }), [
      small("count/persistentvolumeclaims", "7", "8"),
      small("count/pods", "4", "5"),
      small(`${fast}/persistentvolumeclaims`, "3", "4"),
      small(`${fast}/requests.storage`, "36Gi", "37888Mi"),
      small("persistentvolumeclaims", "7", "8"),
      small("requests.storage", "89Gi", "92160Mi"),
    ]);
    const bans = { persistentvolumeclaims: 0, "requests.storage": "0" };
    assert.deepEqual(await problems("resourceQuota", { ...given, hard: bans }), [
      small("persistentvolumeclaims", "0", "8"),
      small("requests.storage", "0", "92160Mi"),
    ]);
  });

  it("huge pages and local storage are amounts of bytes, and compared too", async () => {
    const own = { requests: { "hugepages-2Mi": "100Mi", "ephemeral-storage": "1Gi" }, limits: {} };
    const given = { ...quota, workloads: [{ pods: 2, resources: own }] };
    const enough = {
      "hugepages-2Mi": "200Mi",
      "requests.hugepages-2Mi": "200Mi",
      "hugepages-1Gi": "0",
      "ephemeral-storage": "2Gi",
      "requests.nvidia.com/gpu": 4,
      "count/storages.example.com": 3,
    };
    assert.ok(await object("resourceQuota", { ...given, hard: enough }));
    const tight = { "hugepages-2Mi": "199Mi", "ephemeral-storage": "1Gi", "requests.hugepages-2Mi": "200" };
    assert.deepEqual(await problems("resourceQuota", { ...given, hard: tight }), [
      small("ephemeral-storage", "1Gi", "2048Mi"),
      small("hugepages-2Mi", "199Mi", "200Mi"),
      'quota.hard.requests.hugepages-2Mi ("200") has no unit of bytes; write a text such as "100Gi"',
    ]);
  });

  it("a LimitRange holds the chart's own containers", async () => {
    const max = { cpu: "300m", memory: "128Mi" };
    const given = { resources, max, containers: { resources } };
    assert.ok(await object("limitRange", given));
    const large = { requests: { cpu: "301m", memory: "64Mi" }, limits: { cpu: "2", memory: "129Mi" } };
    const above = (at: string, amount: string, kind: "cpu" | "memory") =>
      `${at} (${amount}) is above limitRange.max.${kind} (${max[kind]}): its pods would be refused; lower it, or raise the most`;
    assert.deepEqual(
      await problems("limitRange", { ...given, containers: { "worker.resources": large, resources, none: null } }),
      [
        above("worker.resources.requests.cpu", "301m", "cpu"),
        above("worker.resources.limits.cpu", "2", "cpu"),
        above("worker.resources.limits.memory", "129Mi", "memory"),
      ],
    );
    // what is no amount is said where the container is validated
    assert.ok(await object("limitRange", { ...given, containers: { one: { limits: { cpu: "much", memory: 5 } } } }));
  });

  it("a LimitRange's least bounds its defaults and the chart's own containers", async () => {
    const min = { cpu: "10m", memory: "32Mi" };
    const given = { resources, min, containers: { resources } };
    const { spec } = await object("limitRange", given);
    assert.deepEqual((spec.limits as [{ min?: object; max?: object }])[0].min, min);
    const small = { requests: { cpu: "9m", memory: "32Mi" }, limits: { cpu: "2", memory: "31Mi" } };
    const below = (at: string, amount: string, least: string) =>
      `${at} (${amount}) is below limitRange.min.${least}: its pods would be refused; raise it, or lower the least`;
    assert.deepEqual(await problems("limitRange", { ...given, containers: { worker: small, none: null } }), [
      below("worker.requests.cpu", "9m", "cpu (10m)"),
      below("worker.limits.memory", "31Mi", "memory (32Mi)"),
    ]);
    const { requests, limits } = resources;
    assert.deepEqual(await problems("limitRange", { resources, min: { cpu: "1k", memory: "0" } }), [
      below("limitRange.requests.cpu", requests.cpu, "cpu (1k)"),
      below("limitRange.limits.cpu", limits.cpu, "cpu (1k)"),
      "limitRange.min.memory is 0: it bounds nothing; raise it",
    ]);
  });

  it("a LimitRange gives what a container does not name, and bounds what it names", async () => {
    const max = { cpu: "2", memory: "1Gi" };
    const { kind, spec } = await object("limitRange", { resources, max });
    assert.equal(kind, "LimitRange");
    const { requests: defaultRequest, limits: ofLimits } = resources;
    assert.deepEqual(spec as unknown, { limits: [{ type: "Container", defaultRequest, default: ofLimits, max }] });
    const [{ max: none }] = (await object("limitRange", { resources })).spec.limits as [{ max?: object }];
    assert.equal(none, undefined);
  });

  it("a LimitRange that admits nothing, or refuses its own defaults, is refused with all its problems", async () => {
    const wrong = {
      key: "limits",
      resources: { requests: { cpu: "0", memory: "64Mi" }, limits: { cpu: "1", memory: "32Mi" } },
      max: { cpu: "500m", memory: "-1" },
    };
    assert.deepEqual((await problems("limitRange", wrong)).sort(), [
      "limits.limits.memory (32Mi) is below limits.requests.memory (64Mi); raise the limit or lower the request",
      "limits.max.cpu (500m) is below limits.limits.cpu (1), the default; raise it",
      'limits.max.memory ("-1") is no amount; write a text such as "4Gi"',
      "limits.requests.cpu is 0: nothing is set aside, and an autoscaler has nothing to measure by; raise it",
    ]);
    assert.equal((await problems("limitRange", { max: { cpu: "0", memory: "1Gi" } })).length, 5);
  });
});
