import assert from "node:assert/strict";
import { RegistryReader } from "../../../policy/signatures/registry";
import { RegistrySession, repositoryUrl } from "../../../policy/signatures/registry-access";
import { BadContent, RegistryUnavailable } from "../../../policy/signatures/registry-errors";
import { sha256 } from "../../support/registry/cosign";
import { CraftedRegistry } from "../../support/registry/crafted-registry";
import { DockerConfig } from "../../support/registry/docker-config";

describe("reads from a registry", () => {
  const registry = new CraftedRegistry();
  let docker: DockerConfig;
  before(async () => {
    await registry.start();
    docker = new DockerConfig();
  });
  after(() => {
    registry.close();
    docker.remove();
  });
  beforeEach(() => {
    registry.clear();
    docker.write(JSON.stringify({ auths: { [registry.host]: { auth: btoa("robot:pass") } } }));
  });

  const reader = (timeoutMs = 5000, session = new RegistrySession()): RegistryReader =>
    new RegistryReader({ registry: registry.host, repository: "team/app" }, { plainHttp: [], timeoutMs, session });
  const refuses = (asked: Promise<unknown>, kind: typeof BadContent | typeof RegistryUnavailable, said: RegExp) =>
    assert.rejects(asked, (error) => error instanceof kind && said.test(error.message));

  it("answers a challenge for a token with the credentials of docker login, once a session", async () => {
    const session = new RegistrySession();
    const challenge = `Bearer realm="http://${registry.host}/token",service="registry.test",scope="repository:team/app:pull"`;
    const authorizations: (string | undefined)[] = [];
    registry.routes.set("/token", ({ authorization }) => {
      authorizations.push(authorization);
      return { body: JSON.stringify({ token: "abc" }) };
    });
    registry.routes.set("/v2/team/app/manifests/one", ({ authorization }) =>
      authorization === "Bearer abc"
        ? { body: '{"ok":1}' }
        : { status: 401, headers: { "www-authenticate": challenge } },
    );
    assert.deepEqual(await reader(5000, session).manifest("one"), { ok: 1 });
    assert.deepEqual(await reader(5000, session).manifest("one"), { ok: 1 });
    assert.deepEqual(authorizations, [`Basic ${btoa("robot:pass")}`]);
    assert.deepEqual(registry.asked, [
      "/v2/team/app/manifests/one",
      "/token?service=registry.test&scope=repository%3Ateam%2Fapp%3Apull",
      "/v2/team/app/manifests/one",
      "/v2/team/app/manifests/one",
    ]);
  });

  it("asks for a token without credentials where there are none", async () => {
    docker.write("no JSON");
    const challenge = `Bearer realm="http://${registry.host}/token"`;
    registry.routes.set("/token", ({ authorization }) => ({
      body: JSON.stringify({ access_token: authorization ?? "anonymous" }),
    }));
    registry.routes.set("/v2/team/app/manifests/one", ({ authorization }) =>
      authorization === "Bearer anonymous"
        ? { body: "{}" }
        : { status: 401, headers: { "www-authenticate": challenge } },
    );
    assert.deepEqual(await reader().manifest("one"), {});
  });

  it("answers a challenge for a password", async () => {
    registry.routes.set("/v2/team/app/manifests/one", ({ authorization }) =>
      authorization === `Basic ${btoa("robot:pass")}`
        ? { body: "{}" }
        : { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } },
    );
    assert.deepEqual(await reader().manifest("one"), {});
  });

  for (const [what, challenge] of [
    ["none", ""],
    ["an unknown scheme", "Negotiate"],
    ["no address", 'Bearer realm="somewhere"'],
  ]) {
    it(`gives up on a challenge with ${what}`, async () => {
      registry.routes.set("/v2/team/app/manifests/one", {
        status: 401,
        headers: { "www-authenticate": String(challenge) },
      });
      await refuses(reader().manifest("one"), RegistryUnavailable, /answered 401$/);
      assert.equal(registry.asked.length, 1);
    });
  }

  it("says when no token is given", async () => {
    const challenge = `Bearer realm="http://${registry.host}/token"`;
    registry.routes.set("/token", { status: 403 });
    registry.routes.set("/v2/team/app/manifests/one", { status: 401, headers: { "www-authenticate": challenge } });
    await refuses(reader().manifest("one"), RegistryUnavailable, /gives no token \(403\)/);
  });

  it("uses plain HTTP on loopback and where the settings say so, and nowhere else", () => {
    const protocols = [
      "127.0.0.1:5000",
      "127.8.9.1",
      "localhost:5000",
      "[::1]:5000",
      "lab.test:5000",
      "lab.test",
      "docker.io",
      "127.0.0.1.test",
    ];
    assert.deepEqual(
      protocols.map((host) => repositoryUrl(host, "a", ["lab.test:5000"]).protocol),
      ["http:", "http:", "http:", "http:", "http:", "https:", "https:", "https:"],
    );
    assert.equal(
      repositoryUrl("docker.io", "library/nginx", []).href,
      "https://registry-1.docker.io/v2/library/nginx/",
    );
  });

  it("gives up on a slow answer after its time", async () => {
    registry.routes.set("/v2/team/app/manifests/one", { delayMs: 3000, body: "{}" });
    const start = Date.now();
    await refuses(reader(200).manifest("one"), RegistryUnavailable, /took longer than 0.2 s/);
    assert.ok(Date.now() - start < 1500);
  });

  it("counts its time over all requests of an image", async () => {
    registry.routes.set("/v2/team/app/manifests/one", { delayMs: 150, body: "{}" });
    const slow = reader(400);
    await slow.manifest("one");
    await slow.manifest("one");
    await refuses(slow.manifest("one"), RegistryUnavailable, /took longer/);
  });

  it("reads no blob that is announced too large, and stops reading one that turns out so", async () => {
    const digest = sha256("x");
    const url = `/v2/team/app/blobs/${digest}`;
    await assert.rejects(async () => reader().blob(digest, 2 ** 30), BadContent);
    assert.deepEqual(registry.asked, []);
    registry.routes.set(url, { body: Buffer.alloc(2 ** 20 + 1) });
    await refuses(Promise.resolve(reader().blob(digest, 1)), BadContent, /too large/);
    registry.routes.set(url, { endless: true });
    await refuses(Promise.resolve(reader().blob(digest, 1)), BadContent, /too large/);
    registry.routes.set("/v2/team/app/manifests/one", { endless: true });
    await refuses(reader().manifest("one"), BadContent, /too large/);
  });

  it("takes nothing that is not what its digest says", async () => {
    const digest = sha256("x");
    registry.routes.set(`/v2/team/app/blobs/${digest}`, { body: "y" });
    registry.routes.set(`/v2/team/app/manifests/${digest}`, { body: "{}" });
    await refuses(Promise.resolve(reader().blob(digest, 1)), BadContent, /other content/);
    await refuses(reader().manifest(digest), BadContent, /other content/);
    await refuses(Promise.resolve(reader().blob("sha512:00", 1)), BadContent, /not named by a sha256 digest/);
  });

  for (const status of [403, 429, 500, 503]) {
    it(`is undetermined on ${status}`, () => {
      registry.routes.set("/v2/team/app/manifests/one", { status, body: "secret words" });
      return refuses(
        reader().manifest("one"),
        RegistryUnavailable,
        new RegExp(`^registry ${registry.host} answered ${status}$`),
      );
    });
  }

  it("learns once that a registry has no referrers API, by 404 or by an answer that is no index", async () => {
    for (const answer of [{ status: 404 }, { status: 405 }, { body: "<html>" }]) {
      registry.clear();
      registry.routes.set(`/v2/team/app/referrers/${sha256("x")}`, answer);
      const session = new RegistrySession();
      assert.equal(await reader(5000, session).referrers(sha256("x")), undefined);
      assert.equal(await reader(5000, session).referrers(sha256("x")), undefined);
      assert.equal(registry.asked.length, 1);
    }
  });

  it("tells when nobody answers", async () => {
    const nowhere = new RegistryReader(
      { registry: "127.0.0.1:1", repository: "app" },
      { plainHttp: [], timeoutMs: 5000, session: new RegistrySession() },
    );
    await refuses(nowhere.manifest("one"), RegistryUnavailable, /^registry 127.0.0.1:1 does not answer \(/);
  });
});
