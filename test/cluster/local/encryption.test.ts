import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { encryptionFile, ensureEncryption } from "../../../cluster/local/encryption";
import type { Instance } from "../../../cluster/local/names";

interface Configuration {
  readonly resources: readonly {
    readonly resources: readonly string[];
    readonly providers: readonly Readonly<Record<string, { readonly keys?: readonly { readonly secret: string }[] }>>[];
  }[];
}

describe("cluster encryption", () => {
  let instance: Instance;
  beforeEach(() => {
    instance = { state: mkdtempSync(join(tmpdir(), "encryption-")) } as Instance;
  });
  afterEach(() => rmSync(instance.state, { recursive: true }));
  const rule = () => (load(ensureEncryption(instance)) as Configuration).resources[0];
  const providers = (): string[] => (rule()?.providers ?? []).map((one) => Object.keys(one).join());

  it("[COS-34] encrypts Secrets with a key of 32 bytes for its owner alone, which stays", () => {
    const [provider] = rule()?.providers ?? [];
    assert.deepEqual(rule()?.resources, ["secrets"]);
    assert.equal(Buffer.from(provider?.secretbox?.keys?.[0]?.secret ?? "", "base64").length, 32);
    assert.equal(statSync(encryptionFile(instance)).mode & 0o777, 0o600);
    assert.equal(ensureEncryption(instance), ensureEncryption(instance));
  });

  it("takes nothing in the clear from the store of a new cluster, also when it is brought up again", () => {
    assert.deepEqual(providers(), ["secretbox"]);
    mkdirSync(join(instance.state, "etcd/member"), { recursive: true });
    assert.deepEqual(providers(), ["secretbox"]);
  });

  it("still reads what a cluster of an earlier version has stored in the clear, and writes it encrypted", () => {
    mkdirSync(join(instance.state, "etcd/member"), { recursive: true });
    assert.deepEqual(providers(), ["secretbox", "identity"]);
  });
});
