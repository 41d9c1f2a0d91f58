import { strict as assert } from "node:assert";
import { changes, failed, succeeded } from "../support/changes";
import { helmRecords, type KubeObject, kubectl, objects } from "../support/e2e-cluster";
import { friend, mail } from "../support/mailroom/mail-account";
import type { Result } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/** A setup that fails: on the first install, and beside a running copy, which must not notice. */

interface Job extends KubeObject {
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly lastTransitionTime: string }[] };
}

interface Container {
  readonly envFrom: readonly [{ readonly secretRef: { readonly name: string } }];
}
interface Volume {
  readonly configMap: { readonly name: string };
}

describe("mailroom's setup, when it fails", () => {
  let project: TestProject;
  const list = (kinds: string, ...more: string[]): Promise<KubeObject[]> =>
    objects(kinds, "-n", project.namespace, ...more);
  const jobs = (): Promise<Job[]> => objects<Job>("jobs", "-n", project.namespace);
  const setup = (apply: boolean, categories?: readonly unknown[]): void =>
    project.mailroom((mailroom) => {
      mailroom.setup = { apply };
      if (categories) Object.assign(mailroom.config as Tree, { triage: { categories } });
    });
  /** What a running copy is made of: its pod, and the configuration and credentials that pod reads. */
  const copy = async (): Promise<string[]> => {
    const pods = await list("pods", "-l", "app.kubernetes.io/component=worker");
    const read = pods.flatMap((pod) => {
      const { containers, volumes } = (pod as KubeObject & { spec: { containers: [Container]; volumes: [Volume] } })
        .spec;
      return [`configmap/${volumes[0].configMap.name}`, `secret/${containers[0].envFrom[0].secretRef.name}`];
    });
    const state = (await kubectl(["get", "-n", project.namespace, ...read, "-o", "name"])).trim().split("\n");
    assert.deepEqual(state, read, "what the copy reads is still there");
    const [newest] = (await helmRecords(project.namespace)).filter(({ status }) => status === "deployed");
    return [...pods.map(({ metadata }) => metadata.uid), ...read, `revision ${newest?.revision}`];
  };
  /** The command ended at most that many seconds after the Job did. */
  const endedSoon = async ({ ended }: Result, seconds: number): Promise<void> => {
    const ends = (await jobs()).flatMap(({ status }) =>
      (status.conditions ?? []).filter(({ type }) => type === "Failed"),
    );
    assert.equal(ends.length, 1, "one Job failed");
    const late = (ended - Date.parse(ends[0]?.lastTransitionTime as string)) / 1000;
    assert.ok(late <= seconds, `ended ${late} s after the Job`);
  };

  before(async () => {
    project = await testProject("setup");
  });
  after(() => project?.remove());

  it("[MR-40] [MR-42] [MR-53] a first install without apply fails within 30 s of the Job and names all that is missing", async () => {
    setup(false);
    const result = await project.hardened(["up"]);
    const said = failed(result);
    assert.match(
      said,
      /missing mailboxes \(6\): Feed, Paper Trail, Jail, @MailroomError, @MailroomWarning, Inbox\/Person/,
    );
    assert.match(said, /missing contact groups \(5\): Imbox, Feed, Paper Trail, Jail, Person/);
    assert.match(said, /setup\.apply: true/);
    assert.match(said, /pod mailroom-setup-\S+, container "setup": \w+, exit code 4/);
    assert.match(said, /failed:\nJob mailroom-setup was .*\n\[BackoffLimitExceeded\] /);
    assert.equal(said.split("missing mailboxes").length, 2, "what the setup says is told once");
    await endedSoon(result, 30);
    assert.equal((await list("pods")).length, 1, "one attempt, one pod, and no service");
    assert.deepEqual(await list("deployments"), []);
  });

  it("[MR-41] [MR-44] the next `up` in apply mode goes on from there by itself: what was missing is made, the service runs", async () => {
    setup(true);
    const result = succeeded(await project.hardened(["up"]));
    const done = changes(result);
    assert.ok(done.includes("created Release mailroom"), result.text);
    assert.equal((await jobs()).length, 1, "the failed Job is gone");
    const { mailboxes, groups } = await mail(`${project.namespace}-mail`).account();
    assert.ok(mailboxes.some(({ path }) => path === "Inbox/Person"));
    assert.equal(groups.length, 5);
  });

  it("[MR-40] [MR-53] a category and a mailbox that are missing stop the rollout; the running copy keeps pod, configuration, credentials, and sorts on", async () => {
    const server = mail(`${project.namespace}-mail`);
    const before = await copy();
    await server.deleteMailbox("Jail");
    await server.deleteGroup("Jail");
    setup(false, [{ name: "Imbox", destination_mailbox: "Inbox" }, "Feed", "Jail", "Brand New", "Person"]);
    const result = await project.hardened(["up"]);
    const said = failed(result);
    assert.match(said, /missing mailboxes \(3\): Jail, Brand New, Person/);
    assert.match(said, /missing contact groups \(2\): Jail, Brand New/);
    assert.match(said, /setup\.apply: true/);
    assert.match(said, /exit code 4/);
    await endedSoon(result, 30);
    assert.deepEqual(await copy(), before);
    await server.deliver(friend, "while the setup failed");
    assert.equal(await server.sorted("while the setup failed"), "Inbox/Person");
  });

  it("[MR-44] the failed Job stays for its log, and failing again leaves no second one", async () => {
    const job = (await jobs()).find(({ status }) => status.conditions?.some(({ type }) => type === "Failed"));
    const log = await kubectl(["logs", "-n", project.namespace, `job/${job?.metadata.name}`]);
    assert.match(log, /missing mailboxes \(3\)/);
    const before = await copy();
    const result = await project.hardened(["up"]);
    assert.match(failed(result), /missing mailboxes \(3\)/);
    await endedSoon(result, 30);
    assert.deepEqual(await copy(), before);
  });

  it("[MR-41] in apply mode the same change provisions what is missing and is rolled out, and no trace of the failures is left", async () => {
    setup(true);
    succeeded(await project.hardened(["up"]));
    const { mailboxes, groups } = await mail(`${project.namespace}-mail`).account();
    for (const path of ["Jail", "Brand New", "Person"])
      assert.ok(
        mailboxes.some((box) => box.path === path),
        path,
      );
    for (const name of ["Jail", "Brand New"])
      assert.ok(
        groups.some((group) => group.name === name),
        name,
      );
    assert.equal((await jobs()).length, 1);
    assert.equal((await list("configmaps", "-l", "app.kubernetes.io/name=mailroom")).length, 1);
    assert.equal((await list("secrets", "-l", "app.kubernetes.io/name=mailroom")).length, 1);
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
  });
});
