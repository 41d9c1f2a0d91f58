import { strict as assert } from "node:assert";
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { emptyAttributes } from "../../operations/stack/empty-attributes";
import { failed, succeeded } from "../support/changes";
import { inventory, serving } from "../support/cluster/inventory";
import { helmRecords, type KubeObject, kubectl, objects } from "../support/e2e-cluster";
import { family, kill, type Moment, packsOf, victims, withPack } from "../support/interruption/kill";
import { useMailServer } from "../support/mailroom/mail-server";
import { eventually, type Result, type RunOptions, run } from "../support/run";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/**
 * What else is interrupted: `destroy`, plain `pulumi up`, a run by Ctrl-C; and what someone alive holds, which is left alone.
 * EVERY_MOMENT=1: plain `pulumi up` with each victim at each moment, and after each kill of `destroy` both commands. Else each victim, moment and command.
 */

const everyMoment = process.env.EVERY_MOMENT === "1";

const account = { jmap_token: "a-token", carddav_username: "owner@example.com", carddav_password: "a-password" };

describe("interrupted", () => {
  let project: TestProject;
  let post: string;
  let whole: string[];
  let interval = 1;
  const pack = ["--policy-pack", "policy/hardened-policy", "--non-interactive"];
  const edit = (): void =>
    project.mailroom(({ config }) => {
      (config as { polling: Tree }).polling.interval = ++interval;
    });
  const locks = (): string => join(project.root, ".state/.pulumi/locks/organization/hardened", project.stack);
  const slow = (delay_ms: number): Promise<string> => {
    const path = `/api/v1/namespaces/${post}/services/mail-server:8081/proxy/faults`;
    return kubectl(["create", "--raw", path, "-f", "-"], JSON.stringify({ delay_ms }));
  };
  const isWhole = async (): Promise<void> => {
    let now: string[] = [];
    const same = async (): Promise<boolean> => {
      now = await inventory(project.namespace);
      return now.join() === whole.join();
    };
    await eventually("one copy of everything", same, 40_000).catch(() => assert.deepEqual(now, whole));
  };
  /** Starts a run, and goes on as soon as it has printed something. */
  const begin = async (
    start: (options: RunOptions) => Promise<Result>,
    printed: RegExp,
  ): Promise<{ child: ChildProcess; prints: (words: RegExp) => Promise<true>; result: Promise<Result> }> => {
    let child: ChildProcess | undefined;
    let text = "";
    const result = start({
      onStart: (started) => {
        child = started;
        for (const stream of [started.stdout, started.stderr])
          stream?.on("data", (chunk: string) => {
            text += chunk;
          });
      },
    });
    const prints = (words: RegExp): Promise<true> =>
      eventually(`"${words}" is printed`, async () => words.test(text) || undefined);
    await prints(printed);
    return { child: child as ChildProcess, prints, result };
  };
  const jobBegins = /creating.*Job/;
  /** Runs a script in a pid namespace with a /proc of its own, as a container has, under the same host name. */
  const inContainer = (script: string, options: RunOptions = {}): Promise<Result> => {
    const args = ["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
    return run("unshare", args, { cwd: project.root, env: project.env, ...options });
  };

  before(async () => {
    project = await testProject("others");
    post = await useMailServer(project, account);
    succeeded(await project.hardened(["up"]));
    whole = await inventory(project.namespace);
  });
  after(async () => {
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", post ?? "none"]);
    await project?.remove();
  });

  it("[MR-53] Ctrl-C: the run stops with exit code 130, unlocked, nothing of it goes on; the next one converges", async () => {
    edit();
    await slow(700);
    const { child, result } = await begin(
      (options) => project.hardened(["up"], options),
      /up of stack[\s\S]*creating.*Job/,
    );
    const all = family(child.pid ?? 0).map(({ pid }) => pid);
    child.kill("SIGINT");
    const { code, text } = await result;
    assert.equal(code, 130, text);
    assert.match(text, /stopping after the step that runs now/);
    assert.deepEqual(readdirSync(locks()), []);
    await slow(0);
    assert.deepEqual(
      all.filter((pid) => family(pid).length > 0),
      [],
    );
    succeeded(await project.hardened(["up"]));
    await isWhole();
  });

  it("[MR-53] Ctrl-C twice: the run ends at once with 130; the next one converges", async () => {
    edit();
    await slow(700);
    const { child, prints, result } = await begin(
      (options) => project.hardened(["up"], options),
      /up of stack[\s\S]*creating.*Job/,
    );
    child.kill("SIGINT");
    await prints(/stopping after the step that runs now/);
    const start = Date.now();
    child.kill("SIGINT");
    assert.equal((await result).code, 130);
    assert.ok(Date.now() - start < 3000);
    await slow(0);
    succeeded(await project.hardened(["up"]));
    await isWhole();
  });

  it("[MR-53] a second `hardened up` while one runs is refused with process, user and host, and disturbs nothing", async () => {
    edit();
    await slow(3_000); // the first one is under way until it is given leave
    const { child, result } = await begin((options) => project.hardened(["up"], options), jobBegins);
    const said = failed(await project.hardened(["up"]));
    assert.ok(said.includes(`process ${child.pid} on this machine`) && said.includes(hostname()), said);
    assert.match(said, /user \w+/);
    await slow(0);
    succeeded(await result);
    await isWhole();
  });

  it("[MR-53] `hardened up` while a plain `pulumi up` runs is refused with process, user and host; that one ends well", async () => {
    edit();
    await slow(3_000); // the first one is under way until it is given leave
    const { child, result } = await begin(
      (options) => project.pulumi(["up", "--yes", "--skip-preview", "--stack", project.stack, ...pack], options),
      /mailroom-setup/,
    );
    const said = failed(await project.hardened(["up"]));
    assert.ok(said.includes(`locked by process ${child.pid} on this machine`) && said.includes(hostname()), said);
    await slow(0);
    succeeded(await result);
    await isWhole();
  });

  it("[MR-53] the same in another container that has the host's name: its pid is nobody's there, and the lock stays", async () => {
    edit();
    await slow(3_000); // the first one is under way until it is given leave
    const { result } = await begin(
      (options) => project.pulumi(["up", "--yes", "--skip-preview", "--stack", project.stack, ...pack], options),
      /mailroom-setup/,
    );
    const held = readdirSync(locks());
    const said = failed(await inContainer(`bin/hardened up --stack ${project.stack}`));
    assert.ok(said.includes(`on another container or machine that is called ${hostname()} too`), said);
    assert.ok(said.includes(join(locks(), held.find((name) => name.endsWith(".json")) ?? "")), said);
    assert.deepEqual(readdirSync(locks()), held);
    await slow(0);
    succeeded(await result);
    await isWhole();
  });

  it("[MR-53] a run killed in a container leaves no lock that the next one there does not take away", async () => {
    edit();
    await slow(700);
    const up = `bin/hardened up --stack ${project.stack}`;
    const moment = { name: "when the Job begins", after: /up of stack[\s\S]*creating.*Job/ };
    const { hit, result } = await kill((options) => inContainer(`${up}; ${up}`, options), "engine", moment);
    assert.ok(hit, "killed before it ended");
    await slow(0);
    assert.match(succeeded(result).text, /the stack was locked by a run that was killed \(process \d+\): unlocked/);
    await isWhole();
  });

  it("a lock of another host is not touched, and the error says what to do", async () => {
    const lock = { pid: 1, username: "someone", hostname: "elsewhere", timestamp: new Date().toISOString() };
    const file = join(locks(), "elsewhere.json");
    writeFileSync(file, JSON.stringify(lock));
    assert.match(failed(await project.hardened(["up"])), /on elsewhere \(user someone.*pulumi cancel/);
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), lock);
    succeeded(await project.pulumi(["cancel", "--yes", "--stack", project.stack]));
  });

  it("a release that a person's Helm has pending is named and left alone", async () => {
    const newest = (await helmRecords(project.namespace))[0]?.revision;
    const [name, own] = [`sh.helm.release.v1.mailroom.v${newest}`, "-n"];
    const { data, metadata } = JSON.parse(await kubectl(["get", "secret", name, own, project.namespace, "-o", "json"]));
    const record = {
      apiVersion: "v1",
      kind: "Secret",
      type: "helm.sh/release.v1",
      metadata: {
        name: `sh.helm.release.v1.mailroom.v${(newest ?? 0) + 1}`,
        namespace: project.namespace,
        labels: { ...metadata.labels, status: "pending-upgrade", version: String((newest ?? 0) + 1) },
      },
      data,
    };
    await kubectl(["create", "--field-manager=Helm", "-f", "-"], JSON.stringify(record));
    edit();
    const said = failed(await project.hardened(["up"]));
    assert.match(said, /mailroom is pending-upgrade at revision \d+, written by Helm: wait until that has ended, or/);
    assert.equal((await helmRecords(project.namespace))[0]?.status, "pending-upgrade");
    await kubectl(["delete", "secret", record.metadata.name, own, project.namespace]);
    succeeded(await project.hardened(["up"]));
    await isWhole();
  });

  it("[MR-40] [MR-53] a setup that neither succeeds nor fails is stopped at its deadline; the version before serves on", async () => {
    const program = "systems/mailroom/component.ts";
    project.edit(program, (text) => text.replace('component: "setup",', 'component: "setup", deadlineSeconds: 6,'));
    const before = await serving(project.namespace);
    edit();
    await slow(60_000);
    assert.match(failed(await project.hardened(["up"])), /DeadlineExceeded/);
    const active = async (): Promise<unknown[]> =>
      (await objects<KubeObject & { status: { active?: number } }>("jobs", "-n", project.namespace)).filter(
        ({ status }) => status.active,
      );
    assert.deepEqual(await active(), [], "no Job goes on");
    assert.deepEqual(await serving(project.namespace), before);
    await slow(0);
    project.edit(program, (text) => text.replace(" deadlineSeconds: 6,", ""));
    succeeded(await project.hardened(["up"]));
    await isWhole();
  });

  const releaseIsPending = async (): Promise<boolean> =>
    (await helmRecords(project.namespace).catch(() => []))[0]?.status.startsWith("pending-") === true;
  // Plain Pulumi cannot read a state that was being written; `hardened up` can, which a test below has.
  const unless = (): boolean => emptyAttributes(join(project.root, ".state")).length > 0;
  const plain: readonly Moment[] = [
    { name: "when the Job begins", after: /Job mailroom-setup/, unless },
    { name: "while the release is pending", after: /Release mailroom/, when: releaseIsPending, unless },
  ];
  for (const [n, victim] of (everyMoment ? [...victims, ...victims] : victims).entries()) {
    const moment = plain[n % plain.length] as Moment;
    it(`[MR-53] plain \`pulumi up\`, ${victim} killed ${moment.name}: \`pulumi cancel\`, then \`pulumi up\` converges`, async () => {
      edit();
      await slow(100);
      const up = ["up", "--yes", "--skip-preview", "--stack", project.stack, ...pack];
      const { hit } = await kill((options) => project.pulumi(up, options), victim, withPack(project.root, moment));
      assert.ok(hit, "killed before it ended");
      await eventually("the policy pack has ended", async () => packsOf(project.root).length === 0);
      succeeded(await project.pulumi(["cancel", "--yes", "--stack", project.stack]));
      succeeded(await project.pulumi(up));
      await isWhole();
    });
  }

  it("what was deleted and nobody noted, as when a provider is killed: `up` recreates it, `destroy` goes on", async () => {
    const remove = async (): Promise<void> => {
      await kubectl(["delete", "secret", "-n", project.namespace, "-l", "owner=helm,name=mailroom"]);
      await kubectl(["delete", "deployment,networkpolicy", "--all", "-n", project.namespace]);
    };
    await remove();
    const { text } = succeeded(await project.hardened(["up"]));
    assert.match(text, /asking the cluster about 4 objects/);
    await isWhole();
    await remove();
    succeeded(await project.hardened(["destroy"]));
    succeeded(await project.hardened(["up"]));
    await isWhole();
  });

  it("[MR-53] Pulumi killed between making a file and writing it, after which it reads its own state no more", async () => {
    writeFileSync(join(project.root, ".state/.pulumi/stacks/hardened", `${project.stack}.json.attrs`), "");
    assert.match(failed(await project.pulumi(["stack", "export", "--stack", project.stack])), /EOF/);
    succeeded(await project.hardened(["up"]));
    succeeded(await project.pulumi(["stack", "export", "--stack", project.stack]));
    await isWhole();
  });

  const destroying: readonly Moment[] = [
    { name: "as it begins", after: /deleting/ },
    { name: "while the release is uninstalled", after: /deleting +Release/, delay: 100 },
    { name: "after the release", after: /deleted +Release/ },
    { name: "while the namespace goes", after: /deleting +Namespace/, delay: 500 },
  ];
  for (const [n, moment] of destroying.entries()) {
    const victim = victims[n % victims.length] as (typeof victims)[number];
    for (const next of everyMoment ? ["up", "destroy"] : [n % 2 === 0 ? "up" : "destroy"])
      it(`\`destroy\`, ${victim} killed ${moment.name}: the next \`${next}\` works`, async () => {
        await kill((options) => project.hardened(["destroy"], options), victim, moment);
        if (next === "destroy") {
          succeeded(await project.hardened(["destroy"]));
          const left = (await objects("namespaces")).filter(({ metadata }) => metadata.name === project.namespace);
          assert.deepEqual(left, []);
        }
        succeeded(await project.hardened(["up"]));
        await isWhole();
      });
  }
});
