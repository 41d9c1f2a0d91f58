import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { definitions } from "../../systems/zen/crds/all";
import { type UnpackedImage, unpackedImage } from "../images/unpacked-image";
import { established } from "../support/established";
import { eventually, run } from "../support/run";
import { type ZenService, zenService } from "../support/zen/zen-service";
import { type ApiServer, startApiServer } from "./api-server";

interface Field {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: object;
}
interface Deployment {
  readonly metadata: { readonly managedFields: readonly Field[] };
  readonly spec: { readonly replicas: number; readonly template: { readonly spec: { containers: object[] } } };
}
interface Remediation {
  readonly metadata: { readonly uid: string };
  readonly status?: { readonly phase: string; readonly message: string };
}

/** The agent out of its image, at an API server alone and a SaaS of the test: what it does to objects that others manage too. */
describe("zen's agent at a real API server", function () {
  this.timeout(900_000); // the first time its image is built
  let api: ApiServer;
  let image: UnpackedImage;
  let saas: ZenService;
  let agent: ChildProcess;
  let log = "";

  const kubectl = async (args: readonly string[], input?: object): Promise<string> => {
    const { code, stdout, stderr } = await run("kubectl", [`--kubeconfig=${api.kubeconfig}`, ...args], {
      input: JSON.stringify(input ?? ""),
    });
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  const get = async <T>(namespace: string, ...what: string[]): Promise<T> =>
    JSON.parse(await kubectl(["get", "-n", namespace, "-o", "json", "--show-managed-fields", ...what])) as T;
  const deployment = (name: string): Promise<Deployment> => get("shop", "deployment", name);
  const phase = async (name: string): Promise<string> => {
    const all = await get<{ items: (Remediation & { metadata: { name: string } })[] }>("zen", "zenagentremediations");
    return all.items.find(({ metadata }) => metadata.name === name)?.status?.phase ?? "";
  };
  const message = async (name: string): Promise<string> =>
    (await get<Remediation>("zen", "zenagentremediation", name)).status?.message ?? "";
  const ends = async (name: string, as: string, limitMs = 20_000): Promise<void> => {
    let last = "";
    const reached = async (): Promise<boolean> => {
      last = await phase(name);
      return last === as;
    };
    await eventually(`${name} is ${as}`, reached, limitMs).catch((error) => {
      throw new Error(`${error.message}: it is ${last}\n${log}`);
    });
  };
  const order = (name: string, target: string, patch: string, more: object = {}): void =>
    saas.order(name, {
      executionMode: "ssa-immediate",
      target: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: target },
      patch,
      ...more,
    });

  const startAgent = (): void => {
    const [command, ...within] = image.within;
    agent = spawn(command, [...within, "/usr/local/bin/zen-agent"], {
      env: {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        KUBERNETES_SERVICE_HOST: "127.0.0.1",
        KUBERNETES_SERVICE_PORT: api.port,
        ZEN_AGENT_NAMESPACE: "zen",
        ZEN_AGENT_SAAS_ENDPOINT: saas.address,
        ZEN_AGENT_TLS_ENABLED: "false",
        ...saas.credentials,
        ZEN_AGENT_EXECUTION_MODES: "ssa-immediate,ssa-scheduled",
        ZEN_AGENT_VALIDATION_PROBES: "basic,http",
        ZEN_AGENT_REMEDIATION_KINDS: "deployments.apps",
        ZEN_AGENT_PROBE_SECONDS: "2",
        ZEN_AGENT_PROBE_PORTS: "8080",
        ZEN_AGENT_POLL_SECONDS: "1",
        ZEN_AGENT_DRAIN_SECONDS: "0",
        ZEN_AGENT_PORT: saas.freePort,
      },
    });
    for (const out of [agent.stdout, agent.stderr]) out?.on("data", (text) => (log += text));
  };

  before(async () => {
    [api, image, saas] = await Promise.all([startApiServer(), unpackedImage("zen-agent"), zenService()]);
    const account = join(image.root, "var/run/secrets/kubernetes.io/serviceaccount");
    mkdirSync(account, { recursive: true });
    writeFileSync(join(account, "token"), "admin");
    copyFileSync(join(dirname(api.kubeconfig), "certificates/apiserver.crt"), join(account, "ca.crt"));
    const namespaces = ["zen", "shop"].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
    await kubectl(["create", "-f", "-"], { apiVersion: "v1", kind: "List", items: [...namespaces, ...definitions] });
    await established(
      kubectl,
      definitions.map(({ metadata }) => metadata.name),
    );
    const web = (name: string, annotations: object) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "shop", annotations },
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: "web", image: "web:1", ports: [{ containerPort: 8080 }] }] },
        },
      },
    });
    const probe = (url: string) => ({ "zen.kube-zen.io/probe-url": url });
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "broken", namespace: "shop" },
      spec: { selector: { app: "broken" }, ports: [{ port: 80, targetPort: 8080 }] },
    };
    await kubectl(["apply", "--server-side", "--field-manager=helm", "-f", "-"], {
      apiVersion: "v1",
      kind: "List",
      items: [
        web("web", {}),
        web("broken", probe("http://broken.shop/healthz")),
        web("elsewhere", probe(`${saas.address}/broken`)),
        service,
      ],
    });
    startAgent();
  });
  after(async () => {
    agent?.kill("SIGKILL");
    await saas?.stop();
    image?.remove();
    await api?.stop();
  });

  it("[ZN-03] an immediate change is applied by the agent's field manager, beside what others manage", async () => {
    const hardening = "securityContext: {readOnlyRootFilesystem: true}";
    order("harden", "web", `spec: {template: {spec: {containers: [{name: web, ${hardening}}]}}}`);
    await ends("harden", "Succeeded");
    order("scale", "web", "spec: {replicas: 2}");
    await ends("scale", "Succeeded");
    const { metadata, spec } = await deployment("web");
    const [container] = spec.template.spec.containers as { image: string; ports: object[]; securityContext: object }[];
    assert.deepEqual(
      [spec.replicas, container?.image, container?.ports.length, container?.securityContext],
      [2, "web:1", 1, { readOnlyRootFilesystem: true }],
    );
    const own = metadata.managedFields.filter(({ manager }) => manager === "zen-agent");
    assert.deepEqual(
      own.map(({ operation }) => operation),
      ["Apply"],
    );
    assert.ok(!JSON.stringify(own).includes("f:image"));
    const told = (): number => saas.results.filter(({ phase: ended }) => ended === "Succeeded").length;
    await eventually("both are reported", async () => told() === 2, 10_000);
  });

  it("what someone else manages is not changed: the conflict names them", async () => {
    order("image", "web", "spec: {template: {spec: {containers: [{name: web, image: 'web:2'}]}}}");
    await ends("image", "Conflict");
    assert.match(await message("image"), /^"helm"( using apps\/v1)? manages \.spec\.template\.spec\.containers/);
    const { spec } = await deployment("web");
    assert.equal((spec.template.spec.containers as { image: string }[])[0]?.image, "web:1");
  });

  it("a change that does not pass its probe is taken back to what there was", async () => {
    const before = (await deployment("broken")).spec;
    const change =
      "spec: {replicas: 3, template: {spec: {containers: [{name: web, stdin: true}, {name: side, image: x}]}}}";
    order("break", "broken", change);
    await ends("break", "RolledBack");
    assert.match(await message("break"), /probe http: .*; rolled back$/); // no pod is behind the Service here
    assert.deepEqual((await deployment("broken")).spec, before);
  });

  it("a target that names an address outside of its namespace is not changed, and the address is not asked", async () => {
    const before = (await deployment("elsewhere")).spec;
    order("ask", "elsewhere", "spec: {replicas: 3}");
    await ends("ask", "Failed");
    assert.match(await message("ask"), /probe-url: \S+ must be the address of a Service in namespace shop/);
    assert.deepEqual((await deployment("elsewhere")).spec, before);
  });

  it("[ZN-04] a scheduled change runs while the SaaS is away, and is reported once, though the agent was killed", async () => {
    const schedule = new Date(Date.now() + 20_000).toISOString().replace(/\.\d+Z$/, "Z");
    order("night", "web", "spec: {minReadySeconds: 7}", { executionMode: "ssa-scheduled", schedule });
    await ends("night", "Approved");
    saas.away = true;
    await ends("night", "Succeeded", 45_000);
    assert.ok(Date.now() >= Date.parse(schedule));
    agent.kill("SIGKILL");
    await once(agent, "exit");
    startAgent();
    saas.away = false;
    const told = () => saas.results.filter(({ name }) => name === "night");
    await eventually("its report", async () => told().length > 0, 30_000);
    const { metadata } = await get<Remediation>("zen", "zenagentremediation", "night");
    await kubectl(["wait", "-n", "zen", "zenagentremediation/night", "--for=condition=Reported", "--timeout=10s"]);
    const rounds = saas.requests;
    await eventually("some more rounds", async () => saas.requests > rounds + 3, 20_000);
    assert.deepEqual(told(), [{ ...told()[0], uid: metadata.uid, phase: "Succeeded" }]);
  });

  it("[ZN-06] every request is signed by a key that is derived from the token, and with a nonce of its own", () => {
    assert.ok(saas.requests > 10);
    assert.deepEqual(saas.faults, []);
    assert.ok(!log.includes(saas.credentials.ZEN_AGENT_BOOTSTRAP_TOKEN));
  });

  it("[ZN-16] told to stop, it gives its Lease back", async () => {
    agent.kill("SIGTERM");
    assert.deepEqual(await once(agent, "exit"), [0, null]);
    const lease = await get<{ spec: { holderIdentity?: string } }>("zen", "lease", "zen-agent");
    assert.equal(lease.spec.holderIdentity ?? "", "");
  });
});
