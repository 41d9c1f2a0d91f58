import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { StoredDrill } from "../../../operations/drills/drill-report";
import { printsAsShown, type Replacements, type Section, section, type Varying } from "../documents/document";
import { kubectl, livePods } from "../e2e-cluster";
import { readFrom } from "../network/client-pod";
import { eventually, type Result } from "../run";
import type { DrillProject } from "./drill-project";

const cookbook = "docs/how-to/cookbook.md";
/** How many requests a drill sent is for its least number and the time of the experiment to say; why a container does not start, for the runtime. */
const ofDrills: readonly Varying[] = [
  [/\b(RunContainerError|CrashLoopBackOff|StartError|CreateContainerError)$/gm, "REASON"],
  [/^(before|during|after) +\d+/gm, "$1  REQUESTS"],
  [/\bof \d+ requests failed/g, "of ALL requests failed"],
];

/** The service level of the cookbook's stack. */
export const slo = Object.values(
  load(section(cookbook, "Before the first drill").block("yaml")) as object,
)[0] as object;

/** What the cookbook's table says a drill says. */
const words = [...section(cookbook, "Kill a pod").text.matchAll(/^\| `([^`]+)`.*\|.*\|$/gm)].map(
  ([, one]) => one as string,
);
/** A row of it, as a pattern: `N` and `M` are numbers, "…" is any text. */
export const row = (start: string): RegExp => {
  const found = words.find((one) => one.startsWith(start)) ?? assert.fail(`the cookbook has no row ${start}`);
  return new RegExp(found.replaceAll(/\b[NM]\b/g, "\\d+").replaceAll("…", ".+"));
};

/** Nodes that take no new pods. */
export async function cordoned(): Promise<string[]> {
  const nodes = JSON.parse(await kubectl(["get", "nodes", "-o", "json"])) as {
    items: { metadata: { name: string }; spec: { unschedulable?: boolean } }[];
  };
  return nodes.items.filter(({ spec }) => spec.unschedulable).map(({ metadata }) => metadata.name);
}

/** Drills of a project, as the cookbook has them or by their options. */
export class Drills {
  constructor(private readonly project: DrillProject) {}

  run(experiment: string, service: string, ...more: string[]): Promise<Result> {
    const { stack, namespace } = this.project;
    return this.project.hardened(["drill", experiment, "-s", stack, "-n", namespace, "--service", service, ...more]);
  }

  /** A recipe of the cookbook for a service of this project. */
  recipe(heading: string, ...more: Replacements): Section {
    return section(cookbook, heading, [
      ...more,
      ["<stack>", this.project.stack],
      ["companyos/accounts", `${this.project.namespace}/steady`],
      ["accounts", "steady"],
    ]);
  }

  /** Does what a recipe says and checks that it prints what the page shows; gives the stored report. */
  async done(heading: string): Promise<StoredDrill> {
    const { commands, block } = this.recipe(heading);
    assert.equal(commands.length, 1);
    const result = await this.project.shell(commands[0] as string);
    assert.equal(result.code, 0, result.text);
    printsAsShown(result.text, block("text"), ofDrills);
    const file = /^evidence: (\S+)$/m.exec(result.stdout)?.[1] ?? "";
    return JSON.parse(readFileSync(join(this.project.root, file), "utf8")) as StoredDrill;
  }

  /** UIDs of a service's live pods. */
  async uids(service: string, namespace = this.project.namespace): Promise<string[]> {
    const pods = await livePods("-n", namespace, "-l", `app.kubernetes.io/name=${service}`);
    return pods.map(({ metadata }) => metadata.uid).sort();
  }

  /** Failed drills of an experiment, as the counter says. */
  metric(experiment: string, service: string): number {
    const text = readFileSync(join(this.project.evidence, "chaos.prom"), "utf8");
    const line = `^chaos_test_failures_total\\{experiment="${experiment}",service="${service}"\\} (\\d+)$`;
    return Number(new RegExp(line, "m").exec(text)?.[1]);
  }
}

interface EndpointSlice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly port: number }[];
}

/** What each ready pod of a service answers to a new connection from another namespace. */
async function answersOf(
  namespace: string,
  service: string,
  client: string,
): Promise<("answer" | "refused" | "failed")[]> {
  const label = `kubernetes.io/service-name=${service}`;
  const { items } = JSON.parse(
    await kubectl(["get", "endpointslices", "-n", namespace, "-l", label, "-o", "json"]),
  ) as {
    items: readonly EndpointSlice[];
  };
  const urls = items.flatMap(({ endpoints = [], ports = [] }) =>
    endpoints
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses.map((address) => `http://${address}:${ports[0]?.port}/`)),
  );
  const ask = (url: string) =>
    readFrom(client, url).then(
      () => "answer" as const,
      (error: Error) => (/connection refused/.test(error.message) ? ("refused" as const) : ("failed" as const)),
    );
  return Promise.all(urls.map(ask));
}

/** Lets nobody into a namespace while something is done, and returns its result: every pod of the service refuses by then, and still does afterwards. */
export async function withNobodyLetIn<T>(namespace: string, service: string, work: () => Promise<T>): Promise<T> {
  const name = "nobody-in";
  const client = `${namespace}-client`;
  const policy = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  };
  const all = async (expected: "answer" | "refused"): Promise<boolean> => {
    const answers = await answersOf(namespace, service, client);
    return answers.length > 0 && answers.every((answer) => answer === expected);
  };
  try {
    await eventually("without the policy every pod answers", () => all("answer"));
    await kubectl(["apply", "-f", "-"], JSON.stringify(policy));
    await eventually("the policy is enforced for every pod", () => all("refused"));
    const result = await work();
    await eventually("the policy is enforced for every pod, new ones too", () => all("refused"));
    await kubectl(["delete", "networkpolicy", "-n", namespace, name]);
    await eventually("without the policy every pod answers again", () => all("answer"));
    return result;
  } finally {
    await kubectl(["delete", "networkpolicy", "-n", namespace, name, "--ignore-not-found"]);
    await kubectl(["delete", "namespace", client, "--ignore-not-found", "--wait=false"]);
  }
}
