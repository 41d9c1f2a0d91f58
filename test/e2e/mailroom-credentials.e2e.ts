import { strict as assert } from "node:assert";
import { canary, found, searchFiles, watchArguments } from "../support/canaries";
import { changes, failed, succeeded } from "../support/changes";
import { helmRecords, kubectl, objects } from "../support/e2e-cluster";
import { friend, mail } from "../support/mailroom/mail-account";
import { useMailServer } from "../support/mailroom/mail-server";
import { type TestProject, testProject } from "../support/test-project";

/** Credentials from the stack's secret configuration: told apart when wrong, and nowhere but where they belong. */

const account = {
  jmap_token: canary("token"),
  carddav_username: `${canary("user")}@example.com`,
  carddav_password: canary("password"),
};
const wrong = { token: canary("wrong-token"), password: canary("wrong-password") };
const all = [...Object.values(account), ...Object.values(wrong)];

describe("mailroom's credentials", () => {
  let project: TestProject;
  let post: string;
  let processes: ReturnType<typeof watchArguments>;
  const worker = async (): Promise<string[]> =>
    (await objects("pods", "-n", project.namespace, "-l", "app.kubernetes.io/component=worker")).map(
      ({ metadata }) => metadata.uid,
    );
  /** Everything of a namespace but its Secrets, with every log, as text. */
  const visible = async (namespace: string): Promise<string> => {
    const kinds = "all,configmaps,events,serviceaccounts,networkpolicies,resourcequotas,limitranges";
    const texts = [await kubectl(["get", kinds, "-n", namespace, "-o", "json"])];
    for (const { metadata } of await objects("pods", "-n", namespace)) {
      texts.push(await kubectl(["logs", metadata.name, "-n", namespace, "--all-containers"]));
    }
    return texts.join("\n");
  };
  const secretsHolding = async (value: string): Promise<string[]> =>
    (await objects("secrets", "-n", project.namespace))
      .filter(({ data }) => Object.values(data ?? {}).some((text) => found([value], atob(text)).length > 0))
      .map(({ metadata }) => metadata.name);

  before(async () => {
    processes = watchArguments(all);
    project = await testProject("credentials");
    post = await useMailServer(project, account);
  });
  after(async () => {
    processes?.stop();
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", post ?? "none"]);
    await project?.remove();
  });

  it("[MR-52] a preview shows them as secret", async () => {
    const args = ["preview", "--diff", "--non-interactive", "--stack", project.stack];
    const { text } = succeeded(await project.pulumi([...args, "--policy-pack", "policy/hardened-policy"]));
    assert.match(text, /^ +(data|stringData) +: \[secret\]$/m);
    assert.deepEqual(found(all, text), []);
  });

  it("[MR-25] [MR-41] the right ones log in to mail and contacts, and sort", async () => {
    succeeded(await project.hardened(["up"]));
    await mail(post).deliver(friend, "with the right credentials");
    assert.equal(await mail(post).sorted("with the right credentials"), "Inbox/Person");
  });

  it("[MR-43] a wrong token is told as such, without printing it, and the running copy stays", async () => {
    const before = await worker();
    await project.credentials({ jmap_token: wrong.token });
    const said = failed(await project.hardened(["up"]));
    assert.match(said, /exit code 3/);
    assert.match(said, /authentication failed for JMAP/);
    assert.doesNotMatch(said, /authentication failed for CardDAV/);
    assert.deepEqual(found(all, said), []);
    assert.deepEqual(await worker(), before);
  });

  it("[MR-43] so is a wrong app password", async () => {
    const before = await worker();
    await project.credentials({ jmap_token: account.jmap_token, carddav_password: wrong.password });
    const said = failed(await project.hardened(["up"]));
    assert.match(said, /authentication failed for CardDAV/);
    assert.doesNotMatch(said, /authentication failed for JMAP/);
    assert.deepEqual(found(all, said), []);
    assert.deepEqual(await worker(), before);
  });

  it("with the right one back, `up` goes on by itself, and what the failures left is gone", async () => {
    await project.credentials({ carddav_password: account.carddav_password });
    const done = changes(succeeded(await project.hardened(["up"])));
    assert.ok(done.includes("updated Release mailroom"), done.join("\n"));
    assert.equal((await objects("jobs", "-n", project.namespace)).length, 1);
    const own = await objects("secrets", "-n", project.namespace, "-l", "app.kubernetes.io/name=mailroom");
    assert.equal(own.length, 1);
  });

  it("[MR-52] in the cluster each is in one Secret and nowhere else: no ConfigMap, event, log, Helm record", async () => {
    for (const value of Object.values(account)) {
      const holding = await secretsHolding(value);
      assert.equal(holding.length, 1, `Secrets that hold it: ${holding.join(", ")}`);
      assert.match(holding[0] ?? "", /^mailroom-credentials-/);
    }
    for (const value of Object.values(wrong)) assert.deepEqual(await secretsHolding(value), []);
    const records = await helmRecords(project.namespace);
    assert.ok(records.length > 0 && records.every(({ text }) => text.includes('"manifest"')), "records were opened");
    assert.deepEqual(found(all, records.map(({ text }) => text).join("\n")), []);
    for (const namespace of [project.namespace, post]) {
      const text = await visible(namespace);
      assert.match(text, /polling|mail and contacts on/, "logs were read");
      assert.deepEqual(found(all, text), []);
    }
  });

  it("[MR-52] on this machine they are in no file, state and history included, in no output and in no process's arguments", async () => {
    const diff = await project.hardened(["diff"]);
    assert.deepEqual(found(all, diff.text), []);
    succeeded(await project.hardened(["preview", "--json"]));
    succeeded(await project.hardened(["destroy"]));
    const secrets = [...all, project.env.PULUMI_CONFIG_PASSPHRASE as string];
    const { read, holding } = searchFiles(secrets, project.root);
    assert.ok(read > 100, `${read} files were read`);
    assert.deepEqual(holding, []);
    assert.deepEqual(found(secrets, project.printed.join("\n")), []);
    const watched = processes.stop();
    assert.ok(watched.processes > 50, `${watched.processes} processes were seen`);
    assert.deepEqual(watched.holding, []);
    const state = await project.pulumi(["stack", "history", "--stack", project.stack, "--json"]);
    assert.ok((JSON.parse(state.stdout) as unknown[]).length >= 4, "the backend kept every run");
  });
});
