import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { evaluateResource } from "../../../policy/evaluate/evaluate-resource";
import { type PackConfig, packConfig } from "../../../policy/evaluate/pack-config";
import { imageName } from "../../../policy/signatures/image-name";
import { imagesOf, verifyImages } from "../../../policy/signatures/verify-images";
import { sha256 } from "../../support/registry/cosign";
import { bundleOf, statement } from "../../support/registry/cosign-signature";
import { CraftedRegistry } from "../../support/registry/crafted-registry";
import { container, deployment, podSpec } from "../support/pod";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();

describe("signatures of all images", () => {
  const registry = new CraftedRegistry();
  const { HARDENED_CACHE } = process.env;
  let folder: string;
  before(() => registry.start());
  after(() => registry.close());
  beforeEach(() => {
    registry.clear();
    folder = mkdtempSync(join(tmpdir(), "verified-"));
    process.env.HARDENED_CACHE = folder;
  });
  afterEach(() => {
    if (HARDENED_CACHE === undefined) delete process.env.HARDENED_CACHE;
    else process.env.HARDENED_CACHE = HARDENED_CACHE;
    rmSync(folder, { recursive: true });
  });

  const config = (settings: object = { keys: [pem] }, more: object = {}): PackConfig => {
    const imageSignatures = { images: { [`${registry.host}/**`]: settings }, ...more };
    return packConfig(
      { "hardened:environment": "dev", "hardened:imageSignatures": JSON.stringify(imageSignatures) },
      "hardened",
      "/",
    );
  };
  const findings = async (image: string, by: PackConfig): Promise<string[][]> => {
    const { object } = deployment(podSpec({ containers: [container({ image })] }));
    const { verdict } = await evaluateResource("kubernetes:apps/v1:Deployment", object, by);
    return verdict.findings
      .filter(({ rule }) => rule.startsWith("image-signature"))
      .map(({ rule, outcome, got, field }) => [rule, outcome, field, got]);
  };
  const signed = (repository: string): string => {
    const digest = sha256(repository);
    registry.bundles(repository, digest, [bundleOf(statement(digest), pair.privateKey)]);
    return `${registry.host}/${repository}@${digest}`;
  };
  const field = "spec.template.spec.containers[0].image";

  it("are asked for by no stack that names no signer", async () => {
    const silent = packConfig({ "hardened:environment": "dev" }, "hardened", "/");
    assert.equal(silent.signaturePolicy, undefined);
    assert.deepEqual(await findings(`${registry.host}/app@${sha256("x")}`, silent), []);
    assert.deepEqual(registry.asked, []);
  });

  it("pass the pack where they are good, and stop it where there are none", async () => {
    assert.deepEqual(await findings(signed("app"), config()), []);
    const image = `${registry.host}/unsigned@${sha256("x")}`;
    const got = `${JSON.stringify(image)}: registry ${registry.host} has no signature of it`;
    assert.deepEqual(await findings(image, config()), [["image-signature", "fail", field, got]]);
  });

  it("stop the pack where nobody could check, unless there is no answer and the stack says that it is only shown", async () => {
    const image = `${registry.host}/app@${sha256("x")}`;
    const lenient = { keys: [pem], offline: "warn" };
    registry.routes.set(`/v2/app/referrers/${sha256("x")}`, { status: 503 });
    const got = `${JSON.stringify(image)}: registry ${registry.host} answered 503`;
    for (const settings of [{ keys: [pem] }, lenient])
      assert.deepEqual(await findings(image, config(settings)), [["image-signature", "undetermined", field, got]]);
    for (const path of ["referrers", "manifests"])
      registry.routes.set(`/v2/app/${path}/${sha256("x")}`, { delayMs: 3000 });
    const late = `${JSON.stringify(image)}: registry ${registry.host} took longer than 0.2 s`;
    const soon = { timeoutSeconds: 0.2 };
    assert.deepEqual(await findings(image, config({ keys: [pem] }, soon)), [
      ["image-signature", "undetermined", field, late],
    ]);
    assert.deepEqual(await findings(image, config(lenient, soon)), [
      ["image-signature-unchecked", "undetermined", field, late],
    ]);
  });

  it("make settings with mistakes refuse every release, with the place of each mistake", () => {
    const { mistakes, signaturePolicy } = config({ keys: ["/nowhere.pub"] });
    assert.equal(signaturePolicy, undefined);
    assert.deepEqual(mistakes, [
      `hardened:imageSignatures.images.${registry.host}/**.keys[0] names a file that cannot be read (ENOENT)`,
    ]);
  });

  it("are asked about eight at a time, each once", async () => {
    const images = Array.from({ length: 40 }, (_, at) => signed(`app-${at}`));
    for (const image of images) {
      const path = `/v2/${image.split("/")[1]?.split("@")[0]}/referrers/${image.split("@")[1]}`;
      registry.routes.set(path, { ...(registry.routes.get(path) as object), delayMs: 20 });
    }
    const policy = config().signaturePolicy;
    assert.ok(policy);
    const verdicts = await verifyImages([...images, ...images], policy);
    assert.equal(verdicts.size, 40);
    for (const { outcome } of verdicts.values()) assert.equal(outcome, "verified");
    assert.equal(registry.asked.length, 40 * 3);
    assert.equal(registry.busiest, 8);
  });

  it("are those of every container and image volume, each once, unknown values left out", () => {
    const spec = podSpec({
      initContainers: [container({ image: "a" })],
      containers: [container({ image: "b" }), container({ image: "a" }), { name: "c" }],
      ephemeralContainers: [container({ image: "d" })],
      volumes: [
        { name: "v", image: { reference: "e" } },
        { name: "w", emptyDir: {} },
      ],
    });
    assert.deepEqual(imagesOf([deployment(spec), { object: { kind: "Service" } }]), ["a", "b", "d", "e"]);
  });
});

describe("imageName", () => {
  it("fills in what Docker leaves out", () => {
    const digest = sha256("x");
    assert.deepEqual(imageName("nginx"), { registry: "docker.io", repository: "library/nginx" });
    assert.deepEqual(imageName(`lab.test:5000/a/b:1@${digest}`), {
      registry: "lab.test:5000",
      repository: "a/b",
      digest,
    });
    assert.deepEqual(imageName("[::1]:5000/a"), { registry: "[::1]:5000", repository: "a" });
  });

  it("lets nothing into a URL but host and path", () => {
    for (const text of [
      "",
      "A",
      "a/../b",
      "a.test/b?x",
      "a.test/b#c",
      "a.test\\b/c",
      "a.test/b//c",
      "a .test/b",
      "a.test/%2e/b",
    ]) {
      assert.equal(imageName(text), undefined, text);
    }
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.webUrl().map((url) => url.slice(8)),
    );
    fc.assert(
      fc.property(text, (any) => {
        const name = imageName(any);
        if (name === undefined) return;
        const url = new URL(`https://${name.registry}/v2/${name.repository}/`);
        assert.equal(url.pathname, `/v2/${name.repository}/`);
        assert.equal(url.username + url.password + url.search + url.hash, "");
      }),
    );
  });
});
