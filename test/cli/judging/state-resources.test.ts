import assert from "node:assert/strict";
import { readState, StateError } from "../../../cli/judging/state-resources";
import { UNKNOWN } from "../../../policy/manifest/unknown";

const signature = "4dabf18193072939515e22adb298388d";
const secretKind = "1b47061264138c4ac30d75fd1eb44270";
const encrypted = { [signature]: secretKind, ciphertext: "v1:abc" };
const plain = (value: unknown) => ({ [signature]: secretKind, plaintext: JSON.stringify(value) });
const archive = { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", hash: "1" };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const pod = (inputs: object, more: object = {}) => ({
  urn: "urn:pulumi:s::p::kubernetes:core/v1:Pod::web",
  type: "kubernetes:core/v1:Pod",
  inputs,
  ...more,
});
const exported = (...resources: unknown[]): string => JSON.stringify({ version: 3, deployment: { resources } });
const inputsOf = (inputs: object) => readState(exported(pod(inputs)))?.resources[0]?.inputs;

describe("resources of a Pulumi state", () => {
  it("are read from an exported stack and from a checkpoint, with a byte order mark too", () => {
    const resources = [{ type: "kubernetes:core/v1:Pod", name: "web", inputs: { a: 1 } }];
    const text = exported(pod({ a: 1 }));
    assert.deepEqual(readState(text)?.resources, resources);
    assert.deepEqual(readState(`\uFEFF${text}`)?.resources, resources);
    const checkpoint = JSON.stringify({ version: 3, checkpoint: { latest: JSON.parse(text).deployment } });
    assert.deepEqual(readState(checkpoint)?.resources, resources);
  });

  it("leave out what is being deleted and what the stack only reads", () => {
    const text = exported(pod({}, { delete: true }), pod({}, { external: true }));
    assert.deepEqual(readState(text)?.resources, []);
    assert.deepEqual(readState('{"version":3,"deployment":{"manifest":{}}}')?.resources, []);
  });

  it("have an unknown where only the stack's key or a deployment could tell the value", () => {
    assert.deepEqual(inputsOf({ spec: encrypted, list: [encrypted, 1], file: archive, later: unknown }), {
      spec: UNKNOWN,
      list: [UNKNOWN, 1],
      file: UNKNOWN,
      later: UNKNOWN,
    });
    assert.deepEqual(inputsOf({ spec: { [signature]: secretKind, plaintext: "{" } }), { spec: UNKNOWN });
  });

  it("have the value of a secret that was exported in clear, and name it as one", () => {
    const state = readState(exported(pod({ spec: plain({ privileged: true, token: "correct-horse", on: "yes" }) })));
    assert.deepEqual(state?.resources[0]?.inputs, { spec: { privileged: true, token: "correct-horse", on: "yes" } });
    assert.deepEqual(state?.secrets, ["correct-horse"]);
  });

  it("are not looked for in what is no state", () => {
    for (const text of ["", "kind: Pod", "{", "[]", '{"kind":"List","deployment":{}}', '{"deployment":1}', "{}"])
      assert.equal(readState(text), undefined, text);
  });

  it("are refused when they are none, every one of them named", () => {
    assert.throws(
      () => readState(exported(pod({}), null, { urn: 1 }, { type: "x" })),
      (error) =>
        error instanceof StateError && /^resources\[1\], resources\[2\], resources\[3\] of/.test(error.message),
    );
    assert.throws(() => readState('{"deployment":{"resources":{}}}'), StateError);
  });
});
