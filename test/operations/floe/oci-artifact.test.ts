import assert from "node:assert/strict";
import { loadArtifact } from "../../../operations/floe/load-artifact";
import { pullArtifact } from "../../../operations/floe/oci-artifact";
import { UserError } from "../../../process/user-error";
import { sha256 } from "../../support/registry/cosign";
import { type Answer, CraftedRegistry } from "../../support/registry/crafted-registry";
import { DockerConfig } from "../../support/registry/docker-config";
import { textOf } from "../../support/tree";

const sample = textOf("systems/floe/generator/sample/compiled_artifacts.json");
const mediaType = "application/vnd.floe.compiled-artifacts.v1+json";
const password = "hunter22-of-nobody";
const token = "token-of-nobody";

describe("floe: artifacts in a registry", () => {
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
    login();
  });

  /** What `docker login` leaves behind; without arguments, nothing. */
  const login = (...words: string[]): void =>
    docker.write(
      JSON.stringify({ auths: words.length > 0 ? { [registry.host]: { auth: btoa(words.join(":")) } } : {} }),
    );
  const reference = (rest = "floe/orders:1.4.0"): string => `oci://${registry.host}/${rest}`;
  const manifestPath = "/v2/floe/orders/manifests/1.4.0";

  /** Serves an artifact under its tag; `guard` may refuse each of its requests. */
  function serve(content = sample, layer: object = { mediaType }, guard: Guard = () => undefined): string {
    const { digest, size } = registry.blob("floe/orders", content);
    const manifest = JSON.stringify({ schemaVersion: 2, layers: [{ ...layer, digest, size }] });
    for (const [path, body] of [
      [manifestPath, manifest],
      [`/v2/floe/orders/manifests/${sha256(manifest)}`, manifest],
      [`/v2/floe/orders/blobs/${digest}`, content],
    ] as const)
      registry.routes.set(path, ({ authorization }) => guard(authorization) ?? { body });
    return sha256(manifest);
  }
  type Guard = (authorization: string | undefined) => Answer | undefined;
  const basic: Guard = (authorization) =>
    authorization === `Basic ${btoa(`robot:${password}`)}`
      ? undefined
      : { status: 401, headers: { "www-authenticate": 'Basic realm="registry"' } };
  /** A token for whoever has the password, as ghcr.io gives it. */
  function withTokens(anonymous: Answer): Guard {
    const challenge = `Bearer realm="http://${registry.host}/token",service="ghcr.io",scope="repository:floe/orders:pull"`;
    registry.routes.set("/token", ({ authorization }) => {
      if (authorization === undefined) return anonymous;
      const isRight = authorization === `Basic ${btoa(`robot:${password}`)}`;
      return isRight ? { body: JSON.stringify({ token }) } : { status: 401, body: `{"password":"${authorization}"}` };
    });
    return (authorization) =>
      authorization === `Bearer ${token}`
        ? undefined
        : { status: 401, headers: { "www-authenticate": challenge }, body: token };
  }

  /** The message, in which there is no credential. */
  async function refusal(source = reference(), timeoutMs = 5000): Promise<string> {
    const error: unknown = await pullArtifact(source, timeoutMs).then(
      () => assert.fail("it was read"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof UserError, String(error));
    for (const secret of [password, token, btoa(`robot:${password}`), btoa(`robot:wrong${password}`)])
      assert.ok(!error.message.includes(secret), error.message);
    return error.message.replaceAll(registry.host, "HOST");
  }
  const advice =
    "docker login HOST (credentials are read from config.json in $DOCKER_CONFIG or ~/.docker; credential helpers are not asked)";

  it("[FL-29] [FL-70] reads an artifact without a login, by tag and by digest", async () => {
    const digest = serve();
    assert.equal(await pullArtifact(reference(), 5000), sample);
    assert.equal(await pullArtifact(reference(`floe/orders@${digest}`), 5000), sample);
    assert.equal(await pullArtifact(reference(`floe/orders:1.4.0@${digest}`), 5000), sample);
    const { artifacts } = await loadArtifact(reference(), 5000);
    assert.equal(artifacts.metadata.name, "orders");
  });

  it("[FL-70] [FL-113] reads with the password of docker login", async () => {
    serve(sample, undefined, basic);
    login("robot", password);
    assert.equal(await pullArtifact(reference(), 5000), sample);
  });

  it("[FL-70] [FL-113] reads with a token, as ghcr.io wants it", async () => {
    serve(sample, undefined, withTokens({ status: 403 }));
    login("robot", password);
    assert.equal(await pullArtifact(reference(), 5000), sample);
    assert.ok(registry.asked.includes("/token?service=ghcr.io&scope=repository%3Afloe%2Forders%3Apull"));
  });

  for (const [how, guard] of [
    ["a password", () => basic],
    ["a token", () => withTokens({ status: 401 })],
  ] as const) {
    it(`[FL-113] fails without a login where ${how} is asked for, and says how to log in`, async () => {
      serve(sample, undefined, guard());
      assert.equal(await refusal(), `oci://HOST/floe/orders:1.4.0: registry HOST needs a login (401): ${advice}`);
    });

    it(`[FL-113] fails with a wrong login where ${how} is asked for, and says that it is the login`, async () => {
      serve(sample, undefined, guard());
      login("robot", `wrong${password}`);
      assert.equal(
        await refusal(),
        `oci://HOST/floe/orders:1.4.0: registry HOST refuses the login (401); log in again: ${advice}`,
      );
    });
  }

  it("[FL-113] tells a login without access apart from a wrong one", async () => {
    registry.routes.set(manifestPath, { status: 403 });
    login("robot", password);
    assert.equal(
      await refusal(),
      `oci://HOST/floe/orders:1.4.0: registry HOST does not let this login read floe/orders (403); ask for access, or use another one: ${advice}`,
    );
  });

  it("[FL-113] an anonymous token that opens nothing is a missing login", async () => {
    serve(sample, undefined, withTokens({ body: JSON.stringify({ token: "anonymous" }) }));
    assert.match(await refusal(), /needs a login \(401\)/);
  });

  it("[FL-70] fails for what is not there, with or without a login", async () => {
    assert.equal(
      await refusal(),
      `oci://HOST/floe/orders:1.4.0: registry HOST has no such artifact (404), or shows it only with a login: ${advice}`,
    );
    login("robot", password);
    assert.equal(await refusal(), "oci://HOST/floe/orders:1.4.0: registry HOST has no such artifact (404)");
  });

  it("[FL-70] fails after its time, for an answer that is no JSON token and for a failing registry", async () => {
    registry.routes.set(manifestPath, { delayMs: 3000 });
    assert.equal(await refusal(reference(), 200), "oci://HOST/floe/orders:1.4.0: registry HOST took longer than 0.2 s");
    serve(sample, undefined, withTokens({ body: "<html>" }));
    assert.match(await refusal(), /: registry HOST gives no token \(its answer is no JSON\)$/);
    registry.routes.set(manifestPath, { status: 503, body: token });
    assert.match(await refusal(), /: registry HOST answered 503$/);
  });

  it("[FL-70] fails when nothing listens", async () =>
    assert.match(await refusal("oci://127.0.0.1:9/floe/orders:1"), /registry 127\.0\.0\.1:9 does not answer/));

  for (const wrong of [
    "oci://",
    "oci://orders:1",
    "oci://registry.example.com/orders",
    "oci://registry.example.com/Orders:1",
    "oci://registry.example.com/orders:",
    "oci://registry.example.com/orders:a b",
    "oci://registry.example.com/orders:$(touch x)",
    "oci://registry.example.com/orders@sha256:abc",
    "oci://registry.example.com/../orders:1",
    "oci://robot:secret@registry.example.com/orders:1",
    "oci://https://registry.example.com/orders:1",
  ])
    it(`[FL-70] fails for the malformed ${wrong}, without a request`, async () => {
      assert.match(
        await refusal(wrong),
        /: no reference of an artifact; expected oci:\/\/registry\/repository:tag or /,
      );
      assert.deepEqual(registry.asked, []);
    });

  it("[FL-70] does not repeat a password that was written into a reference", async () =>
    assert.match(await refusal(`oci://robot:${password}@registry.example.com/orders:1`), /^oci:\/\/registry\.example/));

  it("[FL-70] takes the layer of its type, else the only one when it is JSON", async () => {
    serve(sample, { mediaType: "application/json" });
    assert.equal(await pullArtifact(reference(), 5000), sample);
    const title = { "org.opencontainers.image.title": "compiled_artifacts.json" };
    serve(sample, { mediaType: "application/vnd.oci.image.layer.v1.tar", annotations: title });
    assert.equal(await pullArtifact(reference(), 5000), sample);
    serve(sample, { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" });
    assert.match(await refusal(), /holds no compiled artifacts; push them as a layer of type application\/vnd\.floe\./);
  });

  it("[FL-70] fails for content that is not what its digest says, and for too much of it", async () => {
    serve();
    registry.routes.set(`/v2/floe/orders/blobs/${sha256(sample)}`, { body: "{}" });
    assert.match(await refusal(), /the registry sent other content than the digest names/);
    const layers = [{ mediaType, digest: sha256("x"), size: 2 ** 30 }];
    registry.routes.set(manifestPath, { body: JSON.stringify({ layers }) });
    assert.match(await refusal(), /an answer of 1073741824 bytes or more is too large for one artifact/);
  });

  it("[FL-20] what is in a registry is checked like a file", async () => {
    serve('{"version": "2"}');
    await assert.rejects(loadArtifact(reference(), 5000), {
      name: "UserError",
      message: `${reference()}: /version: expected "1", the version this generator reads, got "2"`,
    });
  });
});
