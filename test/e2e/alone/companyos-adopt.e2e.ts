import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Evidence } from "../../../components/evidence";
import type { StoredDrill } from "../../../operations/drills/drill-report";
import { fromBaseline } from "../../../systems/companyos/environment-defaults";
import { succeeded } from "../../support/changes";
import { rolledOut } from "../../support/charts/service-chart";
import { oneMayGo } from "../../support/cluster/evict";
import { over, printsAsShown, type Section, section } from "../../support/documents/document";
import { type KubeObject, kubectl, livePods, object, objects } from "../../support/e2e-cluster";
import { gatewayNamespace, openGateway } from "../../support/network/gateway";
import { eventually, type Result, run } from "../../support/run";
import { type TestProject, type Tree, testProject } from "../../support/test-project";

/** Does what docs/how-to/adopt-the-hardened-chart.md says, with its own files and commands: each step onto what the step before left. */

interface Container {
  readonly resources: object;
  readonly readinessProbe: { readonly periodSeconds: number };
  readonly startupProbe: { readonly periodSeconds: number };
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
}
type Pod = KubeObject & {
  readonly spec: {
    readonly containers: readonly [Container];
    readonly securityContext: { readonly runAsUser: number };
  };
};
type Deployment = KubeObject & { readonly status: { readonly readyReplicas?: number } };
type Autoscaler = KubeObject & { readonly spec: { readonly minReplicas: number; readonly maxReplicas: number } };

