import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registryName } from "../../cluster/local/addresses";
import { kubectl } from "../../cluster/local/api";
import { clusterDown } from "../../cluster/local/down";
import { imageLockFile } from "../../cluster/local/images";
import { instanceOf } from "../../cluster/local/names";
import { clusterUp } from "../../cluster/local/up";
import { charts, render } from "../charts/support/helm";
import { helmOn } from "../support/helm-on-cluster";

/** The chart as someone without Pulumi uses it: Helm, a cluster, a values file. */

const name = "e2e-chart";
const instance = instanceOf(name);
const lines: string[] = [];
const log = (line: string): void => void lines.push(line);
const k = (...args: string[]): Promise<string> => kubectl(instance, args);
const inPost = (...args: string[]): Promise<string> => k("-n", "post", ...args);

const secrets = {
  jmap_token: "token-of-the-owner",
  carddav_username: "owner@example.com",
  carddav_password: "password-of-the-owner",
};
const server = "http://mail-server.mail.svc:8080";
const helm = helmOn(instance);
let images: Record<string, string>;

/** Values of a good release, with changes. */
const values = (changes: { config?: object; secrets?: object; setup?: object; image?: object } = {}) => ({
  image: {
    repository: `${registryName}/mailroom`,
    tag: "",
    digest: images[`${registryName}/mailroom`],
    pullPolicy: "IfNotPresent",
    ...changes.image,
  },
  secrets: { ...secrets, ...changes.secrets },
  config: {
    polling: { interval: 2, debounce_seconds: 0 },
    fastmail: { jmap_url: `${server}/jmap/session`, carddav_url: `${server}/` },
    ...changes.config,
  },
  setup: changes.setup ?? {},
});
const release = (command: "install" | "upgrade", given: object) =>
  helm([command, "mailroom", join(charts, "mailroom"), "-n", "post", "-f", "-", "--wait", "--timeout", "60s"], given);

/** What must not change while a setup fails. */
const running = async (): Promise<unknown> => {
  const { items } = JSON.parse(await inPost("get", "deployment,configmap,secret,pod", "-l", "!job-name", "-o", "json"));
  return (items as { kind: string; metadata: { name: string; uid: string; generation?: number }; spec?: unknown }[])
    .filter(({ metadata }) => !metadata.name.startsWith("sh.helm.release") && metadata.name !== "kube-root-ca.crt")
    .map(({ kind, metadata, spec }) => [kind, metadata.name, metadata.uid, metadata.generation, JSON.stringify(spec)]);
};
const setupPods = async (): Promise<string[]> =>
  (await inPost("get", "pods", "-l", "job-name=mailroom-setup", "-o", "name")).split("\n").filter(Boolean);

