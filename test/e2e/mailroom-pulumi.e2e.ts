import { strict as assert } from "node:assert";
import { changes, failed, succeeded } from "../support/changes";
import { helmRecords, kubectl, livePods, object, objects, settled, snapshot } from "../support/e2e-cluster";
import { accountSecret, useMailServer } from "../support/mailroom/mail-server";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/** Plain `pulumi`, as typed, with the policy pack; and what a stack refuses because of what it finds in the cluster. */

const account = { jmap_token: "a-token", carddav_username: "owner@example.com", carddav_password: "a-password" };

describe("a stack run with plain pulumi", () => {
  let project: TestProject;
  let post: string;
  const pack = ["--policy-pack", "policy/hardened-policy", "--non-interactive"];
  const config = async (change: (config: Tree) => void): Promise<void> => project.mailroom((_, all) => change(all));

  before(async () => {
    project = await testProject("pulumi");
    post = await useMailServer(project, account, { from: "existing", secretName: "kept-by-someone" });
  });
  after(async () => {
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", post ?? "none"]);
    await project?.remove();
  });

  it("`stack init` and `stack select` know the stack", async () => {
    succeeded(await project.pulumi(["stack", "init", project.stack, "--non-interactive"]));
    succeeded(await project.pulumi(["stack", "select", project.stack, "--non-interactive"]));
    assert.match((await project.pulumi(["stack", "ls"])).stdout, new RegExp(project.stack));
  });

  it("a Secret someone else keeps that does not exist is named with its namespace and keys at preview", async () => {
    const said = failed(await project.pulumi(["preview", ...pack]));
    const keys = "MAILROOM_JMAP_TOKEN, MAILROOM_CARDDAV_USERNAME, MAILROOM_CARDDAV_PASSWORD";
    assert.ok(said.includes(`Secret ${project.namespace}/kept-by-someone does not exist`) && said.includes(keys), said);
  });

  it("a namespace of nobody is refused, with how to hand it over; one of another stack with that stack's name", async () => {
    await kubectl(["create", "namespace", project.namespace]);
    const state = await settled([project.namespace]);
    const nobodys = failed(await project.hardened(["up"]));
    assert.match(nobodys, /was not made by this program/);
    assert.match(nobodys, new RegExp(`kubectl annotate namespace ${project.namespace} hardened\\.pulumi/stack=`));
    assert.deepEqual(await snapshot([project.namespace]), state);
    await kubectl(["annotate", "namespace", project.namespace, "hardened.pulumi/stack=hardened/other"]);
    assert.match(failed(await project.hardened(["preview"])), /belongs to the stack hardened\/other/);
  });

  it("once handed over, keys the Secret lacks are named, and nothing is changed", async () => {
    const owner = `hardened.pulumi/stack=hardened/${project.stack}`;
    await kubectl(["annotate", "namespace", project.namespace, owner, "--overwrite"]);
    const { jmap_token } = account;
    await kubectl(
      ["apply", "-f", "-"],
      JSON.stringify(accountSecret("kept-by-someone", project.namespace, { jmap_token })),
    );
    const state = await settled([project.namespace]);
    const said = failed(await project.hardened(["up"]));
    assert.match(said, /kept-by-someone lacks MAILROOM_CARDDAV_USERNAME, MAILROOM_CARDDAV_PASSWORD/);
    assert.deepEqual(await snapshot([project.namespace]), state);
  });

  it("[MR-51] [MR-54] `preview` and `up --yes` with the pack install from that Secret, the namespace adopted and labelled", async () => {
    await kubectl(["apply", "-f", "-"], JSON.stringify(accountSecret("kept-by-someone", project.namespace, account)));
    const { text } = succeeded(await project.pulumi(["preview", ...pack]));
    assert.match(text, /Policies:\s+✅ hardened/);
    assert.deepEqual(await objects("deployments", "-n", project.namespace), []);
    succeeded(await project.pulumi(["up", "--yes", ...pack]));
    const { metadata } = await object("namespace", project.namespace);
    assert.equal(metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    const pods = await objects("pods", "-n", project.namespace, "-l", "app.kubernetes.io/component=worker");
    assert.equal(pods.length, 1);
    const output = await project.pulumi(["stack", "output", "--json", "--stack", project.stack]);
    assert.equal((JSON.parse(output.stdout) as { mailroom: { status: string } }).mailroom.status, "deployed");
  });

  it("both command lines agree that nothing is left to do", async () => {
    succeeded(await project.pulumi(["up", "--yes", "--expect-no-changes", ...pack]));
    assert.match(succeeded(await project.hardened(["up"])).text, /^nothing changes$/m);
    assert.equal((await helmRecords(project.namespace)).length, 1);
  });

  let running: string[];
  const keep = (given: typeof account): Promise<string> =>
    kubectl(["apply", "-f", "-"], JSON.stringify(accountSecret("kept-by-someone", project.namespace, given)));
  const worker = async (): Promise<string[]> =>
    (await livePods("-n", project.namespace, "-l", "app.kubernetes.io/component=worker")).map(
      ({ metadata }) => metadata.uid,
    );

  it("[COS-19] when that Secret changes, the setup tries the new value first, and a wrong one leaves the pod as it is", async () => {
    running = await worker();
    assert.equal(running.length, 1);
    await keep({ ...account, jmap_token: "a-wrong-token" });
    assert.match(failed(await project.hardened(["up"])), /authentication failed for JMAP/);
    assert.deepEqual(await worker(), running);
  });

  it("[COS-19] a right one starts the pod again", async () => {
    await keep(account);
    assert.ok(changes(succeeded(await project.hardened(["up"]))).includes("updated Release mailroom"));
    const after = await worker();
    assert.ok(after.length === 1 && after[0] !== running[0]);
    running = after;
  });

  it("[COS-19] once; and a label of the Secret is no new value", async () => {
    await kubectl(["label", "secret", "kept-by-someone", "-n", project.namespace, "of=no-account"]);
    assert.match(succeeded(await project.hardened(["up"])).text, /^nothing changes$/m);
    assert.deepEqual(await worker(), running);
  });

  it("[MR-54] the pack refuses at `pulumi up` too, before anything changes", async () => {
    const library = "charts/hardened/templates/_security.tpl";
    project.edit(library, (text) => text.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"));
    const state = await settled([project.namespace]);
    const { code, text } = await project.pulumi(["up", "--yes", ...pack]);
    assert.notEqual(code, 0);
    for (const part of [`Deployment ${project.namespace}/mailroom`, '"mailroom"', "readOnlyRootFilesystem"]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.deepEqual(await snapshot([project.namespace]), state);
    project.edit(library, (text) => text.replace("readOnlyRootFilesystem: false", "readOnlyRootFilesystem: true"));
  });

  it("a cluster the stack was not made for is refused: by context, and by UID", async () => {
    const state = await settled([project.namespace]);
    let cluster: unknown;
    await config((all) => {
      cluster = all["hardened:cluster"];
      all["hardened:cluster"] = { context: "somewhere-else" };
    });
    const context = failed(await project.hardened(["up"]));
    assert.match(context, /context "somewhere-else", which your kubeconfig does not have \(it has: hardened/);
    await config((all) => {
      all["hardened:cluster"] = { ...(cluster as object), uid: "00000000-0000-4000-8000-000000000000" };
    });
    const uid = failed(await project.pulumi(["preview", ...pack]));
    const { metadata } = await object("namespace", "kube-system");
    assert.ok(uid.includes(`kube-system has UID ${metadata.uid}`), uid);
    await config((all) => {
      all["hardened:cluster"] = { ...(cluster as object), uid: metadata.uid };
    });
    succeeded(await project.hardened(["preview"]));
    assert.deepEqual(await snapshot([project.namespace]), state);
  });

  it("`doctor` finds all well, and says what is not and its fix with exit code 1", async () => {
    const well = succeeded(await project.hardened(["doctor"]));
    assert.match(well.stdout, /namespace \S+: enforces restricted/);
    assert.doesNotMatch(well.stdout, /✖/);
    await kubectl(["label", "namespace", project.namespace, "pod-security.kubernetes.io/enforce-"]);
    const unwell = await project.hardened(["doctor"]);
    assert.equal(unwell.code, 1, unwell.text);
    assert.match(
      unwell.stdout,
      new RegExp(`✖ namespace ${project.namespace}: enforces nothing\\s+fix: bin/hardened up`),
    );
    const status = succeeded(await project.hardened(["status", "--json"]));
    assert.equal((JSON.parse(status.stdout) as { healthy: boolean }[])[0]?.healthy, true);
  });

  it("[MR-17] [MR-49] `up` puts the label back; `destroy --yes` removes all the stack made", async () => {
    succeeded(await project.pulumi(["up", "--yes", ...pack]));
    const { metadata } = await object("namespace", project.namespace);
    assert.equal(metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    succeeded(await project.pulumi(["destroy", "--yes", "--non-interactive"]));
    const left = await objects("namespaces");
    assert.ok(!left.some((one) => one.metadata.name === project.namespace));
  });
});
