import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { filesBelow, root, textOf } from "../support/tree";

/** What floe's parts are made of, and where they lie. */

interface Chart {
  readonly version: string;
  readonly appVersion: string;
  readonly kubeVersion: string;
  readonly dependencies: readonly { readonly name: string }[];
}
const chartOf = (name: string): Chart => load(textOf(`charts/${name}/Chart.yaml`)) as Chart;
const filesOf = (folder: string): string[] =>
  filesBelow([folder])
    .map((file) => file.slice(folder.length + 1))
    .sort();
const packages = JSON.parse(textOf("package.json")) as Record<
  "dependencies" | "devDependencies",
  Record<string, string>
>;

describe("floe: files", () => {
  it("[FL-30] [FL-42] the platform's chart has its values, their schema, an overlay for each environment, and a page", () => {
    const own = filesOf("charts/floe-platform").filter((file) => !file.startsWith("templates/"));
    assert.deepEqual(own, [
      ...["Chart.yaml", "README.md", "values-dev.yaml", "values-prod.yaml", "values-staging.yaml", "values-test.yaml"],
      ...["values.schema.json", "values.yaml"],
    ]);
  });

  it("[FL-43] its templates are those of the source, beside those of the parts that the source's list left out", () => {
    const templates = filesOf("charts/floe-platform/templates");
    const listed = [
      ...["_helpers.tpl", "configmap-otel.yaml", "configmap-polaris.yaml", "deployment-polaris.yaml"],
      ...["service-polaris.yaml", "secret.yaml", "serviceaccount.yaml", "role.yaml", "rolebinding.yaml"],
      ...["networkpolicy.yaml", "ingress.yaml", "hpa.yaml", "pdb.yaml", "resourcequota.yaml"],
      ...["tests/test-connection.yaml", "NOTES.txt"],
    ];
    assert.deepEqual(
      listed.filter((file) => !templates.includes(file)),
      [],
    );
    const more = templates.filter((file) => !listed.includes(file) && !/(^|\/)_/.test(file));
    for (const file of more) assert.match(file, /dagster|database|marquez|minio|otel|postgresql/, file);
  });

  it("[FL-30] [FL-44] the jobs' chart has its values, their schema, a page, and the templates of the source", () => {
    const templates = ["_helpers.tpl", "job.yaml", "cronjob.yaml", "configmap.yaml", "tests/test-job.yaml"];
    const wanted = ["Chart.yaml", "values.yaml", "values.schema.json", "README.md"];
    const found = filesOf("charts/floe-jobs");
    for (const file of [...wanted, ...templates.map((one) => `templates/${one}`)])
      assert.ok(found.includes(file), file);
  });

  it("[FL-16] charts lie at the root; what the command does is beside it, and what it generates from in floe's own folder", () => {
    for (const folder of ["charts/floe-platform", "charts/floe-jobs", "operations/floe", "systems/floe/generator"])
      assert.ok(existsSync(join(root, folder)), folder);
    assert.deepEqual(
      filesBelow(["cli"], [".ts"]).filter((file) => /floe-commands/.test(file)),
      ["cli/floe-commands.ts"],
    );
  });

  it("[FL-46] generating, merging, schemas and the wrapper of Helm are a file each", () => {
    for (const file of [
      ...[
        "systems/floe/generator/generate.ts",
        "systems/floe/generator/merge.ts",
        "systems/floe/generator/validate.ts",
      ],
      ...["operations/floe/generate-values.ts", "operations/floe/helm-wrapper.ts"],
    ])
      assert.ok(existsSync(join(root, file)), file);
  });

  it("[FL-31] [FL-32] [FL-33] [FL-34] [FL-37] floe's objects are written in its charts alone: no second set of manifests, and nothing applies one", () => {
    const allowed = /^(charts\/floe-(platform|jobs)\/|test\/golden\/floe\/)/;
    const manifests = filesBelow([""], [".yaml", ".yml"]).filter((file) => {
      const text = textOf(file);
      return (
        !allowed.test(file) &&
        /^kind: (Deployment|StatefulSet|DaemonSet|CronJob|Job|Pod|Service|ConfigMap|Secret)$/m.test(text) &&
        /dagster|marquez|polaris/.test(text)
      );
    });
    assert.deepEqual(manifests, []);
    assert.ok(!existsSync(join(root, "testing")), "no testing/k8s");
    assert.doesNotMatch(textOf("charts/floe-platform/values-test.yaml"), /NodePort/);
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    for (const line of Object.values(scripts)) assert.doesNotMatch(line, /kubectl apply/);
    assert.match(scripts["cluster:up"] ?? "", /bin\/hardened cluster up$/);
    // the end-to-end test installs by the program, whose one release is of the chart
    assert.match(textOf("test/e2e/alone/floe.e2e.ts"), /project\.hardened\(\["up"\]\)/);
    assert.match(textOf("systems/floe/component.ts"), /chart: "\.\/charts\/floe-platform"/);
  });
});

