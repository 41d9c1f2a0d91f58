import assert from "node:assert/strict";
import { run } from "../support/run";
import { type UnpackedImage, unpackedImage } from "./unpacked-image";

const environment = {
  ZEN_AGENT_NAMESPACE: "zen",
  ZEN_AGENT_SAAS_ENDPOINT: "http://saas.example.com",
  ZEN_AGENT_TLS_ENABLED: "false",
  ZEN_AGENT_TENANT_ID: "tenant-1",
  ZEN_AGENT_CLUSTER_ID: "cluster-1",
  ZEN_AGENT_BOOTSTRAP_TOKEN: "token-of-a-test",
};

/** The agent out of the image's own layer, as the image's user, with nothing but /tmp to write to. */
describe("images: zen-agent", function () {
  this.timeout(900_000); // the first build compiles the client of the API server
  let image: UnpackedImage;
  const agent = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const [command, ...rest] = [...image.within, "/usr/local/bin/zen-agent", ...args] as const;
    return run(command, rest, { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env } });
  };

  before(async () => {
    image = await unpackedImage("zen-agent");
  });
  after(() => image.remove());

  it("tells its environment, and refuses arguments", async () => {
    const help = await agent(["--help"]);
    assert.deepEqual([help.code, help.stderr], [0, ""]);
    assert.match(help.stdout, /ZEN_AGENT_NAMESPACE {2,}namespace of its ZenAgentRemediations/);
    const { code, stdout } = await agent(["--kubeconfig=x"]);
    assert.deepEqual([code, stdout], [2, 'unknown arguments ["--kubeconfig=x"]; see zen-agent --help\n']);
  });

  it("[ZN-50] tells every mistake in its environment, and that scheduled GitOps is not available", async () => {
    const { code, stdout } = await agent([], {
      ...environment,
      ZEN_AGENT_TENANT_ID: "TENANT_ID",
      ZEN_AGENT_EXECUTION_MODES: "scheduled-gitops",
      ZEN_AGENT_SAAS_ENDPOINT: "https://agent.example.com/path",
    });
    assert.equal(code, 2);
    assert.deepEqual(stdout.trim().split("\n"), [
      "ZEN_AGENT_TENANT_ID is still the placeholder TENANT_ID",
      'ZEN_AGENT_EXECUTION_MODES: "scheduled-gitops" is not available; available: ssa-immediate, ssa-scheduled, gitops-immediate',
      "ZEN_AGENT_SAAS_ENDPOINT must end after the host or its port, such as https://agent.example.com",
    ]);
  });

  it("ends at once outside of a pod, and says so", async () => {
    const { code, stdout } = await agent([], environment);
    assert.equal(code, 1);
    assert.match(stdout, /it runs in a pod with a ServiceAccount's token/);
    assert.ok(!stdout.includes(environment.ZEN_AGENT_BOOTSTRAP_TOKEN));
  });
});
