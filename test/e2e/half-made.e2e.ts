import { strict as assert } from "node:assert";
import { basename, join } from "node:path";
import { backgroundDeletion, standardLabels } from "../../cluster/labels";
import type { StateEntry } from "../../cluster/stack-state";
import { runningProcesses } from "../../process/identity";
import { failed, succeeded } from "../support/changes";
import { inventory } from "../support/cluster/inventory";
import { type StrictApi, strictApi } from "../support/cluster/strict-api";
import { helmRecords, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { established } from "../support/established";
import { forget } from "../support/interruption/forget-resources";
import { kill } from "../support/interruption/kill";
import { useMailServer } from "../support/mailroom/mail-server";
import { definitions, externalSecrets } from "../support/platform-part";
import { eventually } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/**
 * What an interrupted run made and the state does not hold, under providers that differ from the built one: by their name, and
 * by creating nothing that exists. Every run here goes through an API that answers AlreadyExists.
 */

const account = { jmap_token: "a-token", carddav_username: "owner@example.com", carddav_password: "a-password" };

describe("half-made objects", () => {
  let project: TestProject;
  let post: string;
  let api: StrictApi;
  let env: NodeJS.ProcessEnv;
  let whole: string[];
  const up = () => project.hardened(["up"], { env });
  const isWhole = async (): Promise<void> => {
    let now: string[] = [];
    const same = async (): Promise<boolean> => {
      now = await inventory(project.namespace);
      return now.join() === whole.join();
    };
    await eventually("one copy of everything", same, 40_000).catch(() => assert.deepEqual(now, whole));
  };
  /** Stops the provider where it is: left alone by its engine it could still finish the release before the next run ends it. */
  const freezeProvider = (): void => {
    const providers = runningProcesses().filter(
      ({ command, environment }) =>
        basename(command[0] ?? "") === "pulumi-resource-kubernetes" &&
        environment.includes(`PULUMI_BACKEND_URL=${env.PULUMI_BACKEND_URL}`),
    );
    for (const { pid } of providers) process.kill(pid, "SIGSTOP");
  };
  const isObject = ({ type }: StateEntry): boolean =>
    type.startsWith("kubernetes:") && !/:(Namespace|Release)$/.test(type);

  before(async () => {
    project = await testProject("half");
    post = await useMailServer(project, account);
    const kubeconfig = join(project.root, ".state/strict.kubeconfig");
    api = await strictApi(kubeconfig);
    env = { ...project.env, KUBECONFIG: kubeconfig };
    succeeded(await up());
    whole = await inventory(project.namespace);
  });
  after(async () => {
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", post ?? "none"]);
    await kubectl(["delete", "crd", "externalsecrets.external-secrets.io", "--ignore-not-found"]);
    await project?.remove(); // by the provider the state holds, which knows this API alone
    api?.close();
  });

  it("[MR-53] objects of every kind that the state does not hold are removed and recreated; none is met by a creation", async () => {
    assert.ok((await forget(project, isObject)) >= 8);
    const { text } = succeeded(await up());
    for (const kind of ["networkpolicy", "resourcequota", "limitrange", "secret", "configmap", "job"])
      assert.match(text, new RegExp(`removed half-made ${kind}`), kind);
    await isWhole();
    assert.deepEqual(api.refused, []);
  });

  it("[MR-53] so are an account and an ExternalSecret, as a run leaves them that was killed while the configuration asked for them", async () => {
    // Of the operator only its kind: it answers to an ExternalSecret whether or not a stack knows of it.
    const kind = (await definitions(externalSecrets)).filter((file) => file.endsWith("_externalsecrets.yaml"));
    for (const file of kind) await kubectl(["apply", "--server-side", "-f", file]);
    await established(kubectl, ["externalsecrets.external-secrets.io"]);
    const metadata = (name: string, component: string) => ({
      name,
      namespace: project.namespace,
      labels: standardLabels("mailroom", component),
      annotations: backgroundDeletion,
    });
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata("worker", "account") };
    const external = {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: metadata("mailroom-credentials", "credentials"),
      spec: { secretStoreRef: { kind: "ClusterSecretStore", name: "vault" }, target: { name: "mailroom-credentials" } },
    };
    const made = async (): Promise<unknown[]> =>
      (
        await objects(
          "serviceaccounts,externalsecrets",
          "-n",
          project.namespace,
          "-l",
          "app.kubernetes.io/managed-by=pulumi",
        )
      ).map(({ metadata }) => metadata.name);
    await kubectl(
      ["create", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: [account, external] }),
    );
    assert.equal((await made()).length, 2);
    const { text } = succeeded(await up());
    assert.match(text, /removed half-made serviceaccount worker/);
    assert.match(text, /removed half-made externalsecret\S* mailroom-credentials/);
    assert.deepEqual(await made(), []);
    await isWhole();
    assert.deepEqual(api.refused, []);
  });

  it("[MR-53] somebody else's object under a name the stack needs is refused before anything changes, and left alone", async () => {
    assert.equal(await forget(project, ({ urn }) => urn.endsWith("::mailroom-allow-dns")), 1);
    const policy = ["networkpolicy", "allow-dns", "-n", project.namespace];
    await kubectl(["label", ...policy, "app.kubernetes.io/managed-by-", "app.kubernetes.io/name-"]);
    const { metadata } = await object<KubeObject>(...policy);
    const said = failed(await up());
    assert.match(
      said,
      /NetworkPolicy \S+\/allow-dns exists and was not made by this stack.*kubectl delete networkpolicy/,
    );
    assert.match(said, /preview of stack \S+ failed/);
    const now = await object<KubeObject>(...policy);
    assert.deepEqual([now.metadata.uid, now.metadata.resourceVersion], [metadata.uid, metadata.resourceVersion]);
    await kubectl(["delete", ...policy]);
    succeeded(await up());
    await isWhole();
    assert.deepEqual(api.refused, []);
  });

  for (const victim of ["engine", "provider"] as const) {
    it(`[MR-53] a release left pending, ${victim} killed, by a provider that calls itself something else: \`up\` converges`, async () => {
      project.mailroom(({ config }) => {
        (config as { polling: Tree }).polling.interval = victim === "engine" ? 2 : 3;
      });
      const newest = async () => (await helmRecords(project.namespace))[0];
      const when = async (): Promise<boolean> => {
        if ((await newest())?.status.startsWith("pending-") !== true) return false;
        freezeProvider();
        return true;
      };
      const moment = { name: "while the release is pending", after: /updating +Release/, when };
      await kill((options) => project.hardened(["up"], { ...options, env }), victim, moment);
      const pending = await newest();
      assert.equal(pending?.status, "pending-upgrade");
      const manager = [{ op: "replace", path: "/metadata/managedFields/0/manager", value: "pulumi-kubernetes" }];
      const record = `sh.helm.release.v1.mailroom.v${pending?.revision}`;
      await kubectl(["patch", "secret", record, "-n", project.namespace, "--type=json", "-p", JSON.stringify(manager)]);
      const { text } = succeeded(await up());
      assert.match(text, /mailroom is pending-upgrade at revision \d+, left by a run that was killed: repaired/);
      await isWhole();
    });
  }

  it("[MR-53] a bare namespace of the stack that its state does not hold is recreated", async () => {
    await forget(project, ({ type }) => type !== "pulumi:pulumi:Stack");
    const { metadata } = await object<KubeObject>("namespace", project.namespace);
    const { labels, annotations } = metadata;
    await kubectl(["delete", "namespace", project.namespace]);
    const bare = { apiVersion: "v1", kind: "Namespace", metadata: { name: project.namespace, labels, annotations } };
    await kubectl(["create", "-f", "-"], JSON.stringify(bare));
    const { text } = succeeded(await up());
    assert.match(text, /removed half-made namespace/);
    await isWhole();
    assert.deepEqual(api.refused, []);
  });
});