describe("charts/mailroom with Helm alone, on a cluster", function () {
  this.timeout(300_000);

  before(async () => {
    await clusterUp({ name, systems: ["mailroom"], log });
    images = JSON.parse(readFileSync(imageLockFile, "utf8"));
    for (const namespace of ["mail", "post"]) {
      await k("create", "namespace", namespace);
      await k("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
    }
    const account = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "account", namespace: "mail" },
      stringData: {
        MAILROOM_JMAP_TOKEN: secrets.jmap_token,
        MAILROOM_CARDDAV_USERNAME: secrets.carddav_username,
        MAILROOM_CARDDAV_PASSWORD: secrets.carddav_password,
      },
    };
    await kubectl(instance, ["apply", "-f", "-"], JSON.stringify(account));
    const image = { repository: `${registryName}/mail-server`, digest: images[`${registryName}/mail-server`] };
    const args = [
      "install",
      "mail-server",
      join(charts, "mail-server"),
      "-n",
      "mail",
      "-f",
      "-",
      "--wait",
      "--timeout",
      "60s",
    ];
    const { code, stderr } = await helm(args, { image, existingSecret: "account" });
    assert.equal(code, 0, stderr);
  });
  after(() => clusterDown({ name, log }));

  it("[MR-33] [MR-34] both pods pass admission as Pods of a restricted namespace; [MR-18] one without contexts is refused with all four reasons", async () => {
    const workloads = (await render({ values: values() })).filter(
      ({ kind }) => kind === "Deployment" || kind === "Job",
    );
    assert.equal(workloads.length, 2);
    for (const { kind, spec } of workloads) {
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `probe-${kind.toLowerCase()}`, namespace: "post" },
        spec: spec.template.spec,
      };
      const answer = await kubectl(instance, ["create", "--dry-run=server", "-f", "-"], JSON.stringify(pod));
      assert.match(answer, /created \(server dry run\)/);
    }
    await assert.rejects(inPost("run", "x", "--image=busybox", "--dry-run=server"), (error: Error) =>
      ["allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile"].every((reason) =>
        error.message.includes(reason),
      ),
    );
  });

  it("[MR-25] [MR-40] [MR-42] [MR-44] the first install stops within seconds at an account that lacks mailboxes, and says which", async () => {
    const { code, stderr, seconds } = await release("install", values());
    assert.notEqual(code, 0);
    assert.match(stderr, /job mailroom-setup failed: BackoffLimitExceeded/);
    assert.ok(seconds < 45, `${seconds} s`);
    assert.equal((await setupPods()).length, 1);
    const said = await inPost("logs", "job/mailroom-setup");
    assert.match(said, /missing mailboxes \(6\): Feed, Paper Trail, Jail/);
    assert.match(said, /setup\.apply: true/);
    assert.equal((await inPost("get", "deployment", "-o", "name")).trim(), "");
  });

  it("[MR-41] [MR-44] the command of the notes, in apply mode, creates what is missing and brings the service up", async () => {
    const { code, stderr, stdout } = await release("upgrade", values({ setup: { apply: true } }));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /apply mode: missing mailboxes and contact groups were provisioned/);
    assert.deepEqual(await setupPods(), []);
    assert.equal((await inPost("get", "configmap,secret", "-o", "name")).match(/setup/), null);
    const said = await inPost("logs", "deploy/mailroom");
    assert.match(said, /message sorted/);
    assert.doesNotMatch(said, /Read-only file system|Config file not found/);
  });

  it("[MR-40] a setup that fails on upgrade leaves everything that runs as it was", async () => {
    const before = await running();
    const { code } = await release("upgrade", values({ config: { triage: { categories: ["Feed", "Brand New"] } } }));
    assert.notEqual(code, 0);
    assert.match(await inPost("logs", "job/mailroom-setup"), /missing mailboxes .*Brand New/);
    assert.deepEqual(await running(), before);
  });

  it("[MR-43] the setup logs in with the new credentials, and repeats none of them", async () => {
    const before = await running();
    const { code, stdout, stderr } = await release(
      "upgrade",
      values({ secrets: { jmap_token: "a-token-nobody-knows" } }),
    );
    assert.notEqual(code, 0);
    const said = await inPost("logs", "job/mailroom-setup");
    assert.match(said, /authentication failed for JMAP/);
    assert.doesNotMatch(said + stdout + stderr, /a-token-nobody-knows/);
    assert.equal((await setupPods()).length, 1);
    assert.deepEqual(await running(), before);
  });

  it("[MR-44] the next attempt starts afresh, and an edited configuration restarts the pod", async () => {
    const pod = await inPost("get", "pods", "-l", "app.kubernetes.io/component=worker", "-o", "name");
    const { code, stderr } = await release("upgrade", values({ config: { logging: { level: "debug" } } }));
    assert.equal(code, 0, stderr);
    assert.notEqual(await inPost("get", "pods", "-l", "app.kubernetes.io/component=worker", "-o", "name"), pod);
    assert.match(await inPost("get", "configmap", "mailroom-config", "-o", "yaml"), /level: debug/);
  });

  it("[MR-49] rolls back, and uninstalls without a trace", async () => {
    const back = await helm(["rollback", "mailroom", "2", "-n", "post", "--wait", "--timeout", "60s"]);
    assert.equal(back.code, 0, back.stderr);
    assert.match(await inPost("get", "configmap", "mailroom-config", "-o", "yaml"), /level: info/);
    const gone = await helm(["uninstall", "mailroom", "-n", "post", "--wait", "--timeout", "60s"]);
    assert.equal(gone.code, 0, gone.stderr);
    await inPost("wait", "--for=delete", "pod", "--all", "--timeout=90s");
    const left = (await inPost("get", "all,configmap,secret,networkpolicy", "-o", "name")).split("\n").filter(Boolean);
    assert.deepEqual(left, ["configmap/kube-root-ca.crt"]);
  });
});
