import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import { charts, refusal, render, secrets } from "./support/helm";
import { image } from "./support/service-values";

/** Amounts a workload cannot run or be scaled with: each chart says so by its schema, and by the library where nobody asks the schema. */

type Tree = Readonly<Record<string, unknown>>;
/** A chart, the key paths of its resources in the values, and of an autoscaler's target with the highest it may be. */
interface Place {
  readonly chart: string;
  readonly resources: readonly string[];
  readonly target?: { readonly key: string; readonly most: number };
  readonly values: (resources: object, target: unknown) => object;
}

const places: readonly Place[] = [
  { chart: "mailroom", resources: ["resources"], values: (resources) => ({ secrets, resources }) },
  {
    chart: "service",
    resources: ["services.orders.resources"],
    target: { key: "services.orders.autoscaling.cpu", most: 400 },
    values: (resources, cpu) => ({ services: { orders: { image, autoscaling: { enabled: true, cpu }, resources } } }),
  },
  {
    chart: "trevor",
    resources: ["resources", "worker.resources"],
    target: { key: "autoscaling.targetCPUUtilizationPercentage", most: 100 },
    values: (resources, targetCPUUtilizationPercentage) => ({
      autoscaling: { enabled: true, targetCPUUtilizationPercentage },
      resources,
      worker: { resources },
    }),
  },
];
const needed = "nothing is set aside, and an autoscaler has nothing to measure by";
const unlimited = "Kubernetes takes that as no limit";
const amount = { cpu: 'write a text such as "100m"', memory: 'write a text such as "128Mi"' };
const noSchema = ["--skip-schema-validation"];
const lines = (said: string): string[] => said.split("\n");

/** What is wrong by its key below resources, what the chart says of it, and what its schema says, where that sees it. */
type Wrong = Readonly<Record<string, readonly [given: unknown, words: string, schema?: RegExp]>>;
const rounds: readonly Wrong[] = [
  {
    "requests.cpu": ["0", `is 0: ${needed}; raise it`],
    "requests.memory": ["0Mi", `is 0Mi: ${needed}; raise it`],
    "limits.cpu": ["0", `is 0: ${unlimited}; raise it`],
    "limits.memory": ["0", `is 0: ${unlimited}; raise it`],
  },
  {
    "requests.cpu": ["0m", `is 0m: ${needed}; raise it`],
    "requests.memory": ["0", `is 0: ${needed}; raise it`],
    "limits.cpu": ["0.000", `is 0.000: ${unlimited}; raise it`],
  },
  {
    "requests.cpu": [0, `(0) is no amount; ${amount.cpu}`, /got number, want string/],
    "requests.memory": [0, `(0) is no amount; ${amount.memory}`, /got number, want string/],
    "limits.cpu": ["-1", `("-1") is no amount; ${amount.cpu}`, /does not match pattern/],
  },
  {
    "requests.cpu": ["-100m", `("-100m") is no amount; ${amount.cpu}`, /does not match pattern/],
    "requests.memory": ["-1Mi", `("-1Mi") is no amount; ${amount.memory}`, /does not match pattern/],
    "limits.memory": ["", `("") is no amount; ${amount.memory}`, /does not match pattern/],
  },
  {
    "requests.cpu": [null, `is missing: ${needed}; set it`, /missing property 'cpu'|got null, want string/],
    "limits.memory": [null, `is missing: ${unlimited}; set it`, /missing property 'memory'|got null, want string/],
  },
];
/** Targets that are none, one a round. */
const targets = (most: number): readonly [given: unknown, schema: RegExp][] => [
  [0, /minimum: got 0, want 1/],
  [most + 1, new RegExp(`maximum: got ${most + 1}, want ${most}`)],
  ["80", /got string, want integer/],
  [-5, /minimum: got -5, want 1/],
  [null, /got null, want integer|missing property/],
];

const treeOf = (wrong: Wrong): object => {
  const tree: Record<string, Record<string, unknown>> = {};
  for (const [key, [given]] of Object.entries(wrong)) {
    const [part = "", kind = ""] = key.split(".");
    tree[part] = { ...tree[part], [kind]: given };
  }
  return tree;
};
/** Whether the schema has a line about a key, or about the map it is missing from, in these words. */
const complains = (said: string, key: string, words: RegExp): boolean => {
  const path = `/${key.replaceAll(".", "/")}`;
  return lines(said).some(
    (line) => (line.includes(`'${path}'`) || line.includes(`'${path.replace(/\/[^/]+$/, "")}'`)) && words.test(line),
  );
};

