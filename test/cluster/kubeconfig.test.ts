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
    process.env.KUBECONFIG = file("odd", "contexts:\n- context: {}\n- name: a\n");
    assert.deepEqual(contextNames(), ["a"]);
  });
});
