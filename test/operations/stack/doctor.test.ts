import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { doctor, type Finding, formatDoctor } from "../../../operations/stack/doctor";

const lines = (...findings: Parameters<typeof formatDoctor>[0]): string[] =>
  stripVTControlCharacters(formatDoctor(findings)).split("\n");

describe("doctor: what it prints", () => {
  it("one line for what is well", () =>
    assert.deepEqual(lines({ check: "node", state: "ok", detail: "v24.0.0" }), ["✔ node: v24.0.0"]));

  it("the fix, and where to read on, for what is not", () =>
    assert.deepEqual(lines({ check: "stack file", state: "failed", detail: "broken", fix: "edit it" }), [
      "✖ stack file: broken",
      "    fix: edit it",
      "    more: docs/how-to/troubleshoot.md#stack-file",
    ]));

  it("one section for all namespaces", () =>
    assert.match(
      lines({ check: "namespace web-1", state: "warning", detail: "?", fix: "up" }).join("\n"),
      /^! namespace web-1: \?[\s\S]*troubleshoot\.md#namespace$/,
    ));
});

describe("doctor: what it finds", () => {
  const folder = mkdtempSync(join(tmpdir(), "doctor-"));
  const before = { KUBECONFIG: process.env.KUBECONFIG, PATH: process.env.PATH };
  const config = join(folder, "config");
  const kubectl = (script: string): void =>
    writeFileSync(join(folder, "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const found = async (check: string): Promise<Finding> =>
    (await doctor("dev")).find((one) => one.check === check) ?? assert.fail(`${check} is not checked`);
  beforeEach(() => {
    Object.assign(process.env, { KUBECONFIG: config, PATH: [folder, before.PATH].join(delimiter) });
    for (const name of ["pulumi", "helm"])
      writeFileSync(join(folder, name), "#!/bin/sh\necho v3.200.0\n", { mode: 0o755 });
    kubectl("exit 1");
  });
  after(() => {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  });

  it("a kubeconfig that cannot be read, with its path and line", async () => {
    writeFileSync(config, "kind: Config\ncontexts: {a: b}\n");
    assert.deepEqual(await found("context"), {
      check: "context",
      state: "failed",
      detail: `kubeconfig ${config}:2: contexts: expected a list, got a map`,
      fix: "correct that file, or set KUBECONFIG to another",
    });
    process.env.KUBECONFIG = folder;
    assert.equal((await found("context")).detail, `kubeconfig ${folder} cannot be read: it is a folder`);
  });

  it("a namespace that the user may not read", async () => {
    writeFileSync(config, "contexts: [{name: hardened-local}]\n");
    const words = "Error from server (Forbidden): namespaces is forbidden";
    kubectl(
      `case "$*" in */version*) echo '{"gitVersion":"v1.36.0","major":"1","minor":"36"}';; *can-i*) echo yes;; *) echo "${words}" >&2; exit 1;; esac`,
    );
    assert.deepEqual(await found("namespace mailroom-dev"), {
      check: "namespace mailroom-dev",
      state: "failed",
      detail: words,
      fix: "ask for a role that may read namespaces",
    });
    assert.equal((await found("rights")).state, "ok");
  });
});