describe("charts: amounts and targets that are none are refused with words", () => {
  for (const { chart, resources, target, values } of places)
    for (const [index, wrong] of rounds.entries()) {
      const [given, bySchema] = target ? (targets(target.most)[index] ?? []) : [];
      const shown = JSON.stringify({ ...treeOf(wrong), ...(target && { target: given }) });
      it(`[COS-02] [COS-21] [COS-33] [TR-20] ${chart}: ${shown}`, async () => {
        const expected = resources.flatMap((key) =>
          Object.entries(wrong).map(([at, [, words]]) => `${key}.${at} ${words}`),
        );
        if (target)
          expected.push(
            `${target.key} (${JSON.stringify(given)}) is no target; write a whole number of percent of the request, from 1 to ${target.most}`,
          );
        const bare = await refusal({ chart, values: values(treeOf(wrong), given), args: noSchema });
        const problems = lines(bare).filter((line) => / is (\S+: |missing|no amount|no target)/.test(line));
        assert.deepEqual(problems.sort(), expected.sort());
        const seen = Object.entries(wrong).filter(([, [, , schema]]) => schema);
        if (seen.length === 0) return;
        const said = await refusal({ chart, values: values(treeOf(wrong), given) });
        for (const key of resources)
          for (const [at, [, , schema]] of seen) assert.ok(complains(said, `${key}.${at}`, schema as RegExp), said);
        if (target) assert.ok(complains(said, target.key, bySchema as RegExp), said);
      });
    }

  it("what the schema cannot see is refused with it as well", async () => {
    for (const { chart, resources, values } of places) {
      const said = await refusal({ chart, values: values({ requests: { cpu: "0" } }, 70) });
      for (const key of resources)
        assert.ok(lines(said).includes(`${key}.requests.cpu is 0: ${needed}; raise it`), said);
    }
  });

  it("[COS-21] [TR-20] a target of 0, above the most or in quotes is refused by the schema alone; the least and the most are taken", async () => {
    for (const { chart, target, values } of places) {
      if (!target) continue;
      for (const [given, schema] of targets(target.most).slice(0, 3))
        assert.ok(complains(await refusal({ chart, values: values({}, given) }), target.key, schema));
      for (const fine of [1, target.most]) await render({ chart, values: values({}, fine) });
    }
  });
});

describe("charts/hardened: amounts and targets, in a chart of someone else's without a schema", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "amounts-"));
    mkdirSync(join(folder, "templates"));
    mkdirSync(join(folder, "charts"));
    symlinkSync(join(charts, "hardened"), join(folder, "charts/hardened"));
    const dependencies = [{ name: "hardened", version: "0.1.0" }];
    writeFileSync(
      join(folder, "Chart.yaml"),
      dump({ apiVersion: "v2", name: "theirs", version: "0.1.0", dependencies }),
    );
    const template = `{{- include "hardened.validate" (list
      (include "hardened.resourceProblems" (dict "key" "resources" "resources" .Values.resources))
      (include "hardened.autoscalerProblems" (dict "key" "scale" "enabled" true "min" 1 "minKey" "min" "max" .Values.max "maxKey" "max"
        "cpu" .Values.cpu "cpuKey" "cpu" "mostCpu" 100))) }}
{{ include "hardened.autoscaler" (dict "root" . "minReplicas" 1 "maxReplicas" .Values.max "cpu" .Values.cpu "scaleDownWindowSeconds" 300) }}
`;
    writeFileSync(join(folder, "templates/all.yaml"), template);
  });
  after(() => rmSync(folder, { recursive: true }));

  const good: Tree = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "64Mi" } };
  const theirs = (given: object): { chart: string; values: object } => ({
    chart: folder,
    values: { resources: good, max: 3, cpu: 70, ...given },
  });

  it("[COS-21] an autoscaler of a workload without a CPU request, and one with a target of nothing, are refused together", async () => {
    const resources = { ...good, requests: { memory: "64Mi" } };
    assert.deepEqual(
      lines(await refusal(theirs({ resources, cpu: 0, max: 0 }))).filter((line) => /^(resources|scale)\./.test(line)),
      [
        `resources.requests.cpu is missing: ${needed}; set it`,
        "scale.min (1) is above scale.max (0); raise the most or lower the least",
        "scale.cpu (0) is no target; write a whole number of percent of the request, from 1 to 100",
      ],
    );
    const [autoscaler] = await render(theirs({}));
    assert.equal(autoscaler?.kind, "HorizontalPodAutoscaler");
  });

  it("[COS-33] no resources at all are four problems", async () =>
    assert.equal(
      lines(await refusal(theirs({ resources: null }))).filter((line) => / is missing: /.test(line)).length,
      4,
    ));
});
