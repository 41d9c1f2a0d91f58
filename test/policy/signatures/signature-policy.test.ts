import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  isWho,
  policyOf,
  readSignaturePolicy,
  type SignaturePolicy,
} from "../../../policy/signatures/signature-policy";

const pemOf = (key: KeyObject): string =>
  key.export(key.type === "private" ? { type: "pkcs8", format: "pem" } : { type: "spki", format: "pem" }).toString();
const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).publicKey;
const pem = pemOf(ec("P-256"));
const name = "hardened:imageSignatures";

describe("readSignaturePolicy", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "signature-policy-"));
    writeFileSync(join(root, "release.pub"), pem);
    writeFileSync(join(root, "trusted_root.json"), JSON.stringify({ certificateAuthorities: [] }));
    writeFileSync(join(root, "other.json"), "[]");
  });
  after(() => rmSync(root, { recursive: true }));

  const read = (value: unknown): SignaturePolicy => {
    const { policy, mistakes } = readSignaturePolicy(value, name, root);
    assert.deepEqual(mistakes, []);
    return policy as SignaturePolicy;
  };
  const mistakesOf = (value: unknown): readonly string[] => {
    const { policy, mistakes } = readSignaturePolicy(value, name, root);
    assert.equal(policy, undefined);
    return mistakes;
  };
  const withKeys = (...keys: string[]): object => ({ images: { "a.test/**": { keys } } });
  const keyless = (over: object = {}): object => ({
    images: { "a.test/**": { keyless: { issuer: "i", identity: "x", trustRoot: "trusted_root.json", ...over } } },
  });

  it("asks for nothing where there are no settings", () => {
    assert.deepEqual(readSignaturePolicy(undefined, name, root), { mistakes: [] });
  });

  it("reads an object and the engine's JSON of it alike, with its defaults", () => {
    const settings = withKeys("release.pub");
    const policy = read(JSON.stringify(settings));
    assert.deepEqual(policy, read(settings));
    assert.equal(policy.timeoutMs, 10_000);
    assert.deepEqual(policy.plainHttp, []);
    assert.equal(policy.images[0]?.offline, "fail");
  });

  it("reads a key from PEM as from a file, and hashes what it says, not where it stands", () => {
    const hash = (value: object): string | undefined => read(value).images[0]?.hash;
    assert.equal(hash(withKeys(pem)), hash(withKeys("release.pub")));
    const second = pemOf(ec("P-384"));
    assert.equal(hash(withKeys(pem, second)), hash(withKeys(second, pem)));
    assert.notEqual(hash(withKeys(pem)), hash(withKeys(pem, second)));
    assert.notEqual(hash(keyless()), hash(keyless({ identity: "y" })));
    assert.notEqual(hash(keyless()), hash(keyless({ identity: { pattern: "x" } })));
  });

  it("accepts ECDSA P-256, P-384 and P-521, RSA from 2048 bits, and Ed25519", () => {
    const keys = [
      ...["P-256", "P-384", "P-521"].map(ec),
      generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey,
      generateKeyPairSync("ed25519").publicKey,
    ];
    assert.equal(read(withKeys(...keys.map(pemOf))).images[0]?.keys.length, 5);
  });

  const at = `${name}.images.a.test/**`;
  const wrong: [string, () => unknown, string[]][] = [
    [
      "a weak RSA key",
      () => withKeys(pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey)),
      [
        `${at}.keys[0] is a key of a kind that is not accepted (rsa); take ECDSA P-256, Ed25519, or RSA of 2048 bits or more`,
      ],
    ],
    [
      "a curve nobody signs with",
      () => withKeys(pemOf(ec("secp256k1"))),
      [
        `${at}.keys[0] is a key of a kind that is not accepted (ec); take ECDSA P-256, Ed25519, or RSA of 2048 bits or more`,
      ],
    ],
    [
      "a private key",
      () => withKeys(pemOf(generateKeyPairSync("ed25519").privateKey)),
      [`${at}.keys[0] is a private key; give the public one, and keep this one out of the project`],
    ],
    [
      "what is no key, and a file that is not there, both at once",
      () => withKeys("-----BEGIN x", "none.pub"),
      [`${at}.keys[0] is no public key in PEM`, `${at}.keys[1] names a file that cannot be read (ENOENT)`],
    ],
    [
      "another file as trust root",
      () => keyless({ trustRoot: "other.json" }),
      [`${at}.keyless names a trustRoot that is no trusted_root.json`],
    ],
    [
      "a trust root that is not there",
      () => keyless({ trustRoot: "none.json" }),
      [`${at}.keyless names a file that cannot be read (ENOENT)`],
    ],
    [
      "a pattern that is none",
      () => keyless({ identity: { pattern: "(" } }),
      [`${at}.keyless has a pattern that is no regular expression`],
    ],
    [
      "neither keys nor signer",
      () => ({ images: { "a.test/**": {} } }),
      [`${at}: expected keys or keyless, or unsigned alone`],
    ],
    [
      "keys for images nobody must sign",
      () => ({ images: { "a.test/**": { keys: [pem], unsigned: "they come from elsewhere" } } }),
      [`${at}: expected keys or keyless, or unsigned alone`],
    ],
    [
      "a reason too short to be one",
      () => ({ images: { "a.test/**": { unsigned: "because" } } }),
      [`${at}.unsigned: expected a reason of at least 10 characters`],
    ],
    [
      "a word for offline that means nothing",
      () => ({ images: { "a.test/**": { keys: [pem], offline: "ignore" } } }),
      [`${at}.offline: expected one of "fail"|"warn"`],
    ],
    [
      "a URL as registry",
      () => ({ images: {}, plainHttp: ["http://lab.test"] }),
      [`${name}.plainHttp[0]: expected host or host:port`],
    ],
    ["what is no object", () => "[", [`${name}: expected object, received string`]],
  ];
  for (const [what, value, said] of wrong) {
    it(`refuses ${what}`, () => assert.deepEqual(mistakesOf(value()), said));
  }

  it("takes the longest pattern for an image, whatever the order", () => {
    const patterns = ["**", "a.test/**", "a.test/team/*", "nginx"];
    for (const order of [patterns, patterns.toReversed()]) {
      const policy = read({ images: Object.fromEntries(order.map((pattern) => [pattern, { keys: [pem] }])) });
      const of = (registry: string, repository: string) => policyOf(policy, { registry, repository })?.pattern;
      assert.equal(of("a.test", "team/app"), "a.test/team/*");
      assert.equal(of("a.test", "team/app/part"), "a.test/**");
      assert.equal(of("docker.io", "library/nginx"), "nginx");
      assert.equal(of("b.test:5000", "x/y/z"), "**");
    }
    assert.equal(policyOf(read(withKeys(pem)), { registry: "b.test", repository: "a.test/app" }), undefined);
  });
});

describe("isWho", () => {
  it("compares all of the text, and a pattern with all of it", () => {
    const cases: [string | { pattern: string }, string | undefined, boolean][] = [
      ["a@b.test", "a@b.test", true],
      ["a@b.test", "a@b.test.evil", false],
      ["a.b", "axb", false],
      [{ pattern: "a|b" }, "b", true],
      [{ pattern: "a|b" }, "ax", false],
      [{ pattern: "https://ci\\.test/.*" }, "https://ci.test/x", true],
      [{ pattern: "https://ci\\.test/.*" }, "https://evil.test/?https://ci.test/x", false],
      [{ pattern: ".*" }, "one\ntwo", false],
      [{ pattern: ".*" }, undefined, false],
    ];
    for (const [wanted, found, is] of cases) assert.equal(isWho(wanted, found), is, JSON.stringify([wanted, found]));
  });
});
