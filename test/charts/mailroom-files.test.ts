import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { isPlaceholder } from "../../systems/credentials";
import { charts, helm, mailroom, only, secrets } from "./support/helm";

const chart = join(charts, "mailroom");
const root = join(charts, "..");
const read = (file: string): string => readFileSync(join(chart, file), "utf8");
const values = load(read("values.yaml")) as Record<string, unknown>;

describe("charts/mailroom: files", () => {
  it("[MR-01] [MR-03] [MR-06] is a Helm 3 chart with name, description, version and appVersion", async () => {
    const { stdout, code } = await helm(["show", "chart", chart]);
    const shown = load(stdout) as Record<string, string>;
    assert.equal(code, 0);
    assert.equal(shown.apiVersion, "v2");
    assert.equal(shown.name, "mailroom");
    for (const key of ["description", "version", "appVersion"]) assert.ok(shown[key], key);
    const deployment = only(await mailroom(), "Deployment");
    assert.equal(deployment.metadata.labels["app.kubernetes.io/version"], shown.appVersion);
  });

  it("[MR-02] holds exactly its files", () => {
    const visible = readdirSync(chart).filter((name) => !name.startsWith(".") && name !== "secrets-values.yaml");
    const expected = [
      "Chart.yaml",
      "charts",
      "secrets-values.yaml.example",
      "templates",
      "values.schema.json",
      "values.yaml",
    ];
    assert.deepEqual(visible.sort(), expected);
    assert.deepEqual(readdirSync(join(chart, "templates")).sort(), [
      "NOTES.txt",
      "_helpers.tpl",
      "configmap.yaml",
      "deployment.yaml",
      "namespace.yaml",
      "secret.yaml",
      "setup-job.yaml",
    ]);
    assert.deepEqual(readdirSync(join(chart, "charts")), ["hardened"]);
  });

  it("[MR-04] makes a Namespace, ConfigMap, Secret and Deployment, and no plain manifests are left", async () => {
    const kept = (await mailroom({ namespace: { create: true } })).filter(
      ({ metadata }) => !metadata.annotations?.["helm.sh/hook"],
    );
    assert.deepEqual(kept.map(({ kind }) => kind).sort(), ["ConfigMap", "Deployment", "Namespace", "Secret"]);
    assert.ok(!existsSync(join(root, "k8s")));
  });

  it("[MR-05] git ignores the credentials and keeps the example", () => {
    const ignored = (path: string): boolean => {
      try {
        execFileSync("git", ["check-ignore", "-q", path], { cwd: root });
        return true;
      } catch (error) {
        assert.equal((error as { status: number }).status, 1);
        return false;
      }
    };
    for (const folder of ["helm", "charts"]) {
      assert.ok(ignored(`${folder}/mailroom/secrets-values.yaml`), folder);
      assert.ok(!ignored(`${folder}/mailroom/secrets-values.yaml.example`), folder);
    }
    assert.doesNotMatch(readFileSync(join(root, ".gitignore"), "utf8"), /k8s\/secret\.yaml/);
  });

  it("[MR-07] lint finds nothing, with and without credentials, and finds a broken template", async () => {
    for (const given of [{}, { secrets }]) {
      const { stdout, stderr, code } = await helm(["lint", "--strict", chart, "-f", "-"], given);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /1 chart\(s\) linted, 0 chart\(s\) failed/);
      assert.doesNotMatch(stdout + stderr, /\[WARNING\]|\[ERROR\]/);
    }
    await inCopy(async (copy) => {
      writeFileSync(join(copy, "templates/broken.yaml"), "{{ include .Values }}\n");
      assert.notEqual((await helm(["lint", copy])).code, 0);
    });
  });

  it("[MR-08] [MR-25] renders offline from values and a secrets file, with no operator's object", async () => {
    const { code, stdout } = await helm(["template", "mailroom", chart, "-f", join(chart, "values.yaml"), "-f", "-"], {
      secrets,
    });
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /external-secrets\.io/);
  });

  it("[MR-09] has no more values than rows ask for", () => {
    const hardening = [
      "chartDigest",
      "existingConfigMap",
      "existingSecret",
      "fullnameOverride",
      "nameOverride",
      "namespace",
      "networkPolicy",
      "podAnnotations",
    ];
    assert.deepEqual(
      Object.keys(values).sort(),
      ["config", "image", "replicaCount", "resources", "secrets", "setup", ...hardening].sort(),
    );
  });

  it("[MR-11] defines seven named templates", () => {
    const defined = [...read("templates/_helpers.tpl").matchAll(/define "(.+?)"/g)].map(([, name]) => name);
    assert.deepEqual(defined, [
      "mailroom.name",
      "mailroom.fullname",
      "mailroom.chart",
      "mailroom.labels",
      "mailroom.selectorLabels",
      "mailroom.podSecurityContext",
      "mailroom.containerSecurityContext",
    ]);
    const used = readdirSync(join(chart, "templates"))
      .filter((name) => name !== "_helpers.tpl")
      .map((name) => read(`templates/${name}`))
      .join("");
    for (const name of defined) assert.ok(used.includes(`include "${name}"`), `${name} is not used`);
  });

  it("[MR-26] the example holds the three keys with the placeholders that are refused", () => {
    const example = load(read("secrets-values.yaml.example")) as { secrets: Record<string, string> };
    assert.deepEqual(Object.keys(example.secrets), ["jmap_token", "carddav_username", "carddav_password"]);
    for (const [key, value] of Object.entries(example.secrets)) assert.ok(isPlaceholder(value), key);
    assert.match(example.secrets.carddav_username ?? "", /@fastmail\.com$/);
  });

  it("[MR-28] no committed values file holds a credential", () => {
    const committed = execFileSync("git", ["ls-files", "charts/*values*.yaml"], { cwd: root, encoding: "utf8" })
      .trim()
      .split("\n");
    assert.ok(committed.includes("charts/mailroom/values.yaml"));
    for (const file of committed) {
      const { secrets: entries = {} } = load(readFileSync(join(root, file), "utf8")) as {
        secrets?: Record<string, unknown>;
      };
      for (const [key, value] of Object.entries(entries)) assert.equal(value, "", `${file}: secrets.${key}`);
    }
    assert.deepEqual(values.secrets, { jmap_token: "", carddav_username: "", carddav_password: "" });
  });

  it("[MR-25] keeps the credentials out of packages and of the release record", async () => {
    await inCopy(async (copy) => {
      writeFileSync(join(copy, "secrets-values.yaml"), "secrets: {}\n");
      const { code } = await helm(["package", copy, "-d", join(copy, "..")]);
      assert.equal(code, 0);
      const held = execFileSync("tar", ["tzf", join(copy, "../mailroom-0.1.0.tgz")], { encoding: "utf8" }).split("\n");
      assert.ok(held.includes("mailroom/charts/hardened/templates/_pod.tpl"), "the library is not in the package");
      assert.ok(!held.includes("mailroom/secrets-values.yaml"));
      const packed = await helm(["template", "mailroom", join(copy, "../mailroom-0.1.0.tgz"), "-f", "-"], { secrets });
      assert.equal(packed.code, 0, packed.stderr);
    });
  });

  it("[MR-10] [MR-48] names no namespace, holds no PodSecurityPolicy and no overlay", async () => {
    for (const name of readdirSync(join(chart, "templates")))
      assert.doesNotMatch(read(`templates/${name}`), /namespace: mailroom/);
    for (const { apiVersion, kind } of await mailroom()) {
      assert.ok(apiVersion !== "policy/v1beta1" && kind !== "PodSecurityPolicy");
    }
    const overlays = execFileSync("git", ["ls-files", "*kustomization*"], { cwd: root, encoding: "utf8" });
    // Flux' own kind of that name is an example of delivery
    assert.equal(overlays, "charts/examples/flux/kustomization.yaml\n");
  });
});

/** Runs something on a copy of the charts, links kept, as a plain clone has them. */
async function inCopy(use: (chart: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "charts-"));
  try {
    cpSync(charts, join(folder, "charts"), { recursive: true, verbatimSymlinks: true });
    await use(join(folder, "charts/mailroom"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
