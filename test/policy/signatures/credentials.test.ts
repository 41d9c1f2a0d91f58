import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { basicCredentials } from "../../../policy/signatures/credentials";

describe("credentials of registries", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "credentials-"));
    mkdirSync(join(home, ".docker"));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const write = (content: string): void => writeFileSync(join(home, ".docker", "config.json"), content);
  const of = (registry: string): string | undefined => basicCredentials(registry, { HOME: home });
  const auth = btoa("robot:pass");

  it("come from docker login's file, for exactly the registry that asks", () => {
    write(
      JSON.stringify({
        auths: {
          "a.test:5000": { auth },
          "https://b.test/": { auth },
          "c.test": { username: "robot", password: "pass" },
        },
      }),
    );
    assert.deepEqual(["a.test:5000", "b.test", "c.test"].map(of), [auth, auth, auth]);
    assert.deepEqual(["a.test", "a.test:5001", "x.a.test:5000", "docker.io"].map(of), Array(4).fill(undefined));
  });

  it("of Docker Hub stand under its old address", () => {
    write(JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth } } }));
    assert.equal(of("docker.io"), auth);
  });

  it("come from DOCKER_CONFIG when it is set", () => {
    writeFileSync(join(home, "config.json"), JSON.stringify({ auths: { "a.test": { auth } } }));
    assert.equal(basicCredentials("a.test", { HOME: "/nowhere", DOCKER_CONFIG: home }), auth);
  });

  it("are none where there is no file, or one that says something else", () => {
    assert.equal(of("a.test"), undefined);
    for (const content of [
      "",
      "[",
      "null",
      "{}",
      '{"auths":[]}',
      '{"auths":{"a.test":{}}}',
      '{"auths":{"a.test":{"auth":1}}}',
    ]) {
      write(content);
      assert.equal(of("a.test"), undefined, content);
    }
  });
});
