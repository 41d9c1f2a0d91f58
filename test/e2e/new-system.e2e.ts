import { strict as assert } from "node:assert";
import { join } from "node:path";
import { type KubeObject, kubectl, livePods, object, objects } from "../support/e2e-cluster";
import { forward } from "../support/network/forward";
import { run } from "../support/run";
import { type TestProject, testProject } from "../support/test-project";

/** A system that `hardened new system` has just written, as it is: enabled in a stack's file, deployed, looked at and taken away. */

const name = "mail-archive";

interface Deployment extends KubeObject {
  readonly status: { readonly readyReplicas?: number };
}
interface Secret extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

describe("a new system on a cluster", () => {
  let project: TestProject;
  before(async () => {
    project = await testProject("new");
    const { root, env } = project;
    const { code, text } = await run(join(root, "bin/hardened"), ["new", "system", name], { cwd: root, env });
    assert.equal(code, 0, text);
    project.mailroom((_, config) => {
      config["hardened:mailroom"] = { enabled: false };
      config[`hardened:${name}`] = {
        enabled: true,
        namespace: project.namespace,
        image: { repository: "registry.hardened.test/service", tag: "local" },
        credentials: { from: "generated" },
      };
    });
  });
  after(() => project.remove());

  it("up: evaluated without a violation, deployed, and its two pods are ready", async () => {
    const { code, text } = await project.hardened(["up"]);
    assert.equal(code, 0, text);
    assert.match(text, /✔ policy: no violations/);
    assert.match(text, new RegExp(`created +Release ${name}`));
    const { status } = await object<Deployment>("deployment", name, "-n", project.namespace);
    assert.equal(status.readyReplicas, 2);
    assert.equal((await livePods("-n", project.namespace)).length, 2);
  });

  it("its service answers, and its pods read the credential from a Secret of the stack's own", async () => {
    const secrets = await objects<Secret>("secret", "-n", project.namespace, "-l", `app.kubernetes.io/name=${name}`);
    assert.deepEqual(
      secrets.map(({ data, immutable }) => [Object.keys(data), immutable]),
      [[["MAIL_ARCHIVE_TOKEN"], true]],
    );
    const pods = await livePods("-n", project.namespace);
    for (const pod of pods)
      assert.ok(JSON.stringify(pod).includes(`"secretRef":{"name":"${secrets[0]?.metadata.name}"}`));
    const service = await forward(project.namespace, name, 80);
    try {
      const answer = await fetch(`${service.url}/readyz`);
      assert.equal(answer.status, 200, await answer.text());
    } finally {
      service.close();
    }
  });

  it("status calls it healthy, and another up changes nothing", async () => {
    const { code, stdout } = await project.hardened(["status", "--json"]);
    assert.equal(code, 0, stdout);
    assert.deepEqual(JSON.parse(stdout), [
      {
        namespace: project.namespace,
        release: name,
        revision: 1,
        status: "deployed",
        ready: 2,
        pods: 2,
        healthy: true,
        warnings: [],
      },
    ]);
    const again = await project.hardened(["up"]);
    assert.equal(again.code, 0, again.text);
    assert.doesNotMatch(again.text, /^ {2}(?:created|updated|replaced|deleted)/m);
  });

  it("destroy leaves nothing of it", async () => {
    const { code, text } = await project.hardened(["destroy"]);
    assert.equal(code, 0, text);
    assert.equal(await kubectl(["get", "namespace", project.namespace, "--ignore-not-found"]), "");
  });
});
