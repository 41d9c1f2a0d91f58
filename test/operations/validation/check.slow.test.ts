import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/project";

const folder = mkdtempSync(join(tmpdir(), "hardened-check-"));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

function check(args: readonly string[], input = ""): { code: number | null; out: string; err: string } {
  const result = spawnSync(join(projectRoot, "bin", "hardened"), ["check", ...args], {
    input,
    encoding: "utf8",
    cwd: projectRoot,
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

const pod = (privileged: boolean): string => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: web
      image: registry.example/web@sha256:${"ad".repeat(32)}
      securityContext:
        privileged: ${privileged}
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 10m, memory: 16Mi}}
`;

describe("hardened check", function () {
  this.timeout(60_000);
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("names object, container, field, value and fix of a bad manifest, with its line, and ends with 1", () => {
    const { code, out } = check([file("bad.yaml", pod(true))]);
    assert.equal(code, 1, out);
    assert.match(out, /Pod shop\/web/);
    assert.match(out, /container "web": securityContext.privileged must be .*, got true \(.*bad.yaml:11\)/);
    assert.match(out, /\[privileged\]/);
  });

  it("reads standard input, and ends with 2 for what is no manifest", () => {
    assert.equal(check(["-"], pod(true)).code, 1);
    const { code, out } = check(["-"], "just: text\n");
    assert.equal(code, 2);
    assert.match(out, /could not be evaluated/);
  });

  it("evaluates by Pod Security alone when asked to, and by all rules otherwise", () => {
    const path = file("probes.yaml", pod(false));
    assert.match(check([path]).out, /\[probes\]/);
    const { code, out } = check(["--only", "pod-security", path]);
    assert.equal(code, 0, out);
    assert.match(out, /1 object \(1 pod\) evaluated: 0 mandatory, 0 advisory/);
    assert.equal(check(["--only", "pod-security", file("bad.yaml", pod(true))]).code, 1);
  });

  it("evaluates what it is given together as one set: the files of a folder, several arguments, a chart beside manifests", () => {
    const set = join(folder, "set");
    mkdirSync(set);
    const service = (component: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {component: ${component}}}\n`;
    const lost = /spec.selector must be one that selects pods, .*\[service-selects-nothing\]/;
    writeFileSync(join(set, "pod.yaml"), pod(false).replace("name: web,", "name: web, labels: {component: web},"));
    writeFileSync(join(set, "service.yaml"), service("web"));
    const [podFile, serviceFile] = [join(set, "pod.yaml"), join(set, "service.yaml")];
    assert.doesNotMatch(check([set]).out, lost);
    assert.doesNotMatch(check([podFile, serviceFile]).out, lost);
    assert.doesNotMatch(check([serviceFile]).out, lost, "its pods may come from elsewhere");
    writeFileSync(serviceFile, service("other"));
    const { out } = check([set, "--format", "json"]);
    assert.match(out, /"service-selects-nothing"/);
    const [, location] = /"service-selects-nothing"[^}]*?"file": "([^"]+)"/s.exec(out) ?? [];
    assert.ok(location === undefined || location.endsWith("service.yaml"));
    const account = file("account.yaml", "existingSecret: account\n");
    assert.match(check([set, "charts/mail-server", "--namespace", "shop", "--values", account]).out, lost);
    writeFileSync(join(set, "broken.yaml"), "just: text\n");
    const partly = check([set]);
    assert.equal(partly.code, 2);
    assert.doesNotMatch(partly.out, lost, "nothing is said to be missing while a file cannot be read");
  });

  it("evaluates by the settings of a stack: a registry it does not allow", () => {
    const path = file("elsewhere.yaml", pod(false));
    assert.doesNotMatch(check([path]).out, /registry-allow-list/);
    assert.match(
      check([path, "--like", "dev"]).out,
      /image must be of registry.hardened.test\/\*.*\[registry-allow-list\]/,
    );
    const { code, err } = check([path, "--like", "dev", "--profile", "prod"]);
    assert.equal(code, 2);
    assert.match(err, /cannot be used with/);
  });

  it("ends without a word when its reader has read enough", () => {
    const many = file(
      "many.yaml",
      Array.from({ length: 3000 }, (_, index) => `---\n${pod(true).replace("name: web,", `name: web-${index},`)}`).join(
        "",
      ),
    );
    const command = `"${join(projectRoot, "bin", "hardened")}" check "${many}" | head -1`;
    const { stderr, stdout } = spawnSync("/bin/sh", ["-c", command], { encoding: "utf8", cwd: projectRoot });
    assert.equal(stderr, "");
    assert.ok(stdout.length > 0);
  });

  it("never takes nothing for a pass", () => {
    const { code, out } = check([file("empty.yaml", "# nothing\n")]);
    assert.equal(code, 2);
    assert.match(out, /not a single object/);
  });

  it("evaluates every stack without engine and cluster", () => {
    for (const stack of ["dev", "staging", "prod"]) {
      const { code, out } = check([stack]);
      assert.equal(code, 0, out);
      assert.match(out, /^\d+ objects \(\d+ pods\) evaluated: 0 mandatory/m);
    }
  });

  it("evaluates a chart with values, and says why when it does not render", () => {
    const values = file(
      "values.yaml",
      `existingSecret: account\nnetworkPolicy: {enabled: true}\nimage: {tag: '', digest: 'sha256:${"bd".repeat(32)}'}\n`,
    );
    const good = check(["charts/mailroom", "--values", values, "--namespace", "post"]);
    assert.equal(good.code, 0, good.out + good.err);
    const bad = check(["charts/mailroom"]);
    assert.equal(bad.code, 2);
    assert.match(bad.out, /secrets.jmap_token is empty/);
  });

  it("evaluates an exported state, and writes the report to a file", () => {
    const inputs = {
      metadata: { name: "web", namespace: "shop" },
      spec: { containers: [{ name: "web", image: "web" }] },
    };
    const resources = [{ urn: "urn:pulumi:s::p::kubernetes:core/v1:Pod::web", type: "kubernetes:core/v1:Pod", inputs }];
    const state = file("state.json", JSON.stringify({ version: 3, deployment: { resources } }));
    const output = join(folder, "report.json");
    assert.equal(check([state, "--format", "json", "--output", output]).code, 1);
    const { findings } = JSON.parse(readFileSync(output, "utf8")) as { findings: { rule: string }[] };
    assert.ok(findings.some(({ rule }) => rule === "allow-privilege-escalation"));
  });

  it("refuses a target that is nothing it knows, without a stack trace", () => {
    const { code, err } = check(["no-such-thing"]);
    assert.equal(code, 2);
    assert.match(err, /no-such-thing is no stack .*, no chart folder and no file/);
    assert.doesNotMatch(err, /\n\s+at /);
  });
});
