import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSignaturePolicy, type SignaturePolicy } from "../../../policy/signatures/signature-policy";
import { verifyImage } from "../../../policy/signatures/verify-image";
import { sha256 } from "../../support/registry/cosign";
import { bundleOf, simpleSigning, statement } from "../../support/registry/cosign-signature";
import { CraftedRegistry } from "../../support/registry/crafted-registry";

const pem = (pair: { publicKey: { export(how: { type: "spki"; format: "pem" }): string | Buffer } }): string =>
  pair.publicKey.export({ type: "spki", format: "pem" }).toString();
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const digest = sha256("image");
const referrers = `/v2/app/referrers/${digest}`;
const signatureTag = `/v2/app/manifests/${digest.replace(":", "-")}.sig`;
const image = `/v2/app/manifests/${digest}`;

describe("offline: warn", () => {
  const registry = new CraftedRegistry();
  const servers: Server[] = [];
  let folder: string;
  before(() => registry.start());
  after(() => registry.close());
  beforeEach(() => {
    registry.clear();
    folder = mkdtempSync(join(tmpdir(), "verified-"));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true });
  });

  const policy = (host: string, timeoutSeconds: number): SignaturePolicy =>
    readSignaturePolicy(
      { images: { [`${host}/**`]: { keys: [pem(pair)], offline: "warn" } }, timeoutSeconds },
      "s",
      "/",
    ).policy as SignaturePolicy;
  /** Outcome, and whether it stops the deployment. */
  const ask = async (host = registry.host, timeoutSeconds = 5): Promise<string[]> => {
    const { outcome, offline } = await verifyImage(`${host}/app@${digest}`, policy(host, timeoutSeconds), {
      cache: folder,
    });
    assert.deepEqual(readdirSync(folder), []);
    return [outcome, offline];
  };
  /** A server that does as it likes with a connection. Gives host:port. */
  const crafted = async (answer: (asked: string) => string | Buffer | undefined): Promise<string> => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        const said = answer(String(data).split("\r\n")[0] ?? "");
        if (said === undefined) socket.resetAndDestroy();
        else socket.end(said);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const closedPort = async (): Promise<string> => {
    const host = await crafted(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    return host;
  };

  describe("only shows an image whose registry gives no answer", () => {
    it("because nothing listens", async () =>
      assert.deepEqual(await ask(await closedPort()), ["undetermined", "warn"]));
    it("because there is no such host", async () =>
      assert.deepEqual(await ask("registry.invalid"), ["undetermined", "warn"]));
    it("because it is too slow for anything", async () => {
      for (const path of [referrers, signatureTag, image]) registry.routes.set(path, { delayMs: 5000 });
      assert.deepEqual(await ask(registry.host, 0.2), ["undetermined", "warn"]);
    });
    it("because every connection is reset", async () =>
      assert.deepEqual(await ask(await crafted(() => undefined)), ["undetermined", "warn"]));
  });

  describe("stops an image all the same", () => {
    for (const status of [403, 429, 500, 503]) {
      it(`when its registry answers ${status} for signatures only`, async () => {
        registry.routes.set(image, { body: "{}" });
        registry.routes.set(referrers, { status });
        assert.deepEqual(await ask(), ["undetermined", "fail"]);
        registry.routes.delete(referrers);
        registry.routes.set(signatureTag, { status });
        assert.deepEqual(await ask(), ["undetermined", "fail"]);
      });
    }

    it("when its registry has no signatures", async () => {
      registry.routes.set(image, { body: "{}" });
      assert.deepEqual(await ask(), ["refused", "fail"]);
    });

    it("when its registry is silent about signatures and answers for the image", async () => {
      registry.routes.set(image, { status: 401 });
      for (const path of [referrers, signatureTag]) registry.routes.set(path, { delayMs: 5000 });
      assert.deepEqual(await ask(registry.host, 0.3), ["undetermined", "fail"]);
      const host = await crafted((line) => (line.includes(image) ? "HTTP/1.1 500 no\r\n\r\n" : undefined));
      assert.deepEqual(await ask(host), ["undetermined", "fail"]);
    });

    it("when a signature takes too long or breaks off after the registry has answered", async () => {
      registry.bundles("app", digest, [bundleOf(statement(digest), pair.privateKey)]);
      const blob = [...registry.routes.keys()].find((path) => path.includes("/blobs/")) as string;
      registry.routes.set(blob, { delayMs: 5000 });
      assert.deepEqual(await ask(registry.host, 0.3), ["undetermined", "fail"]);
      registry.routes.set(blob, { status: 500 });
      assert.deepEqual(await ask(), ["undetermined", "fail"]);
    });

    it("when it has more bad signatures than are looked at", async () => {
      const bad = Array.from({ length: 24 }, (_, at) => bundleOf(statement(sha256(`${at}`)), stranger));
      registry.bundles("app", digest, bad);
      assert.deepEqual(await ask(), ["refused", "fail"]);
      registry.clear();
      const layers = bad.map((_, at) => ({ payload: simpleSigning(sha256(`${at}`)), annotations: {} }));
      registry.legacy("app", digest, layers);
      assert.deepEqual(await ask(), ["refused", "fail"]);
    });

    it("when what is there is not what its digest says, or too large", async () => {
      registry.bundles("app", digest, [bundleOf(statement(digest), pair.privateKey)]);
      const blob = [...registry.routes.keys()].find((path) => path.includes("/blobs/")) as string;
      registry.routes.set(blob, { body: "other" });
      assert.deepEqual(await ask(), ["refused", "fail"]);
      registry.routes.set(referrers, { endless: true });
      assert.deepEqual(await ask(), ["refused", "fail"]);
    });

    it("when its registry sends to a host that is down", async () => {
      const location = `http://${await closedPort()}/`;
      for (const path of [referrers, signatureTag, image])
        registry.routes.set(path, { status: 307, headers: { location } });
      assert.deepEqual(await ask(), ["undetermined", "fail"]);
    });

    it("when its registry wants a token of a server that is down, or gives one nobody can read", async () => {
      const challenge = (realm: string) => ({
        status: 401,
        headers: { "www-authenticate": `Bearer realm="${realm}"` },
      });
      registry.routes.set(referrers, challenge(`http://${await closedPort()}/token`));
      assert.deepEqual(await ask(), ["undetermined", "fail"]);
      registry.routes.set(referrers, challenge(`http://${registry.host}/token`));
      registry.routes.set("/token", { body: "no JSON" });
      assert.deepEqual(await ask(), ["undetermined", "fail"]);
    });

    it("when what answers is no registry", async () =>
      assert.deepEqual(await ask(await crafted(() => Buffer.from([21, 3, 1, 0, 2, 2, 70]))), ["undetermined", "fail"]));
  });
});
