/** A stack with one service of companyos, whose chart a GitOps controller installs from the cluster's registry. */
import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { registryUrl } from "../../cluster/local/host-ports";
import { packChart } from "../../policy/render/chart-package";
import { succeeded } from "./changes";
import { instance, type KubeObject, kubectl, livePods, object } from "./e2e-cluster";
import { type Result, run } from "./run";
import { type TestProject, type Tree, testProject } from "./test-project";

export type Deployment = KubeObject & {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly env: Tree[] }[] } } };
};

const service: Tree = {
  image: { repository: "registry.hardened.test/service", tag: "local" },
  drainSeconds: 1,
  probes: { readiness: { periodSeconds: 1 }, startup: { periodSeconds: 1 } },
  env: { SERVICE_NAME: "first" },
};

export interface DeliveredService {
  readonly project: TestProject;
  /** Name of the repository of its charts in the registry. */
  readonly repository: string;
  /** Changes what the stack has of the service. */
  change(edit: (service: Tree) => void): void;
  /** Runs the command without the stack. */
  hardened(...args: string[]): Promise<Result>;
  /** What the pack finds mandatory in objects: `<rule> <kind> <name>`, sorted. */
  mandatoryFindings(objects: readonly unknown[]): Promise<string[]>;
  /** Installs the release by Helm and hands it over to the controller as the guide says, but for the last `up`. Returns the uids of its pods. */
  handOver(): Promise<string[]>;
  /** Pushes a chart to the repository that the stack names. @default the service's */
  push(chart?: string): Promise<Result>;
  /** Digest of the service's chart as it is now. */
  digest(): string;
  /** The service's Deployment. */
  web(): Promise<Deployment>;
  /** Uids of the pods, sorted. */
  pods(): Promise<string[]>;
}

/** The value of SERVICE_NAME in a Deployment. */
export const serviceNameIn = ({ spec }: Deployment): unknown =>
  spec.template.spec.containers[0]?.env.find(({ name }) => name === "SERVICE_NAME")?.value;

/** Makes the project. @param deliveryTo what `hardened:delivery` is for a repository of this name */
export async function deliveredService(
  name: string,
  deliveryTo: (repository: string) => Tree,
): Promise<DeliveredService> {
  const project = await testProject(name);
  const { namespace } = project;
  const repository = `${namespace}-charts`;
  const delivery = deliveryTo(repository);
  project.mailroom((mailroom, config) => {
    mailroom.enabled = false;
    config["hardened:delivery"] = delivery;
    config["hardened:companyos"] = { namespace, secrets: "generated", services: { web: service } };
  });
  const deliverBy = (value: Tree): void =>
    project.mailroom((_, config) => {
      config["hardened:delivery"] = value;
    });
  const pods = async (): Promise<string[]> =>
    (await livePods("-n", namespace)).map(({ metadata }) => metadata.uid).sort();
  const hardened = (...args: string[]): Promise<Result> =>
    run(join(project.root, "bin/hardened"), args, { cwd: project.root, env: project.env });
  return {
    project,
    repository,
    change: (edit) =>
      project.mailroom((_, config) => {
        edit((config["hardened:companyos"] as { services: { web: Tree } }).services.web);
      }),
    hardened,
    push: async (chart = "service") => {
      const to = `${registryUrl(instance).replace("http://", "oci://")}/${repository}`;
      return succeeded(await hardened("chart", "push", `charts/${chart}`, "--to", to, "--plain-http"));
    },
    digest: () => packChart(join(project.root, "charts/service")).digest,
    web: () => object("deployment", "web", "-n", namespace),
    pods,
    mandatoryFindings: async (objects) => {
      const file = join(project.root, "objects.json");
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
      const { stdout } = await hardened("check", file, "--format", "json");
      const { findings } = JSON.parse(stdout) as {
        findings: { rule: string; enforcement: string; object: { kind: string; name: string } }[];
      };
      const mandatory = findings.filter(({ enforcement }) => enforcement === "mandatory");
      return mandatory.map(({ rule, object: { kind, name } }) => `${rule} ${kind} ${name}`).sort();
    },
    handOver: async () => {
      deliverBy({ with: "release" });
      succeeded(await project.hardened(["up"]));
      const running = await pods();
      assert.equal(running.length, 1);
      const { stdout } = succeeded(await project.pulumi(["stack", "export", "--stack", project.stack]));
      const [urn = ""] = /urn:[^"]*helm.sh\/v3:Release::[^"]*/.exec(stdout) ?? [];
      succeeded(await project.pulumi(["state", "delete", "--yes", "--stack", project.stack, urn]));
      await kubectl(["delete", "secret", "-n", namespace, "-l", "owner=helm,name=companyos"]);
      deliverBy(delivery);
      return running;
    },
  };
}
