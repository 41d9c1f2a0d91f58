import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../process/atomic-write";
import type { Instance } from "./names";

/** How the API server encrypts Secrets before it stores them, with the key. */
export const encryptionFile = (instance: Instance): string => join(instance.state, "encryption.yaml");

/** @param readsPlain whether what was stored before there was a key can still be read */
const configuration = (key: string, readsPlain: boolean): string => `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys: [{ name: first, secret: ${key} }]
${readsPlain ? "      - identity: {}\n" : ""}`;

/**
 * Creates the instance's key once, readable only by its owner, and returns the configuration. An instance of an earlier version of the project has stored
 * Secrets unencrypted: they stay readable, and each is encrypted when it is next written.
 */
export function ensureEncryption(instance: Instance): string {
  const file = encryptionFile(instance);
  if (!existsSync(file))
    writeAtomic(
      file,
      configuration(randomBytes(32).toString("base64"), existsSync(join(instance.state, "etcd/member"))),
    );
  return readFileSync(file, "utf8");
}
