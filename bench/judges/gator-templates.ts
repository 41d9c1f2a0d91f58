/** The Pod Security Standard in Gatekeeper's own language, since Gatekeeper brings no policies: a template and a constraint for each rule, in CEL, for pods
 *  and Deployments. Written for this comparison, as the standard is at v1.37. */
import type { Level } from "./judge";

const capabilities =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT";
const sysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
  "net.ipv4.tcp_slow_start_after_idle",
  "net.ipv4.tcp_notsent_lowat",
];
const volumes = "configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret";

/** Every container, and what it is asked. */
const each = (condition: string): string => `variables.all.all(c, ${condition})`;
/** The security contexts of the pod and of every container, and what each is asked. */
const contexts = (condition: string): string => `variables.contexts.all(s, ${condition})`;
const list = (words: readonly string[]): string => JSON.stringify(words);

const noHost = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop"]
  .flatMap((hook) => ["httpGet", "tcpSocket"].map((way) => `c.?${hook}.?${way}.?host.orValue("") == ""`))
  .join(" && ");
const linux = (condition: string): string => `variables.windows || ${condition}`;
/** A setting every container has, itself or from the pod. */
const settled = (field: string, good: string): string =>
  `variables.pod.?securityContext.?${field}.orValue(${good}) == ${good} && ` +
  each(`c.?securityContext.?${field}.orValue(variables.pod.?securityContext.?${field}.orValue(null)) == ${good}`);

const defaultProcMount = each('c.?securityContext.?procMount.orValue("Default") == "Default"');

const baseline: Readonly<Record<string, string>> = {
  Privileged: each("!c.?securityContext.?privileged.orValue(false)"),
  HostNamespaces: ["hostNetwork", "hostPID", "hostIPC"]
    .map((field) => `!variables.pod.?${field}.orValue(false)`)
    .join(" && "),
  HostPathVolumes: 'variables.volumes.all(v, !("hostPath" in v))',
  HostPorts: each("c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)"),
  HostProbes: each(noHost),
  HostProcess: contexts("!s.?windowsOptions.?hostProcess.orValue(false)"),
  ProcMount: `variables.userNamespace || ${defaultProcMount}`,
  SELinux: contexts(
    's.?seLinuxOptions.?user.orValue("") == "" && s.?seLinuxOptions.?role.orValue("") == "" && ' +
      's.?seLinuxOptions.?type.orValue("") in ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]',
  ),
  AppArmor: `${contexts('s.?appArmorProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"]')} && ${[
    "variables.annotations.all(k, ",
    '!k.startsWith("container.apparmor.security.beta.kubernetes.io/") || ',
    'variables.annotations[k] in ["", "runtime/default"] || variables.annotations[k].startsWith("localhost/"))',
  ].join("")}`,
  Seccomp: contexts('s.?seccompProfile.?type.orValue("") != "Unconfined"'),
  Sysctls: `variables.pod.?securityContext.?sysctls.orValue([]).all(s, s.name in ${list(sysctls)})`,
  Capabilities: each(`c.?securityContext.?capabilities.?add.orValue([]).all(a, a in ${list(capabilities.split(" "))})`),
};

const restricted: Readonly<Record<string, string>> = {
  ...baseline,
  ProcMount: defaultProcMount,
  PrivilegeEscalation: linux(each("!c.?securityContext.?allowPrivilegeEscalation.orValue(true)")),
  DroppedCapabilities: linux(
    each(
      '"ALL" in c.?securityContext.?capabilities.?drop.orValue([]) && ' +
        'c.?securityContext.?capabilities.?add.orValue([]).all(a, a == "NET_BIND_SERVICE")',
    ),
  ),
  RunAsNonRoot: `variables.userNamespace || ${settled("runAsNonRoot", "true")}`,
  RunAsUser: `variables.userNamespace || ${contexts("s.?runAsUser.orValue(1) != 0")}`,
  SeccompProfile: linux(
    `${contexts('s.?seccompProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"]')} && ${each(
      "has(c.securityContext) && has(c.securityContext.seccompProfile) || variables.pod.?securityContext.?seccompProfile.hasValue()",
    )}`,
  ),
  VolumeTypes: `variables.volumes.all(v, v.all(k, k == "name" || k in ${list(volumes.split(" "))}))`,
};

const variables = Object.entries({
  pod: "variables.anyObject.spec.?template.?spec.orValue(variables.anyObject.spec)",
  annotations:
    "(has(variables.anyObject.spec.template) ? variables.anyObject.spec.template : variables.anyObject).?metadata.?annotations.orValue({})",
  volumes: "variables.pod.?volumes.orValue([])",
  windows: 'variables.pod.?os.?name.orValue("") == "windows"',
  userNamespace: "!variables.pod.?hostUsers.orValue(true)",
  all: ["containers", "initContainers", "ephemeralContainers"]
    .map((field) => `variables.pod.?${field}.orValue([])`)
    .join(" + "),
  contexts: "[variables.pod.?securityContext.orValue({})] + variables.all.map(c, c.?securityContext.orValue({}))",
}).map(([name, expression]) => ({ name, expression }));

function template(kind: string, expression: string): object {
  const source = { variables, validations: [{ expression, message: `broken: ${kind}` }] };
  const code = [{ engine: "K8sNativeValidation", source }];
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: kind.toLowerCase() },
    spec: { crd: { spec: { names: { kind } } }, targets: [{ target: "admission.k8s.gatekeeper.sh", code }] },
  };
}

const constraint = (kind: string): object => ({
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind,
  metadata: { name: kind.toLowerCase() },
  spec: {
    match: {
      kinds: [
        { apiGroups: [""], kinds: ["Pod"] },
        { apiGroups: ["apps"], kinds: ["Deployment"] },
      ],
    },
  },
});

/** Templates and constraints of a level. */
export const ownTemplates = (level: Level): object[] =>
  Object.entries(level === "restricted" ? restricted : baseline).flatMap(([kind, expression]) => [
    template(kind, expression),
    constraint(kind),
  ]);