describe("floe: what it depends on", () => {
  it("[FL-06] Dagster, collector, Polaris and Marquez are templates of the platform's own; its one dependency is the library", () => {
    for (const name of ["floe-platform", "floe-jobs"])
      assert.deepEqual(
        chartOf(name).dependencies.map((one) => one.name),
        ["hardened"],
      );
    for (const part of ["dagster-webserver", "otel", "polaris", "marquez"])
      assert.ok(existsSync(join(root, `charts/floe-platform/templates/deployment-${part}.yaml`)), part);
  });

  it("[FL-07] [FL-111] Dagster's and dbt's versions are exact, and the chart's are those of the images", () => {
    for (const [chart, image, name] of [
      ["floe-platform", "dagster", "dagster"],
      ["floe-jobs", "dbt", "dbt-core"],
    ] as const) {
      const { appVersion } = chartOf(chart);
      assert.match(appVersion, /^\d+\.\d+\.\d+$/);
      assert.match(
        textOf(`images/${image}/requirements.in`),
        new RegExp(`^${name}==${appVersion.replaceAll(".", "\\.")}$`, "m"),
      );
      assert.match(
        textOf(`images/${image}/requirements.txt`),
        new RegExp(`^${name}==${appVersion.replaceAll(".", "\\.")} [^]*?--hash=sha256:`, "m"),
      );
    }
  });

  it("[FL-17] nothing reads SQL but dbt, and nothing waits for a time but Dagster and Kubernetes", () => {
    const all = Object.keys({ ...packages.dependencies, ...packages.devDependencies });
    const parsers = /sql-?(parser|fluff|lint)|pg-?query|cron|bree|agenda|node-schedule/;
    assert.deepEqual(
      all.filter((name) => parsers.test(name)),
      [],
    );
    assert.doesNotMatch(textOf("images/dagster/requirements.txt"), /^(sqlglot|sqlfluff|sqlparse|pglast)==/m);
    const sources = filesBelow(["systems/floe", "operations/floe"], [".ts"]);
    assert.ok(sources.length > 20);
    for (const file of [...sources, "cli/floe-commands.ts"])
      assert.doesNotMatch(textOf(file), /\bset(Interval|Timeout)\(/, file);
  });
});

describe("floe: who looks after it, and its tests", () => {
  it("[FL-26] the platform team owns the charts", () =>
    assert.match(textOf(".github/CODEOWNERS"), /^# The platform team owns the charts\.\n\/charts\/ +@platform$/m));

  it("[FL-22] [FL-47] no test is left out, and every end-to-end test of floe names what it shows", () => {
    for (const file of [".mocharc.json", ".mocharc.e2e.json"]) {
      const { forbidOnly, forbidPending } = JSON.parse(textOf(file)) as Record<string, boolean>;
      assert.deepEqual([forbidOnly, forbidPending], [true, true], file);
    }
    const files = filesBelow(["test/e2e", "test/nightly"], [".e2e.ts"]).filter((file) =>
      /\bfloe\b|\/data-product\b/.test(file),
    );
    assert.ok(files.length >= 4, files.join());
    const titles = files.flatMap((file) =>
      [...textOf(file).matchAll(/^ +it\(\s*["`](.*)$/gm)].map(([, title]) => title ?? ""),
    );
    assert.ok(titles.length >= 30);
    assert.deepEqual(
      titles.filter((title) => !/^\[FL-\d+\]/.test(title)),
      [],
    );
  });
});
