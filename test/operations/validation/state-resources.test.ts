import assert from "node:assert/strict";
import { readState, StateError, whyUnread } from "../../../operations/validation/state-resources";
import { UNKNOWN } from "../../../policy/manifest/unknown";

const signature = "4dabf18193072939515e22adb298388d";
const secretKind = "1b47061264138c4ac30d75fd1eb44270";
const encrypted = { [signature]: secretKind, ciphertext: "v1:abc" };
const plain = (value: unknown) => ({ [signature]: secretKind, plaintext: JSON.stringify(value) });
const archive = { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", hash: "1" };
const asset = { [signature]: "c44067f5952c0a294b673a41bacd8c17", hash: "1" };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const pod = (inputs: object, more: object = {}) => ({
  urn: "urn:pulumi:s::p::kubernetes:core/v1:Pod::web",
  type: "kubernetes:core/v1:Pod",
  inputs,
  ...more,
});
const exported = (...resources: unknown[]): string => JSON.stringify({ version: 3, deployment: { resources } });
const resourceOf = (inputs: object) => readState(exported(pod(inputs)))?.resources[0];
const inputsOf = (inputs: object) => resourceOf(inputs)?.inputs;
/** Why the input "file" is unknown. */
const why = (file: unknown, at = "file") => whyUnread(resourceOf({ file })?.unread ?? new Map(), at);

describe("resources of a Pulumi state", () => {
  it("are read from an exported stack and from a checkpoint, with a byte order mark too", () => {
    const resources = [{ type: "kubernetes:core/v1:Pod", name: "web", inputs: { a: 1 }, unread: new Map() }];
    const text = exported(pod({ a: 1 }));
    assert.deepEqual(readState(text)?.resources, resources);
    assert.deepEqual(readState(`\uFEFF${text}`)?.resources, resources);
    const checkpoint = JSON.stringify({ version: 3, checkpoint: { latest: JSON.parse(text).deployment } });
    assert.deepEqual(readState(checkpoint)?.resources, resources);
  });

  it("leave out what is being deleted, what the stack only reads, and components, whose objects are there too", () => {
    const text = exported(pod({}, { delete: true }), pod({}, { external: true }), pod({}, { custom: false }));
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

  it("say why a value is unknown: only of what is encrypted that --show-secrets helps", () => {
    assert.match(String(why(encrypted)), /^encrypted in this state; `pulumi stack export --show-secrets`/);
    const others: [unknown, RegExp][] = [
      [unknown, /^not known when the state was written$/],
      [
        { ...asset, path: "values-prod.yaml" },
        /^a file given as an asset, values-prod\.yaml, whose content is not in the state; .* --values values-prod\.yaml$/,
      ],
      [
        { ...asset, uri: "https://me:hunter2@files.example/values.yaml?token=hunter3#x" },
        /^a file given as an asset, https:\/\/files\.example\/values\.yaml, whose content is not/,
      ],
      [{ ...asset, uri: "hunter2" }, /^a file given as an asset, an address, whose content/],
      [asset, /^a file given as an asset, whose content is not in the state$/],
      [{ ...archive, path: "./files" }, /^an archive given as an asset, \.\/files, whose content is not in the state$/],
      [{ ...archive, assets: { a: { ...asset, text: "a" } } }, /^an archive given as an asset, whose content/],
      [{ [signature]: "other" }, /^a value of a kind that a state does not hold$/],
      [{ [signature]: secretKind, plaintext: "{" }, /^a secret that is no JSON$/],
    ];
    for (const [value, said] of others) {
      assert.match(String(why(value)), said);
      assert.doesNotMatch(String(why(value)), /show-secrets|hunter/);
    }
    assert.match(String(why([{ a: encrypted }], "file[0].a")), /^encrypted/);
    assert.match(String(why(encrypted, "file.spec.containers[0]")), /^encrypted/);
    assert.equal(why({ a: encrypted }, "file.b"), undefined);
  });

  it("have the text of an asset that the state holds", () => {
    assert.deepEqual(inputsOf({ file: { ...asset, text: "a: 1" } }), { file: "a: 1" });
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
