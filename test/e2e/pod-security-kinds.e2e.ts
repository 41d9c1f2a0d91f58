import { strict as assert } from "node:assert";
import { type AdmissionRequest, readConfiguration, review } from "../../policy/pod-security/admission";
import { podTemplatesOf } from "../../policy/pods/pod-spec";
import { distinctPods, readFixtures } from "../policy/parity/fixtures";
import { type Answer, type ApiServer, startApiServer } from "./api-server";

interface TestPod {
  readonly metadata: { readonly annotations?: unknown };
  readonly spec: Readonly<Record<string, unknown>>;
}

const labels = { app: "x" };
const selector = { matchLabels: labels };
const metadata = { name: "x" };
type Template = { readonly metadata: object; readonly spec: Readonly<Record<string, unknown>> };
const finite = ({ metadata, spec }: Template) => ({ metadata, spec: { ...spec, restartPolicy: "Never" } });

/** Where each kind is made, and one with a pod template. */
const kinds: Record<string, { path: string; object: (template: Template) => object }> = {
  PodTemplate: { path: "api/v1/*/podtemplates", object: (template) => ({ template }) },
  ReplicationController: {
    path: "api/v1/*/replicationcontrollers",
    object: (template) => ({ spec: { selector: labels, template } }),
  },
  ReplicaSet: { path: "apis/apps/v1/*/replicasets", object: (template) => ({ spec: { selector, template } }) },
  Deployment: { path: "apis/apps/v1/*/deployments", object: (template) => ({ spec: { selector, template } }) },
  StatefulSet: {
    path: "apis/apps/v1/*/statefulsets",
    object: (template) => ({ spec: { selector, serviceName: "x", template } }),
  },
  DaemonSet: { path: "apis/apps/v1/*/daemonsets", object: (template) => ({ spec: { selector, template } }) },
  Job: { path: "apis/batch/v1/*/jobs", object: (template) => ({ spec: { template: finite(template) } }) },
  CronJob: {
    path: "apis/batch/v1/*/cronjobs",
    object: (template) => ({
      spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: finite(template) } } },
    }),
  },
};

const versionOf = (kind: string): string => (kinds[kind]?.path ?? "api/v1").replace(/^apis?\/|\/\*.*$/g, "");

/** What the cluster's own configuration says. */
const podSecurity = {
  defaults: {
    enforce: "baseline",
    "enforce-version": "v1.30",
    audit: "restricted",
    warn: "restricted",
    "warn-version": "v1.24",
  },
  exemptions: { usernames: ["robot"], namespaces: ["spared"], runtimeClasses: ["kata"] },
};
const { configuration } = readConfiguration(podSecurity);

const prefix = "pod-security.kubernetes.io/";
const namespaces: Record<string, Record<string, string>> = {
  plain: {},
  spared: { [`${prefix}enforce`]: "restricted", [`${prefix}audit`]: "restricted" },
  "stricter-warn": {
    [`${prefix}enforce`]: "privileged",
    [`${prefix}warn`]: "restricted",
    [`${prefix}warn-version`]: "latest",
  },
  "warn-unset": { [`${prefix}enforce`]: "restricted", [`${prefix}enforce-version`]: "v1.24" },
  older: { [`${prefix}enforce`]: "baseline", [`${prefix}enforce-version`]: "v1.18", [`${prefix}audit`]: "baseline" },
};

