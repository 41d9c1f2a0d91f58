import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { projectRoot } from "../../../config/project";
import { reportText } from "../../../operations/validation/check";
import { targetsOf } from "../../../operations/validation/check-targets";
import { reportOf } from "../../../operations/validation/evaluate-targets";
import { exitCodeOf } from "../../../policy/report/report";

const program = join(projectRoot, "bin", "hardened");
const canary = "canary-of-a-secret-8472";
const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {hostNetwork: true, containers: [{name: web, image: web, args: ["--password=${canary}"]}]}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: account, namespace: shop}\nstringData: {password: ${canary}}\n`;
const formats = ["human", "json", "markdown", "sarif", "junit", "openreports", "html"];

/** What a person gives that is not as it should be: told in words, with exit code 2, since 1 is a verdict. */
describe("hardened check, given", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "hardened-inputs-"));
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  const check = (args: readonly string[], input = "") => {
    const { status, stdout, stderr } = spawnSync(program, ["check", ...args], { input, encoding: "utf8", cwd: folder });
    assert.doesNotMatch(stdout + stderr, /\n\s+at /, "a stack trace");
    return { code: status, out: stdout, err: stderr };
  };

  /** One report in every format: seven starts of the command would take their time. */
  async function inEveryFormat(names: readonly string[], valueFiles: readonly string[] = []) {
    const said = { namespace: "default", profile: "prod", podSecurity: "latest", kubernetes: "1.36" } as const;
    const targets = await targetsOf(
      names.map((name) => resolve(folder, name)),
      projectRoot,
    );
    const values = valueFiles.map((name) => join(folder, name));
    const report = await reportOf(targets, names.join(", "), { ...said, values });
    return {
      code: exitCodeOf(report),
      texts: await Promise.all(formats.map(async (format) => ({ format, text: await reportText(report, { format }) }))),
    };
  }

  before(() => {
    file("pod.yaml", pod);
    mkdirSync(join(folder, "nothing"));
    mkdirSync(join(folder, "odd", "folder.yaml"), { recursive: true });
    file("odd/folder.yaml/inside.yaml", pod.replaceAll("web", "inside"));
    symlinkSync("/nonexistent", join(folder, "odd", "link.yaml"));
    file("odd/good.yaml", pod);
    file("binary.yaml", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff]));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("several targets that are none, names them all at once, with what was meant", () => {
    const { code, err } = check(["pord", "nothing", "no*.yaml", "", "pod.yaml"]);
    assert.equal(code, 2);
    assert.deepEqual(err.trim().split("\n"), [
      'pord is no stack (there is no Pulumi.pord.yaml), no chart folder and no file; did you mean "prod"?',
      "nothing has neither a Chart.yaml nor manifests (.yaml, .yml, .json)",
      "no*.yaml names no file; patterns are the shell's: leave the quotes away, or name the folder",
      '"" is no stack (there is no Pulumi..yaml), no chart folder and no file; see --help',
    ]);
  });

  it("a folder with files that cannot be read, evaluates the others and says why of each", () => {
    const { code, out } = check(["odd"]);
    assert.equal(code, 2);
    assert.match(out, /^Pod shop\/inside$/m, "a folder whose name ends like a manifest's is a folder");
    assert.match(out, /^odd\/link\.yaml could not be evaluated: there is no such file$/m);
    assert.equal(out.match(/could not be evaluated: /g)?.length, 1, out);
    assert.match(out, /hostNetwork must be/);
    assert.equal(check(["binary.yaml"]).code, 2);
  });

  it("options that are wrong, ends with 2 and says what is right", () => {
    const cases: [string[], RegExp][] = [
      [["--format", "xml"], /Allowed choices are human, json, markdown, sarif, junit, openreports, html/],
      [["--frmat", "json"], /Did you mean --format/],
      [["--kubernetes", "newest"], /expected a version such as 1\.36/],
      [["--pod-security", "1.2"], /expected latest or a version such as v1\.36/],
      [["--like", "nope"], /no stack "nope"/],
      [["--values", "pod.yaml"], /--values is for a chart folder, and none is among the targets/],
      [["--output", "nothing"], /^nothing cannot be written: it is a folder$/m],
      [["--output", "no/where"], /^no\/where cannot be written: its folder does not exist/m],
      [["--output", "/dev/full"], /cannot be written: the disk is full/],
    ];
    for (const [options, said] of cases) {
      const { code, err } = check(["pod.yaml", ...options]);
      assert.equal(code, 2, options.join(" "));
      assert.match(err, said);
    }
  });

  it("values files that are none, names them all", () => {
    const chart = join(projectRoot, "test/policy/fixtures/charts/good");
    const list = file("list.yaml", "- a\n");
    const { code, err } = check([chart, "-f", "none.yaml", "nothing", "-f", list, "-f", file("bad.yaml", "a: [\n")]);
    assert.equal(code, 2);
    assert.deepEqual(
      err
        .replaceAll(/not valid YAML: .*/g, "not valid YAML")
        .trim()
        .split("\n"),
      [
        "values file none.yaml cannot be read: there is no such file",
        "values file nothing cannot be read: it is a folder",
        "list.yaml: expected a map of values",
        "bad.yaml:1: not valid YAML",
      ],
    );
  });

  it("a report for a machine, says on standard error what it does not hold", () => {
    const { code, out, err } = check(["pod.yaml", "odd", "--format", "sarif"]);
    assert.equal(code, 2);
    assert.equal(JSON.parse(out).runs[0].invocations[0].executionSuccessful, false);
    assert.match(err, /^odd\/link\.yaml could not be evaluated: there is no such file$/m);
  });

  it("standard input that takes its time, waits for it, and ends at Ctrl-C", async () => {
    const start = () => spawn(program, ["check", "-"], { stdio: ["pipe", "pipe", "pipe"] });
    const end = (child: ReturnType<typeof start>) =>
      new Promise<[number | null, string | null]>((done) => child.on("exit", (code, signal) => done([code, signal])));
    const slow = start();
    let out = "";
    slow.stdout.on("data", (chunk) => {
      out += chunk;
    });
    setTimeout(() => slow.stdin.end(pod), 1500);
    assert.deepEqual(await end(slow), [1, null]);
    assert.match(out, /hostNetwork must be/);
    const stopped = start();
    setTimeout(() => stopped.kill("SIGINT"), 1500);
    assert.deepEqual(await end(stopped), [null, "SIGINT"]);
  });

  it("a rendered text, names its own lines and not a template's", () => {
    const { out } = check(["-"], `---\n# Source: web/templates/pod.yaml\n${pod}`);
    assert.match(out, /hostNetwork must be .* \(standard input:6\)/);
  });

  it("a chart that lies anywhere, names its templates in the repository", () => {
    const at = join(folder, "deploy", "My_Web");
    mkdirSync(join(at, "templates"), { recursive: true });
    writeFileSync(join(at, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    writeFileSync(join(at, "templates", "pod.yaml"), `{{- /* two\nlines */}}\n${pod}`);
    const { code, out } = check(["deploy/My_Web", "--format", "sarif"]);
    assert.equal(code, 1);
    type Result = { ruleId: string; locations: [{ physicalLocation: object }] };
    const found = (JSON.parse(out).runs[0].results as Result[]).find(({ ruleId }) => ruleId === "host-namespaces");
    assert.deepEqual(found?.locations[0].physicalLocation, {
      artifactLocation: { uri: "deploy/My_Web/templates/pod.yaml" },
      region: { startLine: 6 },
    });
  });

  describe("a state with secrets", () => {
    const secret = (value: object) => ({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ...value,
    });
    const resource = (type: string, name: string, inputs: object) => ({
      urn: `urn:pulumi:s::p::${type}::${name}`,
      type,
      inputs,
    });
    const state = (value: object, withRelease = false): string => {
      const metadata = { name: "web", namespace: "shop" };
      const containers = [{ name: "web", image: secret(value), env: [{ name: "TOKEN", value: secret(value) }] }];
      const chart = join(projectRoot, "test/policy/fixtures/charts/good");
      const release = { chart, name: "web", namespace: "shop", values: { image: secret(value) } };
      const resources = [
        resource("kubernetes:core/v1:Pod", "web", { metadata, spec: { containers } }),
        resource("kubernetes:core/v1:Pod", "hidden", { metadata: { name: "hidden" }, spec: secret(value) }),
        resource("kubernetes:core/v1:Secret", "account", { metadata, stringData: secret(value) }),
        ...(withRelease ? [resource("kubernetes:helm.sh/v3:Release", "release", release)] : []),
      ];
      return JSON.stringify({ version: 3, deployment: { resources } });
    };

    it("fails closed where they are encrypted: no pod passes unseen, no release renders without its values", () => {
      const { code, out } = check([file("encrypted.json", state({ ciphertext: canary }, true))]);
      assert.equal(code, 2);
      assert.match(out, /^Pod (?:default\/)?hidden\n {2}✖ spec cannot be evaluated/m);
      assert.match(out, /^release could not be evaluated: values\.image: encrypted in this state.*--show-secrets/m);
    });

    it("shows none of them in any format, encrypted or exported in clear", async () => {
      for (const value of [{ ciphertext: canary }, { plaintext: JSON.stringify(canary) }]) {
        file("state.json", state(value, true));
        const { code, texts } = await inEveryFormat(["state.json"]);
        assert.equal(code, "ciphertext" in value ? 2 : 1);
        for (const { format, text } of texts) {
          assert.match(text, /hidden/);
          assert.ok(!text.includes(canary), format);
        }
      }
    });

    it("without a single object of Kubernetes is no pass", () => {
      const empty = file("empty.json", JSON.stringify({ version: 3, deployment: { resources: [] } }));
      const { code, out } = check([empty]);
      assert.equal(code, 2);
      assert.match(out, /nothing to evaluate/);
    });
  });

  it("secrets in manifests and values, shows none of them in any format", async () => {
    const values = file("secret-values.yaml", `password: ${canary}\nurl: https://user:${canary}@host\n`);
    const chart = join(projectRoot, "test/policy/fixtures/charts/good");
    const { code, texts } = await inEveryFormat(["pod.yaml", chart], [values]);
    assert.equal(code, 1);
    for (const { format, text } of texts) {
      assert.match(text, /secret-in-values/);
      assert.ok(!text.includes(canary), format);
    }
  });
});
