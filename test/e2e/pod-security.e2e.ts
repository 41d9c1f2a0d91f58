import { strict as assert } from "node:assert";
import type { JsonObject } from "../../policy/contract";
import { evaluate } from "../../policy/evaluate/evaluate";
import { verdictOnPod } from "../../policy/pod-security/evaluate-pod";
import { distinctPods, readFixtures } from "../policy/parity/fixtures";
import { type ApiServer, startApiServer } from "./api-server";

const key = "container.apparmor.security.beta.kubernetes.io/";
const container = (name: string, more: object = {}) => ({ name, image: "registry.k8s.io/pause", ...more });
const pod = (spec: object, annotations: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "pod", annotations },
  spec,
});
const apparmor = (type: string) => ({ securityContext: { appArmorProfile: { type } } });

/** Pods whose verdict or words hang on what the API server fills in or refuses, which upstream's own do not show. */
const more = [
  pod({
    hostNetwork: true,
    initContainers: [container("i", { ports: [{ containerPort: 90 }] })],
    containers: [container("a", { ports: [{ containerPort: 80 }, { containerPort: 443, hostPort: 443 }] })],
  }),
  pod({ containers: [container("a"), container("b")] }, { [`${key}a`]: "unconfined" }),
  pod(
    { containers: [container("a")], initContainers: [container("i")] },
    { [`${key}i`]: "unconfined", [`${key}gone`]: "unconfined" },
  ),
  pod({ ...apparmor("Unconfined"), containers: [container("a")] }, { [`${key}a`]: "unconfined" }),
  pod({ ...apparmor("RuntimeDefault"), containers: [container("a")] }, { [`${key}a`]: "unconfined" }),
  pod({ containers: [container("a", apparmor("Unconfined"))] }, { [`${key}a`]: "unconfined" }),
  pod({
    containers: [container("a")],
    volumes: [{ name: "v" }, { name: "w", hostPath: { path: "/" } }, { name: "n", nfs: { server: "a", path: "/" } }],
  }),
  pod({ hostUsers: false, containers: [container("a", { securityContext: { procMount: "Unmasked", runAsUser: 0 } })] }),
  pod({
    os: { name: "windows" },
    hostNetwork: true,
    securityContext: { windowsOptions: { hostProcess: true } },
    containers: [container("a")],
  }),
  pod(
    {
      containers: [container("a", { securityContext: null, ports: [{ containerPort: 80, hostPort: null }] })],
      volumes: null,
      hostIPC: null,
    },
    { x: null },
  ),
  pod({ hostUsers: false, containers: [container("a", { securityContext: { runAsNonRoot: false } })] }),
  pod({
    securityContext: { sysctls: [{ name: "net.ipv4.tcp_notsent_lowat", value: "1" }] },
    containers: [container("a")],
  }),
  pod({ hostPID: "yes", containers: [container("a")] }),
  pod({ containers: [container("a", { ports: [{ containerPort: 80, hostPort: 1.5 }] })] }),
];

describe("Pod Security of a real API server", function () {
  this.timeout(600_000);
  let api: ApiServer;
  let kubeVersion: string;
  let emulation: string;
  let pods: ReturnType<typeof pod>[];

  before(async () => {
    pods = [...(distinctPods(await readFixtures()) as typeof more), ...more];
    api = await startApiServer();
    kubeVersion = `1.${(await api.call("GET", "/version")).body.minor}`;
    emulation = `v${kubeVersion}`;
  });
  after(() => api?.stop());

  for (const level of ["baseline", "restricted"] as const) {
    for (const version of ["v1.0", "v1.18", "v1.22", "v1.25", "v1.31", "v1.34", "latest", "v1.99"]) {
      it(`[FL-14] [ZN-20] [COS-35] refuses and warns at ${level}:${version} in our words`, async () => {
        const namespace = `${level}-${version.replace(".", "-")}`;
        const modes = ["enforce", "warn"].flatMap((mode) => [
          [mode, level],
          [`${mode}-version`, version],
        ]);
        const labels = Object.fromEntries(modes.map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value]));
        await api.call("POST", "/api/v1/namespaces", { metadata: { name: namespace, labels } });
        const seen = { allowed: 0, forbidden: 0, refused: 0, warned: 0 };
        for (const one of pods) {
          const { status, body } = await api.call("POST", `/api/v1/namespaces/${namespace}/pods?dryRun=All`, one);
          const ours = verdictOnPod(one, level, version, { kind: "Pod", emulation });
          const text = `violates PodSecurity "${level}:${version}": ${ours.detail}`;
          // What the pack as a whole says of the same pod, where nobody tells it more than the version of the cluster.
          const whole = evaluate([{ object: one as unknown as JsonObject }], {
            profile: "prod",
            namespace,
            podSecurity: { level, version },
            kubeVersion,
            only: "pod-security",
          });
          assert.equal(whole.findings.length === 0, ours.allowed, JSON.stringify(one));
          // 422: not valid for another reason, and refused before admission looks.
          if (status === 201) assert.ok(ours.allowed, JSON.stringify(one));
          else if (status === 403) assert.equal(body.message, `pods "${one.metadata.name}" is forbidden: ${text}`);
          else if (status === 400) assert.notDeepEqual(ours.problems, [], JSON.stringify(one));
          else assert.equal(status, 422, JSON.stringify(one));
          if (status === 201) seen.allowed++;
          if (status === 403) seen.forbidden++;
          if (status === 400) seen.refused++;

          const warned = await api.call(
            "POST",
            `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`,
            deploymentOf(one),
          );
          if (warned.status !== 201) continue;
          const template = verdictOnPod(one, level, version, { emulation });
          const expected = `would violate PodSecurity "${level}:${version}": ${template.detail}`;
          const said = warned.warnings.filter((text) => text.includes("PodSecurity"));
          assert.deepEqual(said, template.allowed ? [] : [expected]);
          if (!template.allowed) seen.warned++;
        }
        assert.equal(seen.refused, 2);
        assert.ok(seen.allowed > 10 && seen.forbidden > 50 && seen.warned > 50, JSON.stringify(seen));
      });
    }
  }
});

function deploymentOf({ metadata: { annotations = {} }, spec }: ReturnType<typeof pod>) {
  const labels = { app: "x" };
  const template = { metadata: { labels, annotations }, spec };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "x" },
    spec: { selector: { matchLabels: labels }, template },
  };
}
