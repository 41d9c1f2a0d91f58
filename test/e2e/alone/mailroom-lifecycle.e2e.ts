import { strict as assert } from "node:assert";
import { join } from "node:path";
import { load } from "js-yaml";
import { changes, failed, succeeded } from "../../support/changes";
import {
  clusterWide,
  helmRecords,
  type KubeObject,
  kubectl,
  livePods,
  object,
  objects,
  settled,
  snapshot,
} from "../../support/e2e-cluster";
import { friend, mail, shop } from "../../support/mailroom/mail-account";
import { relabelledImage } from "../../support/mailroom/relabelled-image";
import { type TestProject, type Tree, testProject } from "../../support/test-project";

/** One stack from the first install to the last object gone: what each edit changes, and what it leaves alone. */

interface Pod extends KubeObject {
  readonly spec: { readonly containers: readonly { readonly image: string }[] } & Tree;
}
interface Workload extends KubeObject {
  readonly spec: { readonly template: { readonly spec: Tree } };
}

describe("mailroom, from the first install to the last", () => {
  let project: TestProject;
  let untouched: string[];
  const pod = async (): Promise<Pod> => {
    const pods = await livePods<Pod>("-n", project.namespace, "-l", "app.kubernetes.io/component=worker");
    assert.equal(pods.length, 1, "one copy runs");
    return pods[0] as Pod;
  };
  const deployment = (): Promise<Workload> => object<Workload>("deployment", "mailroom", "-n", project.namespace);
  const revision = async (): Promise<number> => (await helmRecords(project.namespace))[0]?.revision ?? 0;
  const namespace = (): Promise<KubeObject> => object("namespace", project.namespace);
  const setupAndRelease = [
    "created new Job mailroom-setup",
    "deleted old Job mailroom-setup",
    "updated Release mailroom",
  ];

  before(async () => {
    project = await testProject("lifecycle");
    untouched = await clusterWide(project.namespaces);
    project.mailroom((mailroom) => {
      mailroom.credentials = { from: "config" };
    });
    await project.credentials({
      jmap_token: "12345",
      carddav_username: "owner@example.com",
      carddav_password: "password-of-the-owner",
    });
  });
  after(() => project?.remove());

  it("[MR-51] [MR-41] the first `up` on an empty cluster passes the setup and sorts messages", async () => {
    const result = succeeded(await project.hardened(["up"]));
    assert.match(result.text, /policy: no violations/);
    const done = changes(result);
    assert.ok(done.includes("created Job mailroom-setup") && done.includes("created Release mailroom"), result.text);
    const order = ["Namespace mailroom", "Secret mailroom-credentials", "Job mailroom-setup", "Release mailroom"];
    const created = order.map((what) => result.text.lastIndexOf(`  created      ${what}`));
    assert.deepEqual(
      created,
      [...created].sort((a, b) => a - b),
      "namespace, then credentials, setup, release",
    );
    const server = mail(`${project.namespace}-mail`);
    await server.deliver(friend, "first of a friend");
    await server.deliver(shop, "first of a shop");
    assert.equal(await server.sorted("first of a friend"), "Inbox/Person");
    assert.equal(await server.sorted("first of a shop"), "Paper Trail");
  });

  it("[MR-15] [MR-16] the namespace had its six labels before the first pod, and Helm made no namespace", async () => {
    const { metadata } = await object<KubeObject & { metadata: { managedFields: { time: string }[] } }>(
      "namespace",
      project.namespace,
      "--show-managed-fields",
    );
    const security = Object.entries(metadata.labels ?? {}).filter(([key]) => key.startsWith("pod-security."));
    assert.deepEqual(Object.fromEntries(security.map(([key, value]) => [key.split("/")[1], value])), {
      enforce: "restricted",
      "enforce-version": "latest",
      warn: "restricted",
      "warn-version": "latest",
      audit: "restricted",
      "audit-version": "latest",
    });
    const pods = await objects("pods", "-n", project.namespace);
    assert.ok(pods.length >= 2, "the setup's pod and the service's");
    const labelled = metadata.managedFields.map(({ time }) => time).sort()[0] as string;
    for (const one of pods) assert.ok(labelled < one.metadata.creationTimestamp, `${one.metadata.name} came later`);
  });

  it("[MR-18] [MR-33] [MR-34] admission takes both pods as they are, and refuses one without contexts for all four reasons", async () => {
    const job = (await objects<Workload>("jobs", "-n", project.namespace))[0] as Workload;
    for (const { kind, spec } of [await deployment(), job]) {
      const probe = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `probe-${kind.toLowerCase()}`, namespace: project.namespace },
        spec: spec.template.spec,
      };
      const answer = await kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(probe));
      assert.match(answer, /created \(server dry run\)/);
    }
    const bare = kubectl(["run", "x", "-n", project.namespace, "--image=busybox", "--dry-run=server"]);
    await assert.rejects(bare, (error: Error) => {
      for (const reason of ["allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile"]) {
        assert.ok(error.message.includes(reason), `${reason} in ${error.message}`);
      }
      return true;
    });
  });

  it("[MR-20] [MR-24] [MR-27] [MR-35] [MR-52] the pod reads one ConfigMap and one Secret made beside the release", async () => {
    const { spec } = (await deployment()).spec.template as { spec: Tree & { containers: Tree[]; volumes: Tree[] } };
    const [container] = spec.containers as [{ env: unknown; envFrom: [{ secretRef: { name: string } }] }];
    const secret = await object("secret", container.envFrom[0].secretRef.name, "-n", project.namespace);
    assert.deepEqual(Object.keys(secret.data ?? {}).sort(), [
      "MAILROOM_CARDDAV_PASSWORD",
      "MAILROOM_CARDDAV_USERNAME",
      "MAILROOM_JMAP_TOKEN",
    ]);
    assert.equal(secret.type, "Opaque");
    assert.equal(atob(secret.data?.MAILROOM_JMAP_TOKEN ?? ""), "12345", "text that looks like a number stays text");
    const name = (spec.volumes[0] as { configMap: { name: string } }).configMap.name;
    const { data } = await object("configmap", name, "-n", project.namespace);
    const settings = load(data?.["config.yaml"] ?? "") as { polling: Tree; triage: { categories: unknown[] } };
    assert.equal(settings.polling.interval, 1);
    assert.deepEqual(settings.triage.categories[1], "Feed");
    assert.deepEqual(container.env, [{ name: "MAILROOM_CONFIG", value: "/app/config.yaml" }]);
    const said = await kubectl(["logs", "deployment/mailroom", "-n", project.namespace]);
    assert.match(said, /message sorted/);
    assert.doesNotMatch(said, /Read-only file system|Config file not found/);
  });

  it("nothing edited: `diff` is empty, `up` changes nothing, and no revision is added", async () => {
    const state = await settled(project.namespaces);
    const diff = succeeded(await project.hardened(["diff"]));
    assert.equal(diff.stdout, "");
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
    assert.deepEqual(await snapshot(project.namespaces), state);
  });

  it("[MR-19] an edited configuration makes a new ConfigMap, checks it, and restarts the service with it", async () => {
    const [old, last] = [await pod(), await revision()];
    project.mailroom((mailroom) => {
      Object.assign(mailroom.config as Tree, { logging: { level: "debug" } });
    });
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), [
      "created new ConfigMap mailroom-config",
      "created new Job mailroom-setup",
      "deleted old ConfigMap mailroom-config",
      "deleted old Job mailroom-setup",
      "updated Release mailroom",
    ]);
    assert.notEqual((await pod()).metadata.uid, old.metadata.uid);
    assert.equal(await revision(), last + 1);
    const configs = await objects("configmaps", "-n", project.namespace, "-l", "app.kubernetes.io/name=mailroom");
    assert.equal(configs.length, 1, "the old one is gone");
    assert.match(configs[0]?.data?.["config.yaml"] ?? "", /level: debug/);
  });

  it("an edited credential makes a new Secret and restarts what reads it", async () => {
    const old = await pod();
    await project.credentials({ jmap_token: "true" });
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), [
      "created new Job mailroom-setup",
      "created new Secret mailroom-credentials",
      "created new Secret mailroom-mail-server-account",
      "deleted old Job mailroom-setup",
      "deleted old Secret mailroom-credentials",
      "deleted old Secret mailroom-mail-server-account",
      "updated Release mailroom",
      "updated Release mailroom-mail-server",
    ]);
    assert.notEqual((await pod()).metadata.uid, old.metadata.uid);
  });

  it("an edited image is run by the setup and by the service", async () => {
    const digest = await relabelledImage(`made for ${project.namespace}`, project.namespace);
    project.mailroom((mailroom) => {
      Object.assign(mailroom.image as Tree, { digest });
    });
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), setupAndRelease);
    const job = (await objects<Workload>("jobs", "-n", project.namespace))[0] as Workload;
    for (const { spec } of [await pod(), job.spec.template as Workload["spec"]["template"] & { spec: Pod["spec"] }]) {
      assert.ok(spec.containers[0]?.image.endsWith(`@${digest}`), "both run the same image");
    }
  });

  it("an edited template is seen, shown by `diff` and rolled out, without running the setup again", async () => {
    const template = "charts/mailroom/templates/deployment.yaml";
    project.edit(template, (text) => text.replace('Seconds" 60', 'Seconds" 61'));
    const diff = await project.hardened(["diff"]);
    assert.equal(diff.code, 2, diff.text);
    assert.match(diff.stdout, /^- +terminationGracePeriodSeconds: 60\n\+ +terminationGracePeriodSeconds: 61$/m);
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), ["updated Release mailroom"]);
    assert.equal((await pod()).spec.terminationGracePeriodSeconds, 61);
  });

  it("[MR-17] a label removed by hand is named and put back by the next `up`, and then nothing is left to do", async () => {
    const label = "pod-security.kubernetes.io/warn";
    await kubectl(["label", "namespace", project.namespace, `${label}-`]);
    const result = succeeded(await project.hardened(["up"]));
    assert.match(result.text, new RegExp(`namespace ${project.namespace}: puts back ${label}`));
    assert.deepEqual(changes(result), ["updated Namespace mailroom"]);
    assert.equal((await namespace()).metadata.labels?.[label], "restricted");
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
  });

  it("[MR-54] a template that weakens the security context is refused with object, container, field and file; nothing changes", async () => {
    const state = await settled(project.namespaces);
    const library = "charts/hardened/templates/_security.tpl";
    project.edit(library, (text) => text.replace("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"));
    const said = failed(await project.hardened(["up"]));
    assert.ok(
      said.includes(
        `Deployment ${project.namespace}/mailroom, container "mailroom": securityContext.allowPrivilegeEscalation must be false, got true (mailroom/templates/deployment.yaml:`,
      ),
      said,
    );
    assert.match(said, /; set securityContext\.allowPrivilegeEscalation: false$/m);
    assert.match(said, /nothing was changed/);
    assert.deepEqual(await snapshot(project.namespaces), state);
    project.edit(library, (text) => text.replace("allowPrivilegeEscalation: true", "allowPrivilegeEscalation: false"));
  });

  it("[MR-54] a chart that does not render is refused, with the template and the reason", async () => {
    const state = await settled(project.namespaces);
    const template = "charts/mailroom/templates/deployment.yaml";
    project.edit(template, (text) => text.replace("kind: Deployment", 'kind: {{ fail "broken on purpose" }}'));
    const said = failed(await project.hardened(["up"]));
    assert.match(said, /release-renders/);
    assert.match(said, /broken on purpose/);
    assert.match(said, /templates\/deployment\.yaml/);
    assert.deepEqual(await snapshot(project.namespaces), state);
    project.edit(template, (text) => text.replace('kind: {{ fail "broken on purpose" }}', "kind: Deployment"));
  });

  it("[MR-54] a release whose values are not known before deployment is refused, with the value's path", async () => {
    const program = "systems/mailroom/component.ts";
    const known = "const chartValues = names.apply((all) => values(config, all, podAnnotations))";
    const unknown = `const chartValues = setup.job.status.startTime.apply((time) => ({ ...values(config, { secretName: "a", configMapName: "b" }), chartDigest: time }))`;
    project.edit(program, (text) => text.replace(known, unknown));
    project.mailroom((mailroom) => {
      Object.assign(mailroom.config as Tree, { logging: { level: "info" } });
    });
    const said = failed(await project.hardened(["preview"]));
    assert.match(said, /unknown until deployment/);
    project.edit(program, (text) => text.replace(unknown, known));
  });

  it("`destroy` of a stack with a protected namespace touches nothing, and says how to unprotect it", async () => {
    const before = await settled(project.namespaces);
    const held = async (): Promise<unknown> =>
      (await project.pulumi(["stack", "export", "--stack", project.stack])).stdout;
    const urn = /urn:pulumi:[^"]*kubernetes:core\/v1:Namespace::[^"]*/.exec(String(await held()))?.[0] ?? "";
    succeeded(await project.pulumi(["state", "protect", urn, "--yes", "--stack", project.stack]));
    const state = await held();
    const said = failed(await project.hardened(["destroy"]));
    assert.ok(said.includes(`has protected resources; nothing was deleted:\n  ${urn}\n`), said);
    assert.deepEqual(await snapshot(project.namespaces), before);
    assert.equal(await held(), state);
    const [, command = ""] = /pulumi (state unprotect .*)/.exec(said) ?? [];
    succeeded(await project.pulumi(command.split(" ")));
  });

  it("`destroy` touches nothing when another cluster is behind the context", async () => {
    const before = await settled(project.namespaces);
    const declare = (uid: object): void =>
      project.mailroom((_, config) => {
        const { context } = config["hardened:cluster"] as Tree;
        config["hardened:cluster"] = { context, ...uid };
      });
    declare({ uid: "00000000-0000-4000-8000-000000000000" });
    assert.match(failed(await project.hardened(["destroy"])), /is not the one this stack was made for/);
    assert.deepEqual(await snapshot(project.namespaces), before);
    declare({});
  });

  it("[MR-49] `destroy` leaves nothing of the stack in the cluster, in the state, and may be repeated", async () => {
    succeeded(await project.hardened(["destroy"]));
    assert.deepEqual(await clusterWide(project.namespaces), untouched);
    const state = await project.pulumi(["stack", "export", "--stack", project.stack], { cwd: join(project.root) });
    assert.equal(
      (JSON.parse(state.stdout) as { deployment: { resources?: unknown[] } }).deployment.resources,
      undefined,
    );
    assert.deepEqual(changes(succeeded(await project.hardened(["destroy"]))), []);
  });
});
