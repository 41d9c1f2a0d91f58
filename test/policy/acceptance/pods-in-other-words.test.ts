import { strict as assert } from "node:assert";
import { podInCustomKind } from "../../../policy/checks/pod-in-custom-kind";
import type { Json, JsonObject } from "../../../policy/contract";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { object } from "../support/objects";
import { container, prod } from "../support/pod";

const told = (apiVersion: string, kind: string, spec: Json) =>
  podInCustomKind.check([object(apiVersion, kind, spec)], prod).map(({ field, got }) => `${field}: ${got}`);
const containers = "containers in a kind whose pods the pack does not know";
const node = "a pod's access to its node in a kind whose pods the pack does not know";
const context = "a security context in a kind whose pods the pack does not know";
const hostPath = [{ name: "host", hostPath: { path: "/" } }];
const privileged = { securityContext: { privileged: true } };

/** Controllers take pods in parts, under names of their own; what gives them away are the names Kubernetes has for a pod's fields. */
describe("a pod in a custom kind, in other words than a template", () => {
  const cases: readonly (readonly [what: string, apiVersion: string, kind: string, spec: JsonObject, string[]])[] = [
    [
      "Argo's Workflow: one container, volumes and the host's network beside its templates",
      "argoproj.io/v1alpha1",
      "Workflow",
      { hostNetwork: true, volumes: hostPath, templates: [{ name: "m", container: { image: "a", ...privileged } }] },
      [`spec.hostNetwork: ${node}`, `spec.templates[0].container: ${containers}`],
    ],
    [
      "a script of a Workflow",
      "argoproj.io/v1alpha1",
      "CronWorkflow",
      { workflowSpec: { templates: [{ script: { image: "a", source: "id" } }] } },
      [`spec.workflowSpec.templates[0].script: ${containers}`],
    ],
    [
      "Elasticsearch: init containers that get their image later",
      "elasticsearch.k8s.elastic.co/v1",
      "Elasticsearch",
      {
        nodeSets: [
          { podTemplate: { spec: { hostNetwork: true, initContainers: [{ name: "sysctl", ...privileged }] } } },
        ],
      },
      [`spec.nodeSets[0].podTemplate.spec.initContainers: ${containers}`],
    ],
    [
      "Elasticsearch: the host's network alone",
      "elasticsearch.k8s.elastic.co/v1",
      "Elasticsearch",
      { nodeSets: [{ podTemplate: { spec: { hostNetwork: true } } }] },
      [`spec.nodeSets[0].podTemplate.spec.hostNetwork: ${node}`],
    ],
    [
      "Prometheus: settings of a pod that the operator makes",
      "monitoring.coreos.com/v1",
      "Prometheus",
      { hostNetwork: true, securityContext: { runAsUser: 0 }, volumes: hostPath },
      [`spec.hostNetwork: ${node}`],
    ],
    [
      "Prometheus: a folder of the node",
      "monitoring.coreos.com/v1",
      "Prometheus",
      { volumes: hostPath },
      [`spec.volumes[0].hostPath: ${node}`],
    ],
    [
      "Prometheus: root",
      "monitoring.coreos.com/v1",
      "Prometheus",
      { securityContext: { runAsUser: 0 } },
      [`spec.securityContext: ${context}`],
    ],
    [
      "Tekton's TaskRun: steps, and the pod they share",
      "tekton.dev/v1",
      "TaskRun",
      { podTemplate: { volumes: hostPath }, taskSpec: { steps: [{ image: "a", ...privileged, script: "id" }] } },
      [`spec.podTemplate.volumes[0].hostPath: ${node}`, `spec.taskSpec.steps: ${containers}`],
    ],
    [
      "KubeVirt: a disk that is a file of the node",
      "kubevirt.io/v1",
      "VirtualMachine",
      { template: { spec: { volumes: [{ name: "h", hostDisk: { path: "/etc/shadow", type: "Disk" } }] } } },
      [`spec.template.spec.volumes[0].hostDisk: ${node}`],
    ],
    [
      "a kind of a project below k8s.io",
      "sparkoperator.k8s.io/v1beta2",
      "SparkApplication",
      { driver: { podSecurityContext: { runAsNonRoot: false }, sidecars: [container()] } },
      [`spec.driver.sidecars: ${containers}`],
    ],
    [
      "system-upgrade-controller: an image with a command",
      "upgrade.cattle.io/v1",
      "Plan",
      { upgrade: { image: "rancher/k3s-upgrade", command: ["sh"] } },
      [`spec.upgrade.image: ${containers}`],
    ],
    [
      "what is not known yet",
      "batch.example.com/v1",
      "BatchRun",
      { pod: { hostPID: UNKNOWN as unknown as Json }, run: { image: UNKNOWN as unknown as Json, args: [] } },
      [`spec.pod.hostPID: ${node}`, `spec.run.image: ${containers}`],
    ],
  ];
  for (const [what, apiVersion, kind, spec, expected] of cases)
    it(what, () => assert.deepEqual(told(apiVersion, kind, spec), expected));

  it("names the entry of podKinds where a part of a template gives it away", () => {
    const spec = { podTemplate: { spec: { hostIPC: true } } };
    const [finding] = podInCustomKind.check([object("batch.example.com/v1", "BatchRun", spec)], prod);
    assert.match(finding?.fix ?? "", /path: spec\.podTemplate \}/);
  });
});

