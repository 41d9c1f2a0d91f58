import { strict as assert } from "node:assert";
import type { Rendered } from "./support/helm";
import { trevor } from "./support/trevor";

type Objects = Readonly<Record<string, Rendered>>;

const byName = (objects: readonly Rendered[]): Objects =>
  Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));

/** What is there in one of the two only, and paths of fields that differ in what both have. */
function difference(off: Objects, on: Objects): string[] {
  const names = [...new Set([...Object.keys(off), ...Object.keys(on)])];
  return names.flatMap((name) => {
    if (!(name in off)) return [`+ ${name}`];
    if (!(name in on)) return [`- ${name}`];
    return fields(off[name], on[name]).map((path) => `~ ${name} ${path}`);
  });
}

function fields(off: unknown, on: unknown, path = ""): string[] {
  if (JSON.stringify(off) === JSON.stringify(on)) return [];
  const trees = [off, on].every((one) => typeof one === "object" && one !== null && !Array.isArray(one));
  if (!trees) return [path.slice(1)];
  const [before, after] = [off, on] as Record<string, unknown>[];
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].flatMap((key) =>
    fields(before?.[key], after?.[key], `${path}.${key}`),
  );
}

const hosts = [{ host: "trevor.example.com", paths: [{ path: "/", pathType: "Prefix" }] }];

/** Each switch: values with it off, with it on, and everything that turning it on changes. */
const switches: [name: string, off: object, on: object, changes: string[]][] = [
  ["ingress.enabled", { ingress: { hosts } }, { ingress: { enabled: true, hosts } }, ["+ Ingress/trevor"]],
  ["worker.enabled", { worker: { enabled: false } }, { worker: { enabled: true } }, ["+ Deployment/trevor-worker"]],
  [
    "autoscaling.enabled",
    {},
    { autoscaling: { enabled: true } },
    ["+ HorizontalPodAutoscaler/trevor", "~ Deployment/trevor spec.replicas"],
  ],
  [
    "networkPolicy.enabled",
    {},
    { networkPolicy: { enabled: true } },
    ["+ NetworkPolicy/trevor", "+ NetworkPolicy/trevor-migrate", "+ NetworkPolicy/trevor-worker"],
  ],
  [
    "migrations.enabled",
    { migrations: { hookEnabled: false } },
    { migrations: { hookEnabled: false, enabled: true } },
    ["~ Deployment/trevor spec.template.spec.initContainers"],
  ],
  [
    "migrations.hookEnabled",
    { migrations: { hookEnabled: false } },
    { migrations: { hookEnabled: true } },
    ["+ Job/trevor-migrate", "+ ServiceAccount/trevor-migrate"],
  ],
  [
    "serviceAccount.create",
    { serviceAccount: { create: false, name: "trevor" }, migrations: { mode: "external" } },
    { serviceAccount: { create: true, name: "trevor" }, migrations: { mode: "external" } },
    ["+ ServiceAccount/trevor"],
  ],
  [
    "replicaCount above 1",
    { replicaCount: 1 },
    { replicaCount: 2 },
    ["+ PodDisruptionBudget/trevor", "~ Deployment/trevor spec.replicas"],
  ],
];

describe("charts/trevor: switches", () => {
  for (const [name, off, on, changes] of switches)
    it(`[TR-54] ${name} alone: only its own objects come and go`, async () => {
      const found = difference(byName(await trevor(off)), byName(await trevor(on)));
      assert.deepEqual(found.sort(), [...changes].sort());
    });

  it("[TR-54] the comparison sees an object that comes, one that goes and a field that changes", async () => {
    const before = byName(await trevor({ worker: { enabled: false } }));
    const after = byName(await trevor({ service: { port: 81 }, migrations: { mode: "none" } }));
    assert.deepEqual(difference(before, after).sort(), [
      "+ Deployment/trevor-worker",
      "- Job/trevor-migrate",
      "- ServiceAccount/trevor-migrate",
      "~ Service/trevor spec.ports",
    ]);
  });
});
