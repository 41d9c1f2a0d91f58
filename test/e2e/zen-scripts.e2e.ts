import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../support/run";
import { root } from "../support/tree";
import { type ApiServer, startApiServer } from "./api-server";

/** The smoke test of zen's scripts against an API server alone: each step is taken by the real server. No pod runs, so the test makes the Observation itself. */
describe("charts/zen-agent/scripts/demo", function () {
  this.timeout(600_000);
  let server: ApiServer;
  beforeEach(async () => {
    server = await startApiServer();
  });
  afterEach(() => server?.stop());

  const smoke = (...helm: string[]) =>
    run(
      join(root, "charts/zen-agent/scripts/demo/helm-smoke-k3d.sh"),
      ["--kubeconfig", server.kubeconfig, "--", "--wait=false", ...helm],
      { timeoutMs: 300_000 },
    );
  const objects = "/apis/zen.kube-zen.io/v1/namespaces/zen-smoke";

  it("[ZN-53] what the chart refuses ends it with exit code 1, in Helm's words", async () => {
    const { code, text } = await smoke("--set", "profile=production");
    assert.equal(code, 1, text);
    assert.match(text, /profile/);
    assert.doesNotMatch(text, /^run +an Observation/m);
  });

  it("[ZN-53] namespace, token, kinds, release and mapping are taken by the API server; it ends when an Observation is there", async () => {
    let ended = false;
    const script = smoke("--set", "fullnameOverride=smoke").finally(() => {
      ended = true;
    });
    const observation = {
      apiVersion: "zen.kube-zen.io/v1",
      kind: "Observation",
      metadata: { name: "made-by-the-test" },
      spec: {
        ...{ source: "smoke", category: "operations", severity: "medium", eventType: "Smoke" },
        resource: { apiVersion: "v1", kind: "Namespace", name: "zen-smoke" },
        detectedAt: new Date().toISOString(),
      },
    };
    let made = 0;
    let said = "";
    while (!ended && made !== 201) {
      const mapping = await server.call("GET", `${objects}/observationmappings/smoke`);
      if (mapping.status === 200) {
        const answer = await server.call("POST", `${objects}/observations`, observation);
        made = answer.status;
        said = JSON.stringify(answer.body);
        if (made === 422) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const { code, stdout, text } = await script;
    assert.equal(made, 201, `${said}\n${text}`);
    assert.equal(code, 0, text);
    const steps = [...stdout.matchAll(/^run +(.*)$/gm)].map(([, step]) => step);
    assert.deepEqual(steps, [
      "namespace zen-smoke, restricted",
      "kinds",
      "helm upgrade --install zen-agent",
      "an Observation of a warning",
    ]);
    assert.match(stdout, /^ok +zen-agent and zen-watcher run, and an Observation was made$/m);
    assert.doesNotMatch(stdout, /token=|[0-9a-f]{48}/, "the token is shown");
    const secret = await server.call("GET", "/api/v1/namespaces/zen-smoke/secrets/zen-agent-token");
    assert.equal(secret.status, 200);
    const namespace = await server.call("GET", "/api/v1/namespaces/zen-smoke");
    const { metadata } = namespace.body as unknown as { metadata: { deletionTimestamp?: string } };
    assert.ok(metadata.deletionTimestamp, "the namespace is taken away");
  });
});
