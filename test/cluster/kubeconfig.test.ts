import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { contextNames, kubeconfigFiles } from "../../cluster/kubeconfig";

const kubeconfig = (...names: string[]): string =>
  ["contexts:", ...names.map((name) => `- name: ${name}\n  context: {cluster: c, user: u}`)].join("\n");

describe("kubeconfig", () => {
  const before = { KUBECONFIG: process.env.KUBECONFIG, HOME: process.env.HOME };
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    process.env.HOME = folder;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [key, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  });

  it("reads the file $KUBECONFIG names", () => {
    process.env.KUBECONFIG = file("one", kubeconfig("a", "b"));
    assert.deepEqual(contextNames(), ["a", "b"]);
  });

  it("reads all files of a list, in order, and skips those that are not there", () => {
    const list = [file("one", kubeconfig("a")), join(folder, "none"), "", file("two", kubeconfig("b"))];
    process.env.KUBECONFIG = list.join(delimiter);
    assert.deepEqual(kubeconfigFiles(), [list[0], list[3]]);
    assert.deepEqual(contextNames(), ["a", "b"]);
  });

  it("else reads the one in the home folder", () => {
    delete process.env.KUBECONFIG;
    mkdirSync(join(folder, ".kube"));
    file(".kube/config", kubeconfig("home"));
    assert.deepEqual(contextNames(), ["home"]);
  });

  it("knows nothing without any file, which is not the same as a file without contexts", () => {
    process.env.KUBECONFIG = join(folder, "none");
    assert.equal(contextNames(), undefined);
    process.env.KUBECONFIG = file("empty", "");
    assert.deepEqual(contextNames(), []);
    process.env.KUBECONFIG = file("without", "apiVersion: v1\ncontexts: null\n");
    assert.deepEqual(contextNames(), []);
  });

  it("leaves out a context without a name", () => {
    process.env.KUBECONFIG = file("odd", "contexts:\n- context: {}\n- name: a\n- name: null\n");
    assert.deepEqual(contextNames(), ["a"]);
  });

  it("a file that kubectl cannot read is refused with its path, line and reason", () => {
    mkdirSync(join(folder, "deep"));
    for (const [text, said] of [
      ["kind: Config\ncontexts: [a\nb: c", /:3:1: not valid YAML: .+/],
      ["a: 1\na: 2\n", /:2:\d+: not valid YAML: duplicated mapping key/],
      ["just words", /:1: expected a map, got a string/],
      ["- a", /:1: expected a map, got a list/],
      ["kind: Config\ncontexts: {a: b}\n", /:2: contexts: expected a list, got a map/],
      ["kind: Config\n\ncontexts: here\n", /:3: contexts: expected a list, got a string/],
      ['{"kind": "Config", "contexts": 1}', /:1: contexts: expected a list, got a number/],
      ["contexts:\n- name: a\n- b\n", /:1: contexts\[1\]: expected a map, got a string/],
      ["contexts:\n- null\n", /:1: contexts\[0\]: expected a map, got nothing/],
      ["contexts:\n- name: [a]\n", /:1: contexts\[0\]\.name: expected a string, got a list/],
    ] as const) {
      process.env.KUBECONFIG = file("broken", text);
      assert.throws(() => contextNames(), { name: "UserError", message: said }, text);
      assert.throws(() => contextNames(), { message: new RegExp(`^kubeconfig ${join(folder, "broken")}:`) });
    }
    process.env.KUBECONFIG = [file("one", kubeconfig("a")), join(folder, "deep")].join(delimiter);
    assert.throws(() => contextNames(), {
      name: "UserError",
      message: `kubeconfig ${join(folder, "deep")} cannot be read: it is a folder`,
    });
  });
});