describe("Pod Security of a real API server, for every kind and with its own configuration", function () {
  this.timeout(900_000);
  let api: ApiServer;
  let emulation: string;
  let pods: TestPod[];

  before(async () => {
    pods = distinctPods(await readFixtures()) as TestPod[];
    api = await startApiServer(podSecurity);
    emulation = `v1.${(await api.call("GET", "/version")).body.minor}`;
    for (const [name, labels] of Object.entries(namespaces)) {
      const { status } = await api.call("POST", "/api/v1/namespaces", { metadata: { name, labels } });
      assert.equal(status, 201);
    }
    const runtimeClass = { metadata: { name: "kata" }, handler: "kata" };
    assert.equal((await api.call("POST", "/apis/node.k8s.io/v1/runtimeclasses", runtimeClass)).status, 201);
  });
  after(() => api?.stop());

  const create = (kind: string, object: object, namespace: string, user?: "robot"): Promise<Answer> => {
    const path = kind === "Pod" ? "api/v1/*/pods" : (kinds[kind]?.path ?? "");
    return api.call("POST", `/${path.replace("*", `namespaces/${namespace}`)}?dryRun=All`, object, user);
  };
  const expected = (kind: string, object: object, namespace: string, user = "test") => {
    const [found] = podTemplatesOf({ apiVersion: versionOf(kind), kind, ...object });
    assert.ok(found, kind);
    const request: AdmissionRequest = {
      pod: found.template,
      kind: found.kind,
      namespace: { name: namespace, labels: namespaces[namespace] },
      user,
    };
    return review(request, { ...configuration, emulation });
  };
  const said = ({ warnings }: Answer): string[] => warnings.filter((text) => text.includes("PodSecurity"));

  for (const kind of Object.keys(kinds)) {
    for (const namespace of ["stricter-warn", "warn-unset"]) {
      it(`[FL-14] warns of a ${kind} in our words, whatever its pod, namespace ${namespace}`, async () => {
        const seen = { silent: 0, warned: 0, invalid: 0 };
        for (const {
          metadata: { annotations = {} },
          spec,
        } of pods) {
          const object = { metadata, ...kinds[kind]?.object({ metadata: { labels, annotations }, spec }) };
          const answer = await create(kind, object, namespace);
          const ours = expected(kind, object, namespace);
          assert.ok(ours.allowed);
          if (answer.status === 201) assert.deepEqual(said(answer), ours.warnings, JSON.stringify(object));
          else assert.equal(answer.status, 422, JSON.stringify([answer.body, object])); // not valid for another reason
          seen[answer.status !== 201 ? "invalid" : ours.warnings.length > 0 ? "warned" : "silent"]++;
        }
        assert.ok(seen.warned > 150 && seen.silent > 10, JSON.stringify(seen));
      });
    }
  }

  for (const namespace of Object.keys(namespaces)) {
    it(`[MR-15] refuses, warns and audits pods as we say, namespace ${namespace}`, async () => {
      const notes: { id: string; audit: string | undefined; words: string }[] = [];
      const seen = { allowed: 0, refused: 0, invalid: 0 };
      for (const pod of pods) {
        const object = { ...pod, metadata: { ...pod.metadata, ...metadata } };
        const answer = await create("Pod", object, namespace);
        const ours = expected("Pod", object, namespace);
        const words = JSON.stringify(object);
        if (answer.status === 422) seen.invalid++;
        else if (ours.error === undefined) {
          assert.equal(answer.status, 201, words);
          assert.deepEqual(said(answer), ours.warnings, words);
          seen.allowed++;
        } else {
          assert.equal(answer.status, 403, words);
          assert.equal(answer.body.message, `pods "x" is forbidden: ${ours.error}`);
          assert.deepEqual(said(answer), []);
          seen.refused++;
        }
        if (answer.status !== 422) notes.push({ id: answer.auditId, audit: ours.audit, words });
      }
      assert.ok(
        seen.allowed > 10 && (seen.refused > 50 || !/^(?:plain|warn-unset|older)$/.test(namespace)),
        JSON.stringify(seen),
      );
      const log = api.audited();
      for (const { id, audit, words } of notes)
        assert.equal(log.get(id)?.["pod-security.kubernetes.io/audit-violations"], audit, words);
    });
  }

  it("[MR-15] exempts by user and runtime class what it refuses from others", async () => {
    const spec = { hostPID: true, containers: [{ name: "a", image: "registry.k8s.io/pause" }] };
    for (const [user, runtimeClassName, exempt] of [
      [undefined, undefined, undefined],
      ["robot", undefined, "user"],
      [undefined, "kata", "runtimeClass"],
    ] as const) {
      const pod = { metadata, spec: { ...spec, ...(runtimeClassName && { runtimeClassName }) } };
      const answer = await create("Pod", pod, "plain", user);
      const ours = expected("Pod", pod, "plain", user);
      assert.equal(ours.exempt, exempt);
      assert.equal(answer.status, exempt === undefined ? 403 : 201, JSON.stringify(answer.body));
      assert.deepEqual(said(answer), ours.warnings);
      const noted = api.audited().get(answer.auditId) ?? {};
      assert.equal(noted["pod-security.kubernetes.io/exempt"], exempt);
    }
  });

  it("[MR-15] says of labels that cannot be read what we say", async () => {
    const wrong = { [`${prefix}enforce`]: "Baseline", [`${prefix}audit-version`]: "1.2", [`${prefix}warn`]: "no" };
    const { status, body } = await api.call("POST", "/api/v1/namespaces", {
      metadata: { name: "wrong", labels: wrong },
    });
    assert.equal(status, 422);
    const { labels } = review({ pod: {}, kind: "Pod", namespace: { name: "wrong", labels: wrong } }, configuration);
    assert.equal(labels.length, 3);
    for (const one of labels) assert.ok(body.message?.includes(one), `${body.message}\n${one}`);
  });
});
