import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { headings, section } from "../support/documents/document";
import { filesBelow, root, textOf } from "../support/tree";

const readme = "charts/floe-platform/README.md";
const testing = "charts/TESTING.md";

/** Rows of the first table of a section, without its head, as cells. */
const rows = (file: string, heading: string): string[][] =>
  section(file, heading)
    .text.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([first = ""]) => !/^-+$/.test(first));

interface Chart {
  readonly version: string;
  readonly appVersion: string;
  readonly kubeVersion: string;
}
const chartOf = (name: string): Chart => load(textOf(`charts/${name}/Chart.yaml`)) as Chart;

describe("documents: charts/floe-platform/README.md, how it is operated", () => {
  it("[FL-21] the newest row of its matrix is of the charts as they are, by version, oldest Kubernetes and Helm, and images", () => {
    const [head = [], ...matrix] = rows(readme, "Compatibility");
    const newest = Object.fromEntries(head.map((name, index) => [name, matrix[0]?.[index]]));
    const [platform, jobs] = [chartOf("floe-platform"), chartOf("floe-jobs")];
    const values = load(textOf("charts/floe-platform/values.yaml")) as Record<string, { image: { tag: string } }>;
    const tag = (part: string): string | undefined => values[part]?.image.tag;
    const [, helm] = /const oldest = "([\d.]+)"/.exec(textOf("operations/floe/helm-wrapper.ts")) ?? [];
    const artifacts = JSON.parse(textOf("systems/floe/generator/sample/compiled_artifacts.json")) as {
      version: string;
    };
    assert.deepEqual(newest, {
      ...{ "floe-platform": platform.version, "floe-jobs": jobs.version },
      ...{ Kubernetes: /\d+\.\d+\.\d+/.exec(platform.kubeVersion)?.[0], Helm: helm, artifacts: artifacts.version },
      ...{ Dagster: platform.appVersion, dbt: jobs.appVersion, collector: tag("otel"), PostgreSQL: tag("postgresql") },
      ...{ Polaris: tag("polaris"), Marquez: tag("marquez"), SeaweedFS: tag("minio") },
    });
    assert.equal(platform.kubeVersion, jobs.kubeVersion);
    assert.match(section(readme, "Compatibility").text, /The version of a chart is its own/);
  });

  it("[FL-19] says what is fixed and what can be chosen, by keys that there are", () => {
    const { text } = section(readme, "What can be chosen");
    assert.match(text, /OpenTelemetry and OpenLineage are fixed: the collector cannot be switched off/);
    const keys = [...text.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([\w.]+)`/g)].map(([, key = ""]) => key),
    );
    assert.deepEqual(keys, ["postgresql.mode", "minio", "objectStorage", "polaris.persistence.type"]);
    const schema = JSON.parse(textOf("charts/floe-platform/values.schema.json")) as Schema;
    const modes = schema.properties.postgresql?.properties?.mode?.enum ?? [];
    for (const mode of modes) assert.ok(text.includes(`\`${mode}\``), mode);
  });

  it("[FL-92] names every example for Argo CD and Flux, and the page on delivery", () => {
    const { text } = section(readme, "GitOps");
    const examples = filesBelow(["charts/examples/argocd", "charts/examples/flux"], [".yaml"]);
    assert.equal(examples.length, 4);
    for (const file of examples) assert.ok(text.includes(`](../${file.replace("charts/", "")})`), file);
    assert.ok(text.includes("(../../docs/how-to/deliver-with-gitops.md)"));
  });

  it("[FL-36] [FL-109] says what an upgrade does to each part, and that a change of the mode is refused", () => {
    const parts = rows(readme, "Upgrade").map(([part]) => part);
    for (const part of ["webserver", "daemon", "database", "runs and jobs"])
      assert.ok(
        parts.some((one) => one?.includes(part)),
        part,
      );
    assert.match(section(readme, "Upgrade").text, /A change of `postgresql\.mode` is refused: /);
  });

  it("[FL-23] [FL-43] its Ingress and its Secrets from a store are values that the chart takes", () => {
    for (const heading of ["Secrets", "Network"]) {
      const block = load(section(readme, heading).block("yaml")) as Record<string, object>;
      const schema = JSON.parse(textOf("charts/floe-platform/values.schema.json")) as Schema;
      for (const [key, value] of Object.entries(block))
        for (const inner of Object.keys(value))
          assert.ok(schema.properties[key]?.properties?.[inner], `${key}.${inner}`);
    }
  });
});

describe("documents: charts/TESTING.md", () => {
  it("[FL-35] names the tests of charts that there are, and no manifests that are not", () => {
    const text = textOf(testing);
    for (const [, file = ""] of text.matchAll(/`(?:node_modules\/\.bin\/mocha )?(test\/[\w./-]+\.ts)`/g))
      assert.ok(existsSync(join(root, file)), file);
    assert.match(text, /There is no other set of manifests\./);
    assert.doesNotMatch(text, /testing\/k8s|kind-config|make kind/);
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    for (const [, name = ""] of text.matchAll(/npm run ([a-z:]+)/g)) assert.ok(scripts[name], name);
  });

  it("[FL-36] whoever replaces manifests does it in the source's order, the tests green before anything is deleted", () => {
    const steps = [...section(testing, "Replace manifests with the chart").text.matchAll(/^\d\. (.*)$/gm)].map(
      ([, one]) => one ?? "",
    );
    const order = [
      /helm install/,
      /values-test\.yaml/,
      /script that sets up/,
      /tests are green/,
      /manifests are deleted/,
      /page about its tests/,
    ];
    assert.equal(steps.length, order.length);
    for (const [index, pattern] of order.entries()) assert.match(steps[index] ?? "", pattern);
  });

  it("[FL-32] [FL-39] its tests need no port of a node: the overlay of tests asks for none", () => {
    assert.ok(headings(testing).includes("Values of the tests"));
    assert.match(textOf(testing), /Services are reached by port forwarding/);
    assert.doesNotMatch(textOf("charts/floe-platform/values-test.yaml"), /NodePort|nodePort|password:/i);
  });
});

interface Schema {
  readonly properties: Readonly<Record<string, Partial<Schema> & { readonly enum?: readonly string[] }>>;
}
