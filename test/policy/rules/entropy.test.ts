import { strict as assert } from "node:assert";
import fc from "fast-check";
import { bitsPerCharacter, looksRandom } from "../../../policy/rules/entropy";

/** Random bytes, the same in every run. */
const samples = fc.sample(fc.uint8Array({ minLength: 32, maxLength: 32 }), { numRuns: 500, seed: 7 });

describe("entropy", () => {
  it("is 0 for one character again and again, and the number of bits for evenly spread ones", () => {
    assert.equal(bitsPerCharacter("aaaa"), 0);
    assert.equal(bitsPerCharacter("abcd"), 2);
    assert.equal(bitsPerCharacter(""), 0);
  });

  it("[COS-18] finds nine of ten random keys of 32 bytes", () => {
    const { length } = samples.filter((bytes) => looksRandom("SETTING", Buffer.from(bytes).toString("base64")));
    assert.ok(length >= 450, `${length} of 500`);
  });

  for (const text of [
    "io.k8s.api.core.v1.PodSecurityContext",
    "HttpServer2ConfigurationProviderV1Beta1",
    "/usr/local/lib/Python3.11/site-packages/XyzModule",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "US-East-1A-Prod-K8s-Cluster-Node-Pool-3B",
    "2026-11-21T04-50-36Z-Release-Candidate-1",
    "6f1d2c3b-4a59-4e87-9f60-7a8b9c0d1e2f",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "a sentence of several words in which V3 and 2027 occur",
    "https://example.com/Path/To/Something?Version=12345",
  ])
    it(`passes ${text}`, () => assert.equal(looksRandom("SETTING", text), false));

  it("passes what its name calls public", () => {
    const random = Buffer.from(samples[0] as Uint8Array).toString("base64");
    for (const name of ["caBundle", "TLS_CERT", "image-digest", "sshPublicKey"])
      assert.equal(looksRandom(name, random), false);
  });
});
