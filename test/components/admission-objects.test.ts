import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdmissionObject, admissionFaults, admissionObjects } from "../../components/admission-objects";
import { readSignaturePolicy, type SignaturePolicy } from "../../policy/signatures/signature-policy";

const pem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const issuer = "https://issuer.test";
const identity = { pattern: "https://ci\\.test/.*" };

const specOf = <T>(object: AdmissionObject | undefined): T => (object as AdmissionObject).spec as T;

describe("rules of image signatures as objects for admission", () => {
  let folder: string;
  const policy = (images: object): SignaturePolicy => {
    const read = readSignaturePolicy({ images, admission: true }, "hardened:imageSignatures", folder);
    assert.deepEqual(read.mistakes, []);
    return read.policy as SignaturePolicy;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "admission-"));
    const certificate = {
      certChain: { certificates: [{ rawBytes: "AAAA" }, { rawBytes: "BBBB" }] },
      uri: "https://ca.test",
    };
    const root = {
      certificateAuthorities: [certificate],
      tlogs: [{ baseUrl: "https://log.test", publicKey: { rawBytes: "CCCC" } }],
    };
    writeFileSync(join(folder, "root.json"), JSON.stringify(root));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("[COS-15] a pattern with a key becomes a policy that asks for it, for whatever tag or digest", () => {
    const [object, ...more] = admissionObjects("hardened/prod", policy({ "docker.io/your-org/web": { keys: [pem] } }));
    assert.deepEqual(more, []);
    assert.deepEqual([object?.apiVersion, object?.kind], ["policy.sigstore.dev/v1beta1", "ClusterImagePolicy"]);
    assert.match(object?.metadata.name ?? "", /^hardened-prod-[0-9a-f]{8}$/);
    const { images, authorities, mode } = specOf<{
      images: object;
      authorities: { name: string; key: object }[];
      mode: string;
    }>(object);
    assert.deepEqual(images, [{ glob: "index.docker.io/your-org/web@*" }, { glob: "index.docker.io/your-org/web:*" }]);
    assert.equal(mode, "enforce");
    assert.deepEqual(
      authorities.map(({ name, ...rest }) => ({ name: name.replace(/[0-9a-f]{8}/, "#"), ...rest })),
      [{ name: "key-#", key: { data: pem, hashAlgorithm: "sha256" }, signatureFormat: "legacy" }],
    );
  });

  it("[COS-15] a keyless signer brings the trust root of its file along", () => {
    const keyless = { issuer, identity, trustRoot: "root.json" };
    const [root, object] = admissionObjects("hardened/prod", policy({ "ghcr.io/your-org/**": { keyless } }));
    assert.equal(root?.kind, "TrustRoot");
    const { certificateAuthorities, tLogs } = specOf<{ sigstoreKeys: Record<string, Record<string, string>[]> }>(
      root,
    ).sigstoreKeys;
    assert.equal(
      atob(certificateAuthorities?.[0]?.certChain ?? ""),
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n",
    );
    assert.match(atob(tLogs?.[0]?.publicKey ?? ""), /PUBLIC KEY-----\nCCCC\n/);
    const { images, authorities } = specOf<{ images: object; authorities: Record<string, unknown>[] }>(object);
    assert.deepEqual(images, [{ glob: "ghcr.io/your-org/**" }]);
    assert.deepEqual(
      authorities.map(({ signatureFormat }) => signatureFormat),
      ["bundle", "legacy"],
    );
    assert.deepEqual(authorities[0]?.keyless, {
      trustRootRef: root?.metadata.name,
      identities: [{ issuer, subjectRegExp: "^(?:https://ci\\.test/.*)$" }],
    });
    assert.deepEqual(authorities[0]?.ctlog, { trustRootRef: root?.metadata.name });
  });

  it("[COS-15] a key and a keyless signer side by side; a pattern of issuers, a subject word for word; names in lower case", () => {
    const keyless = { issuer: { pattern: "https://.*" }, identity: "ci@issuer.test", trustRoot: "root.json" };
    const [, object] = admissionObjects("Hardened/Prod", policy({ "ghcr.io/your-org/**": { keys: [pem], keyless } }));
    assert.match(object?.metadata.name ?? "", /^hardened-prod-/);
    const { authorities } = specOf<{ authorities: { name: string; keyless?: { identities: object } }[] }>(object);
    assert.deepEqual(
      authorities.map(({ name }) => name.replace(/[0-9a-f]{8}/, "#")),
      ["key-#", "keyless-bundle", "keyless-legacy"],
    );
    assert.deepEqual(authorities[1]?.keyless?.identities, [
      { issuerRegExp: "^(?:https://.*)$", subject: "ci@issuer.test" },
    ]);
  });

  it("images nobody asks for signatures of pass", () => {
    const unsigned = "the vendor signs nothing, the digest is pinned";
    const [object] = admissionObjects("hardened/prod", policy({ "quay.io/vendor/*": { unsigned } }));
    assert.deepEqual(specOf<{ authorities: object }>(object).authorities, [
      { name: "unsigned", static: { action: "pass" } },
    ]);
  });

  it("patterns that overlap are told: the pack takes the longer, admission both", () => {
    const [fault, ...more] = admissionFaults(
      policy({ "ghcr.io/**": { keys: [pem] }, "ghcr.io/your-org/*": { keys: [pem] } }),
    );
    assert.deepEqual(more, []);
    assert.match(
      fault ?? "",
      /"ghcr\.io\/\*\*" covers "ghcr\.io\/your-org\/\*" too, .*write patterns that do not overlap/,
    );
    assert.deepEqual(admissionFaults(policy({ "ghcr.io/a/*": { keys: [pem] }, "ghcr.io/b/*": { keys: [pem] } })), []);
  });
});