describe("a custom kind that makes no pods, or only takes from them", () => {
  const hardened = { runAsNonRoot: true, runAsUser: 1000, fsGroup: 2000, seccompProfile: { type: "RuntimeDefault" } };
  const quiet: readonly (readonly [apiVersion: string, kind: string, spec: JsonObject])[] = [
    ["monitoring.coreos.com/v1", "Prometheus", { podMonitorSelector: {}, image: "a", securityContext: hardened }],
    ["monitoring.coreos.com/v1", "PodMonitor", { podMetricsEndpoints: [{ port: "web" }], selector: {} }],
    ["monitoring.coreos.com/v1", "ServiceMonitor", { endpoints: [{ port: "web", path: "/metrics" }] }],
    ["cert-manager.io/v1", "Certificate", { secretName: "tls", secretTemplate: { labels: {} } }],
    ["gateway.networking.k8s.io/v1", "HTTPRoute", { rules: [{ matches: [{ path: { value: "/" } }] }] }],
    ["gateway.networking.k8s.io/v1", "Gateway", { listeners: [{ name: "web", port: 443 }] }],
    ["keda.sh/v1alpha1", "ScaledObject", { scaleTargetRef: { name: "web", envSourceContainerName: "a" } }],
    ["external-secrets.io/v1", "ExternalSecret", { target: { template: { data: { command: "id", image: "a" } } } }],
    [
      "helm.toolkit.fluxcd.io/v2",
      "HelmRelease",
      { chart: { spec: { chart: "a" } }, values: { hostNetwork: true, image: "a", args: [], ...privileged } },
    ],
    [
      "argoproj.io/v1alpha1",
      "Rollout",
      {
        template: { metadata: {}, spec: { containers: [container()] } },
        strategy: { canary: { steps: [{ setWeight: 20 }] } },
      },
    ],
    ["kyverno.io/v1", "ClusterPolicy", { rules: [{ validate: { pattern: { spec: { hostNetwork: true } } } }] }],
    ["constraints.gatekeeper.sh/v1beta1", "K8sPSPHostNetworkingPorts", { parameters: { hostNetwork: true } }],
    [
      "apiextensions.crossplane.io/v1",
      "CompositeResourceDefinition",
      {
        schema: {
          properties: {
            containers: { items: { image: {} } },
            hostNetwork: { type: "boolean" },
            hostPath: { type: "object" },
          },
        },
      },
    ],
    ["kargo.akuity.io/v1alpha1", "Promotion", { steps: [{ uses: "git-clone", config: { image: "a" } }] }],
    [
      "batch.example.com/v1",
      "BatchRun",
      { hostNetwork: false, hostPath: "/", container: "web", steps: ["a", { run: "b" }] },
    ],
    ["networking.istio.io/v1", "Sidecar", { egress: [{ hosts: ["*/*"] }] }],
  ];
  for (const [apiVersion, kind, spec] of quiet)
    it(`says nothing of ${kind}`, () => assert.deepEqual(told(apiVersion, kind, spec), []));

  it("says nothing of Kubernetes' own kinds with such fields", () => {
    assert.deepEqual(told("v1", "PersistentVolume", { hostPath: { path: "/" } }), []);
    assert.deepEqual(told("policy/v1beta1", "PodSecurityPolicy", { hostNetwork: true }), []);
  });

  it("looks at each value once, whatever gives it away", () => {
    let deep: Json = { hostNetwork: true };
    for (let depth = 0; depth < 20_000; depth++) deep = { a: deep, hostPID: true, container: { image: "a" } };
    const wide = Array.from({ length: 20_000 }, () => ({ hostPath: { path: "/" }, steps: [{ image: "a" }] }));
    const start = Date.now();
    const { length } = podInCustomKind.check(
      [object("batch.example.com/v1", "BatchRun", { deep, wide: wide as Json })],
      prod,
    );
    assert.ok(length > 0 && length <= 20);
    assert.ok(Date.now() - start < 5000);
  });
});