describe("the adoption of the hardened chart", () => {
  const guide = "docs/how-to/adopt-the-hardened-chart.md";
  let project: TestProject;
  const step = (heading: string): Section =>
    section(guide, heading, [
      ["companyos-trial", project.namespace],
      ["trial", project.stack],
    ]);
  const yaml = (heading: string): Tree => load(step(heading).block("yaml")) as Tree;
  const shell = (line = ""): Promise<Result> => run("bash", ["-c", line], { cwd: project.root, env: project.env });
  const change = (edit: (platform: Tree) => Tree): void =>
    project.mailroom((_, config) => {
      config["hardened:companyos"] = edit(config["hardened:companyos"] as Tree);
    });
  const [diff, up] = section(guide, "Before the first step").commands.map((line) => line.replace("trial", "e2e-adopt"));
  /** Does what the file says now. */
  const applied = async (): Promise<void> => {
    const done = succeeded(await shell(up));
    assert.match(done.text, /policy: no violations/);
    await rolledOut(project.namespace, "orders");
  };
  const added = (heading: string): void => change((platform) => over(platform, yaml(heading)));
  /** Adds a step's lines to the stack's file and deploys them. */
  const deployed = (heading: string): Promise<void> => {
    added(heading);
    return applied();
  };
  const pods = (): Promise<Pod[]> => livePods<Pod>("-n", project.namespace);
  const containers = async (): Promise<Container[]> => (await pods()).map(({ spec }) => spec.containers[0]);

  before(async () => {
    project = await testProject("adopt");
    const start = section("docs/how-to/onboard-a-service.md", "1. Say what the service is").block("yaml");
    project.mailroom((mailroom, config) => {
      mailroom.enabled = false;
      config["hardened:companyos"] = (load(start) as { config: Tree }).config["hardened:companyos"];
    });
    change((platform) => ({ ...platform, namespace: project.namespace }));
  });
  after(async () => {
    if (project !== undefined)
      await kubectl(["delete", "namespace", gatewayNamespace(project.namespace), "--ignore-not-found", "--wait=false"]);
    await project?.remove();
  });

  it("[COS-60] 2. resources: requests and limits follow from what was measured", async () => {
    await deployed("2. Resources");
    const { services } = yaml("2. Resources") as {
      services: { orders: { baseline: Parameters<typeof fromBaseline>[0] } };
    };
    const [own, ...more] = await containers();
    assert.deepEqual([own?.resources, more], [fromBaseline(services.orders.baseline), []]);
  });

  it("[COS-60] 3. probes and budgets: two pods, of which one may go", async () => {
    added("3. Probes and budgets");
    const differs = await shell(diff);
    assert.equal(differs.code, 2, differs.text);
    assert.match(differs.text, /PodDisruptionBudget/);
    await applied();
    assert.deepEqual(
      (await containers()).map(({ readinessProbe, startupProbe }) => [
        readinessProbe.periodSeconds,
        startupProbe.periodSeconds,
      ]),
      [
        [2, 1],
        [2, 1],
      ],
    );
    await oneMayGo(project.namespace, "orders");
  });

  it("[COS-60] 4. security contexts: as another user, in a namespace that refuses anything weaker", async () => {
    await deployed("4. Security contexts");
    assert.deepEqual(
      (await pods()).map(({ spec }) => spec.securityContext.runAsUser),
      [20_001, 20_001],
    );
    const args = ["run", "bare", "--image", "x", "--dry-run=server", "-n", project.namespace];
    await assert.rejects(kubectl(args), /violates PodSecurity "restricted/);
  });

  // With a store it is deployed by test/nightly/external-secrets.e2e.ts: the operator runs at night only.
  it("[COS-60] 5. External Secrets: in dev made at random, without a store", async () => {
    await deployed("5. External Secrets");
    const names = (await containers()).map(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef.name).join());
    const [name = ""] = names;
    assert.deepEqual(names, [name, name]);
    // What is made at random has a name of its own each time.
    assert.match(name, /^companyos-orders-database-/);
    const secret = await object("secret", name, "-n", project.namespace);
    assert.deepEqual(Object.keys(secret.data ?? {}), ["DATABASE_PASSWORD"]);
  });

  it("[COS-60] 6. autoscaling: between the bounds", async () => {
    await deployed("6. Autoscaling");
    const { spec } = await object<Autoscaler>("horizontalpodautoscaler", "orders", "-n", project.namespace);
    assert.deepEqual([spec.minReplicas, spec.maxReplicas], [2, 4]);
    await eventually("the autoscaler has raised the number to its least", async () => {
      const { status } = await object<Deployment>("deployment", "orders", "-n", project.namespace);
      return status.readyReplicas === 2;
    });
  });

  it("[COS-60] 7. chaos: a pod goes and no request fails", async () => {
    const { commands, block } = step("7. Chaos");
    project.mailroom((_, config) => Object.assign(config, load(block("yaml"))));
    // in place of an Ingress and its controller
    change((platform) =>
      over(platform, { services: { orders: { allowFrom: [gatewayNamespace(project.namespace)] } } }),
    );
    await applied();
    const gateway = await openGateway(project.namespace, "orders", 30_085);
    const shown = "https://orders.example.com/";
    assert.ok(commands[0]?.includes(shown));
    const result = await shell(commands[0]?.replace(shown, `${gateway}/`));
    succeeded(result);
    const text = result.text.replaceAll(`${gateway}/`, shown);
    printsAsShown(text, block("text"), [[/\bof \d+ requests failed/g, "of ALL requests failed"]]);
    const [, file] = /^evidence: (\S+)$/m.exec(result.stdout) ?? [];
    assert.equal((JSON.parse(readFileSync(join(project.root, file ?? ""), "utf8")) as StoredDrill).verdict, "passed");
  });

  it("[COS-60] 8. compliance: the check of the whole stack, and the evidence in its outputs", async () => {
    const { commands, blocks } = step("8. Compliance and documents");
    const [check, output] = [await shell(commands[0]), await shell(commands[1])].map(succeeded);
    printsAsShown(check?.text ?? "", blocks("text")[0] ?? "");
    const { evidence } = JSON.parse(output?.stdout ?? "") as { evidence: Evidence };
    assert.equal(evidence.policy?.mandatory, 0);
    assert.match(evidence.manifest?.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.ok(evidence.images.every(({ digest }) => /^sha256:[0-9a-f]{64}$/.test(digest ?? "")));
  });

  it("[COS-60] a step is taken back by taking its lines out", async () => {
    change((platform) => {
      const { autoscaling: _, ...orders } = (platform as { services: { orders: Tree } }).services.orders;
      return { ...platform, services: { orders } };
    });
    await applied();
    assert.deepEqual(await objects("horizontalpodautoscalers", "-n", project.namespace), []);
    assert.equal((await pods()).length, 2);
  });
});
