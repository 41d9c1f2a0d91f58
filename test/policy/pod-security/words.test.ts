import { strict as assert } from "node:assert";
import { examples } from "../../../operations/validation/explain-example";
import { evaluatePod } from "../../../policy/pod-security/evaluate-pod";
import { podSecurityChecks } from "../../../policy/pod-security/registry";

/** What a finding of each check asks for. The reasons and details are upstream's words, compared with upstream; these are the pack's own. */
const wanted: Readonly<Record<string, string>> = {
  "app-armor-profile": "runtime/default, localhost/<profile> or unset",
  "capabilities-baseline":
    "one of AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT",
  "host-namespaces": "false or unset",
  "host-path-volumes": "unset",
  "host-ports": "0 or unset",
  "host-probes-and-host-lifecycle": "unset",
  privileged: "false or unset",
  "proc-mount": "Default or unset",
  "se-linux-options": "container_t, container_init_t, container_kvm_t, container_engine_t",
  "seccomp-profile-baseline": "RuntimeDefault, Localhost or unset",
  sysctls:
    "one of kernel.shm_rmid_forced, net.ipv4.ip_local_port_range, net.ipv4.tcp_syncookies, net.ipv4.ping_group_range, net.ipv4.ip_unprivileged_port_start, net.ipv4.ip_local_reserved_ports, net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout, net.ipv4.tcp_keepalive_intvl, net.ipv4.tcp_keepalive_probes, net.ipv4.tcp_rmem, net.ipv4.tcp_wmem, net.ipv4.tcp_slow_start_after_idle, net.ipv4.tcp_notsent_lowat",
  "windows-host-process": "false or unset",
  "allow-privilege-escalation": "false",
  "capabilities-restricted": '["ALL"]',
  "proc-mount-restricted": "Default or unset",
  "restricted-volumes":
    "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret",
  "run-as-non-root": "true",
  "run-as-user": "any user but 0, or unset",
  "seccomp-profile-restricted": "RuntimeDefault or Localhost",
};

describe("what a Pod Security finding asks for", () => {
  const said = examples();
  it("is known of every check", () =>
    assert.deepEqual(podSecurityChecks.map(({ id }) => id).toSorted(), Object.keys(wanted).toSorted()));
  for (const [id, want] of Object.entries(wanted))
    it(`${id}: ${want}`, () => assert.ok(said.get(id)?.includes(` must be ${want}, got `), said.get(id)));
});

describe("what one place of a Pod Security finding asks for, where it is not what the check does", () => {
  const seLinuxOptions = { type: "spc_t", user: "u", role: "r" };
  const profile = "container.apparmor.security.beta.kubernetes.io/a";
  const filter = "seccomp.security.alpha.kubernetes.io/pod";
  const types = "container_t, container_init_t, container_kvm_t, container_engine_t";
  const remove = "remove it from seLinuxOptions";
  const cases: [
    string,
    "baseline" | "restricted",
    string,
    object,
    object,
    [field: string, want: string, fix: string][],
  ][] = [
    [
      "host-namespaces",
      "baseline",
      "latest",
      { hostPID: true, hostIPC: true },
      {},
      [
        ["hostPID", "false or unset", "remove hostPID"],
        ["hostIPC", "false or unset", "remove hostIPC"],
      ],
    ],
    [
      "se-linux-options",
      "baseline",
      "latest",
      { securityContext: { seLinuxOptions } },
      {},
      [
        ["securityContext.seLinuxOptions.type", types, remove],
        ["securityContext.seLinuxOptions.user", "unset", remove],
        ["securityContext.seLinuxOptions.role", "unset", remove],
      ],
    ],
    [
      "app-armor-profile",
      "baseline",
      "latest",
      { securityContext: { appArmorProfile: { type: "Unconfined" } } },
      { [profile]: "x" },
      [
        [
          "securityContext.appArmorProfile.type",
          "RuntimeDefault, Localhost or unset",
          "set appArmorProfile.type: RuntimeDefault or remove it",
        ],
        [
          `metadata.annotations["${profile}"]`,
          "runtime/default, localhost/<profile> or unset",
          `remove the annotation ${profile}`,
        ],
      ],
    ],
    [
      "seccomp-profile-baseline",
      "baseline",
      "v1.18",
      {},
      { [filter]: "unconfined" },
      [
        [
          `metadata.annotations["${filter}"]`,
          "runtime/default, docker/default, localhost/<profile> or unset",
          `remove the annotation ${filter}`,
        ],
      ],
    ],
    [
      "capabilities-restricted",
      "restricted",
      "latest",
      { containers: [{ securityContext: { capabilities: { add: ["CHOWN"] } } }] },
      {},
      [
        [
          "containers[0].securityContext.capabilities.drop",
          '["ALL"]',
          'set securityContext.capabilities.drop: ["ALL"]',
        ],
        [
          "containers[0].securityContext.capabilities.add[0]",
          "NET_BIND_SERVICE or nothing",
          "remove it from securityContext.capabilities.add",
        ],
      ],
    ],
  ];
  for (const [id, level, version, spec, annotations, places] of cases)
    it(id, () => {
      const { findings } = evaluatePod({ metadata: { annotations }, spec }, level, version);
      const found = findings.find(({ check }) => check === id);
      const asked = found?.places.map(({ field, want = found.want, fix = found.fix }) => [field, want, fix]);
      assert.deepEqual(asked, places);
    });

  it("shows the path of a hostPath volume that has one", () => {
    const volumes = [{ hostPath: { path: "/var/run" } }, { hostPath: {} }, { hostPath: { path: 7 } }];
    const { findings } = evaluatePod({ metadata: {}, spec: { volumes } }, "baseline", "latest");
    assert.deepEqual(
      findings[0]?.places.map(({ got }) => got),
      ['"/var/run"', "set", "set"],
    );
  });
});
