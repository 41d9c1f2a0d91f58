import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../../cluster/local/api";
import { hostPortOf } from "../../cluster/local/host-ports";
import { instanceOf } from "../../cluster/local/names";
import { table } from "../../process/table";

/** The keys of the system's configuration that the demo needs. */
export interface DemoConfig {
  readonly namespace: string;
  /** Whether the stand-in of the SaaS runs. @default false */
  readonly trialSaas?: boolean;
  /** Node port of its page. @default 0: none */
  readonly trialSaasNodePort?: number;
}

interface State {
  readonly observations: readonly { readonly name: string; readonly spec: { readonly eventType: string } }[];
  readonly results: readonly { readonly name: string; readonly phase: string; readonly message: string }[];
}

const name = "zen-demo";
const seconds = 90;

/**
 * Demo at the end of `npm start`: an event in the cluster is recorded by a mapping, another one is excluded by a filter, a remediation that was
 * approved in the SaaS responds to it, and the stand-in's page shows all of it. Empty without that page.
 */
export async function demo({ namespace, trialSaas, trialSaasNodePort }: DemoConfig): Promise<string | undefined> {
  if (!trialSaas || !trialSaasNodePort) return undefined;
  const page = `http://127.0.0.1:${hostPortOf(trialSaasNodePort)}/`;
  const instance = instanceOf();
  const inside = (args: readonly string[], items?: readonly object[]): Promise<string> =>
    kubectl(instance, ["-n", namespace, ...args], items && JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const state = async (): Promise<State> => (await (await fetch(`${page}state`)).json()) as State;

  await inside(["apply", "--server-side", "--field-manager=zen-demo", "-f", "-"], rules);
  await eventually("mapping and filter are in effect", async () =>
    /^Watching InEffect$/.test(
      await inside(["get", `obsm/${name}`, `obsf/${name}`, "-o", "jsonpath={.items[*].status.conditions[0].reason}"]),
    ),
  );
  await inside(
    ["create", "-f", "-"],
    [event(namespace, "NodePortsAllowed", "Warning"), event(namespace, "Reviewed", "Warning")],
  );
  const seen = await eventually("the SaaS has the Observation", async () =>
    (await state()).observations.find(({ spec }) => spec.eventType === "NodePortsAllowed"),
  );
  await approve(page, namespace, seen.name);
  const result = await eventually("the SaaS has the result", async () =>
    (await state()).results.find((one) => one.name.startsWith(name)),
  );
  const [hard = "", manager = ""] = (
    await inside([
      ...["get", `resourcequota/${name}`, "--show-managed-fields", "-o"],
      'jsonpath={.spec.hard.services\\.nodeports}{" "}{.metadata.managedFields[?(@.manager=="zen-agent")].manager}',
    ])
  ).split(" ");
  const rows = [
    ["observed", "ResourceQuota zen-demo: NodePortsAllowed, severity high"],
    ["filtered", "ResourceQuota zen-demo: Reviewed, severity info, is not recorded"],
    ["approved", `remediation ${result.name} in the SaaS`],
    ["applied", `services.nodeports: ${hard}, by the field manager ${manager}`],
    ["reported", `${result.phase}: ${result.message}`],
  ];
  return `${table(["STEP", "WHAT"], rows)}\n\nthe SaaS stand-in's page: ${page}`;
}

/** Objects of the demo: a quota to change, a mapping that records events about it, and a filter that excludes some. */
const rules: readonly object[] = [
  { apiVersion: "v1", kind: "ResourceQuota", metadata: { name }, spec: { hard: { configmaps: "100" } } },
  {
    apiVersion: "zen.kube-zen.io/v1",
    kind: "ObservationMapping",
    metadata: { name },
    spec: {
      sourceName: name,
      version: "v1",
      resource: "events",
      where: [{ path: "involvedObject.name", in: [name] }],
      category: { default: "security" },
      severity: { path: "reason", values: { NodePortsAllowed: "high" }, default: "info" },
      eventType: { path: "reason" },
      message: { path: "message" },
      subject: { path: "involvedObject" },
    },
  },
  {
    apiVersion: "zen.kube-zen.io/v1",
    kind: "ObservationFilter",
    metadata: { name },
    spec: { targetSource: name, minSeverity: "medium" },
  },
];

const event = (namespace: string, reason: string, type: string): object => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { generateName: `${name}-` },
  involvedObject: { apiVersion: "v1", kind: "ResourceQuota", namespace, name },
  type,
  reason,
  message: `${reason}: said by the demo`,
});

/** Approves the change in the SaaS, as a user does. The agent applies it once: each run of the demo creates one of its own. */
async function approve(page: string, namespace: string, observation: string): Promise<void> {
  const body = {
    name: `${name}-${Date.now().toString(36)}`,
    approvedBy: "the demo",
    approvedVia: "ui-immediate",
    spec: {
      executionMode: "ssa-immediate",
      target: { apiVersion: "v1", kind: "ResourceQuota", namespace, name },
      patch: 'spec: { hard: { services.nodeports: "0" } }',
      observations: [observation],
    },
  };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${page}remediations`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the SaaS stand-in refuses the remediation: ${await answer.text()}`);
}

async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; await sleep(500)) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s; hardened status says how zen is`);
  }
}
