import assert from "node:assert/strict";
import { trustRootSpec } from "../../components/trust-root";

/** The body of what stands between the lines of a PEM file, of base64 of it. */
const bodyOf = (text: unknown): string[] => atob(String(text)).trim().split("\n").slice(1, -1);

describe("trust-root: a file's trust root as an object for admission", () => {
  it("[COS-15] what the file leaves out is empty", () => {
    assert.deepEqual(trustRootSpec({}), {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tLogs: [],
      ctLogs: [],
    });
    const all = { certificateAuthorities: [{}], timestampAuthorities: [{}], tlogs: [{}], ctlogs: [{}] };
    const authority = { subject: { organization: "", commonName: "" }, uri: "", certChain: "" };
    const none = btoa("-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----\n");
    const log = { baseURL: "", hashAlgorithm: "sha-256", publicKey: none };
    assert.deepEqual(trustRootSpec(all), {
      certificateAuthorities: [authority],
      timestampAuthorities: [authority],
      tLogs: [log],
      ctLogs: [log],
    });
  });

  it("[COS-15] subjects are kept, and keys are in lines of 64 characters", () => {
    const subject = { organization: "Example", commonName: "example" };
    const rawBytes = "A".repeat(100);
    const spec = trustRootSpec({ certificateAuthorities: [{ subject }], tlogs: [{ publicKey: { rawBytes } }] });
    const { certificateAuthorities, tLogs } = spec as Record<string, Record<string, unknown>[]>;
    assert.deepEqual(certificateAuthorities?.[0]?.subject, subject);
    assert.deepEqual(bodyOf(tLogs?.[0]?.publicKey), ["A".repeat(64), "A".repeat(36)]);
  });
});
