import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { load } from "js-yaml";
import { Cluster } from "../../cluster/cluster";
import { preflight } from "../../cluster/preflight";
import { externalRequirements } from "../../cluster/secret-stores";
import { kubernetesStore } from "../support/addons/kubernetes-store";
import { canary, found } from "../support/canaries";
import { changes, failed, succeeded } from "../support/changes";
import { askService, rolledOut, serviceRelease } from "../support/charts/service-chart";
import { type StrictApi, strictApi } from "../support/cluster/strict-api";
import { over, section } from "../support/documents/document";
import { instance, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { forget } from "../support/interruption/forget-resources";
import { friend, mail } from "../support/mailroom/mail-account";
import { accountSecret, useMailServer } from "../support/mailroom/mail-server";
import { externalSecrets, installPart, removePart } from "../support/platform-part";
import { eventually } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/** Credentials from a store, by the real External Secrets Operator: what a preview says before, and a rotation from end to end. */

const account = {
  jmap_token: canary("token"),
  carddav_username: "owner@example.com",
  carddav_password: canary("password"),
};
/** How often the operator asks the store, in seconds. */
const interval = 5;

describe("credentials from a store", () => {
  let project: TestProject;
  let post: string;
  /** Namespace of a service of charts/service. */
  let services: string;
  let strict: StrictApi;
  let vault: Awaited<ReturnType<typeof kubernetesStore>>;
  const entry = (given: typeof account) => accountSecret("", "", given).stringData;
  const looked = (storeName: string) =>
    preflight({
      owner: "hardened/e2e",
      cluster: new Cluster(instance.context),
      identity: {},
      podSecurityVersion: "latest",
      dryRun: true,
      evidence: async () => ({ state: {}, runs: async () => [] }),
      releases: [
        {
          system: "x",
          namespace: "e2e-eso-none",
          release: "x",
          ...externalRequirements("hardened:x.credentials", { storeName }),
        },
      ],
    });

  before(async () => {
    project = await testProject("eso");
    // Creations are refused where something exists, as newer providers make them.
    const kubeconfig = join(project.root, ".state/strict.kubeconfig");
    strict = await strictApi(kubeconfig);
    project.env.KUBECONFIG = kubeconfig;
    await removePart(externalSecrets);
    process.env.KUBECONFIG = instance.kubeconfig;
    services = `${project.namespace}-services`;
    post = await useMailServer(project, account, {
      from: "external",
      storeName: `${project.namespace}-vault`,
      remoteKey: "mailroom",
      refreshInterval: `${interval}s`,
    });
  });
  after(async () => {
    await project?.remove();
    strict?.close();
    await vault?.remove();
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", post ?? "none", services ?? "none"]);
    await removePart(externalSecrets);
  });

  it("[COS-57] without the operator a preview stops, and says what asks for it and how to get it", async () => {
    const said = failed(await project.hardened(["preview"]));
    assert.match(said, /hardened:mailroom\.credentials needs the External Secrets Operator/);
    assert.match(
      said,
      /does not serve external-secrets\.io\/v1; install it \(docs\/how-to\/add-cluster-capabilities\.md#external-secrets-operator\)/,
    );
    assert.doesNotMatch(said, /\n +at /, "no stack trace");
  });

  it("the operator runs in a restricted namespace with the shipped values, which the pack accepts but for what the operator is for", async () => {
    const { findings, exempted = [] } = await installPart(externalSecrets);
    assert.deepEqual(findings, []);
    const rules = new Set(exempted.map(({ finding }) => finding.rule));
    assert.deepEqual([...rules].sort(), Object.keys(externalSecrets.exempt).sort());
    const [pod] = await objects("pods", "-n", externalSecrets.name);
    assert.equal(pod?.kind, "Pod");
  });

  it("a store that is not there is named, with those that are; one that fails is warned of", async () => {
    const none = await looked("vaults");
    assert.deepEqual(none.mistakes, [
      "ClusterSecretStore vaults does not exist, and hardened:x.credentials.storeName names it; there is none, make it",
    ]);
    vault = await kubernetesStore(`${project.namespace}-vault`);
    assert.match(
      (await looked("vaults")).mistakes[0] ?? "",
      new RegExp(`name one there is \\(.*${vault.name}.*\\), or make it`),
    );
    const { mistakes, warnings } = await looked(vault.name);
    assert.deepEqual(mistakes, []);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /^hardened:x\.credentials needs Reloader, and .* does not show a Deployment labelled app\.kubernetes\.io\/name=reloader; a new value of the store reaches the pods with the next `hardened up`/,
    );
  });

  it("[COS-16] `up` makes an ExternalSecret, waits for its Secret, and the service logs in with what the store has", async () => {
    await vault.put("mailroom", entry(account));
    const result = succeeded(await project.hardened(["up"]));
    const { status } = await object<KubeObject & { status: { conditions: { type: string; status: string }[] } }>(
      "externalsecret",
      "mailroom-credentials",
      "-n",
      project.namespace,
    );
    assert.ok(status.conditions.some(({ type, status }) => type === "Ready" && status === "True"));
    await mail(post).deliver(friend, "with the store's credentials");
    assert.equal(await mail(post).sorted("with the store's credentials"), "Inbox/Person");
    assert.deepEqual(found(Object.values(account), result.text), []);
  });

  it("the next `up` leaves the Secret, which the operator keeps, as it is", async () => {
    const before = await object("secret", "mailroom-credentials", "-n", project.namespace);
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
    const after = await object("secret", "mailroom-credentials", "-n", project.namespace);
    assert.equal(after.metadata.uid, before.metadata.uid);
  });

  it("[MR-53] an ExternalSecret that the state does not hold is removed and recreated, with its Secret, and no creation meets what exists", async () => {
    const external = () => object("externalsecret", "mailroom-credentials", "-n", project.namespace);
    const before = await external();
    assert.equal(await forget(project, ({ type }) => type.endsWith(":ExternalSecret")), 1);
    const { text } = succeeded(await project.hardened(["up"]));
    assert.match(text, /removed half-made externalsecret\S* mailroom-credentials/);
    assert.notEqual((await external()).metadata.uid, before.metadata.uid);
    assert.deepEqual(strict.refused, []);
  });

  it("[COS-19] a new value in the store reaches the pods with the next `up`, without a restart by hand; one that does not work leaves them as they are", async () => {
    const worker = async (): Promise<string[]> =>
      (await objects("pods", "-n", project.namespace, "-l", "app.kubernetes.io/component=worker")).map(
        ({ metadata }) => metadata.uid,
      );
    const rotate = async (given: typeof account): Promise<void> => {
      await vault.put("mailroom", entry(given));
      await eventually("the Secret has the new value", async () => {
        const { data } = await object("secret", "mailroom-credentials", "-n", project.namespace);
        return atob(data?.MAILROOM_JMAP_TOKEN ?? "") === given.jmap_token;
      });
    };
    const before = await worker();
    await rotate({ ...account, jmap_token: canary("not-known") });
    assert.match(failed(await project.hardened(["up"])), /authentication failed for JMAP/);
    assert.deepEqual(await worker(), before);
    await rotate(account);
    assert.ok(changes(succeeded(await project.hardened(["up"]))).includes("updated Release mailroom"));
    const after = await worker();
    assert.ok(after.length === 1 && after[0] !== before[0]);
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
    await mail(post).deliver(friend, "after the rotation");
    assert.equal(await mail(post).sorted("after the rotation"), "Inbox/Person");
  });

  it("[COS-19] a new value in the store is in the Secret within the interval, and in the pods after their restart, which loses no request", async () => {
    const name = "accounts";
    const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
    const seen = async (): Promise<string> =>
      JSON.parse(await askService(services, name, "/secrets")).DATABASE_PASSWORD;
    await vault.put("accounts", { password: "the-first-one" });
    const data = [{ env: "DATABASE_PASSWORD", remoteKey: "accounts", property: "password" }];
    await serviceRelease(services, name, {
      env: { SERVICE_SECRETS: "DATABASE_PASSWORD" },
      externalSecrets: [
        {
          target: "accounts-database",
          store: { kind: "ClusterSecretStore", name: vault.name },
          refreshInterval: `${interval}s`,
          data,
        },
      ],
    });
    await rolledOut(services, name);
    assert.equal(await seen(), `sha256:${digest("the-first-one")}`);

    await vault.put("accounts", { password: "the-next-one" });
    const start = Date.now();
    await eventually("the Secret has the new value", async () => {
      const { data } = await object("secret", "accounts-database", "-n", services);
      return atob(data?.DATABASE_PASSWORD ?? "") === "the-next-one";
    });
    // The operator's own time beside the interval, on a busy machine.
    assert.ok(Date.now() - start < (interval + 5) * 1000, `${Date.now() - start} ms`);
    assert.equal(await seen(), `sha256:${digest("the-first-one")}`, "a variable stays until the pod restarts");
    await kubectl(["rollout", "restart", `deployment/${name}`, "-n", services]);
    let asked = 0;
    let done = false;
    const requests = (async () => {
      for (; !done; asked += 1) await askService(services, name, "/");
    })();
    await rolledOut(services, name);
    done = true;
    await requests;
    assert.ok(asked > 5, `${asked} requests`);
    // Nodes hear a moment later that the old pod, which drains, is none of the Service's any more.
    await eventually("the new pod answers", async () => (await seen()) === `sha256:${digest("the-next-one")}`, 20_000);
  });

  it("[COS-60] the step of the adoption guide deploys onto the one before it: the pods read what its store has", async () => {
    const guide = "docs/how-to/adopt-the-hardened-chart.md";
    const step = (heading: string): Tree => {
      // An entry of this store is a Secret, whose name has no slash.
      const here = [["companyos/orders", "orders"] as const, ["name: companyos", `name: ${vault.name}`] as const];
      return load(section(guide, heading, here).block("yaml")) as Tree;
    };
    const start = section("docs/how-to/onboard-a-service.md", "1. Say what the service is").block("yaml");
    const { secrets: _, ...begun } = (load(start) as { config: Tree }).config["hardened:companyos"] as Tree;
    const before = ["2. Resources", "3. Probes and budgets", "4. Security contexts"];
    const namespace = `${project.namespace}-adopt`;
    const deployed = async (...steps: string[]): Promise<void> => {
      project.mailroom((_, config) => {
        config["hardened:companyos"] = steps.map(step).reduce(over, { ...begun, namespace });
      });
      succeeded(await project.hardened(["up"]));
      await rolledOut(namespace, "orders");
    };
    await vault.put("orders", { password: "of-the-store" });
    await deployed(...before);
    await deployed(...before, "5. External Secrets");
    const { data } = await object("secret", "orders-database", "-n", namespace);
    assert.equal(atob(data?.DATABASE_PASSWORD ?? ""), "of-the-store");
    const pods = JSON.stringify(await objects("pods", "-n", namespace));
    assert.match(pods, /"envFrom":\[\{"secretRef":\{"name":"orders-database"\}\}\]/);
  });
});
