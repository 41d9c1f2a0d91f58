/** Random pods over every field Pod Security reads: good, bad, odd and of the wrong type, with neighbours it does not read. */
import { volumeSources } from "../../../policy/pods/pod-schema";
import type { Random } from "./random";
import { digits, read, type Whole } from "./whole-numbers";

type Fields = { [key: string]: unknown };

/** Names, hosts and types that are hard to quote, sort or compare. */
const oddTexts = [
  "",
  " ",
  "a",
  "b",
  'q"uote',
  "back\\slash",
  "new\nline",
  "nul\u0000",
  "\u007f",
  "é",
  "\u200b",
  "\ue000",
  "\u{1f600}",
  "\u{10400}",
  "\ud800",
  "x\udc00y",
  "ﬁ",
  "constructor",
  "__proto__",
  "ALL",
  "127.0.0.1",
  "::1",
  "\u{1fae9}",
  "unconfined",
];
const names = ["a", "b", "web", "init", "web", 'q"', "\u{1f600}", "\ue000", ""];
const wrong = [0, 1, -1, 1.5, 1e300, true, false, "", "true", "0", [], {}, [null], ["x"], { a: 1 }, [[]], "x"];
const capabilities = [
  "ALL",
  "NET_BIND_SERVICE",
  "CHOWN",
  "SYS_CHROOT",
  "NET_RAW",
  "SYS_ADMIN",
  "CAP_CHOWN",
  "chown",
  "all",
  "KILL",
];
const sysctls = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range"],
  ...["net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time"],
  ...["net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem"],
  ...[
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_notsent_lowat",
    "kernel.msgmax",
    "net/ipv4/tcp_rmem",
  ],
];
const annotationKeys = [
  "container.apparmor.security.beta.kubernetes.io/",
  "container.apparmor.security.beta.kubernetes.io",
  "container.seccomp.security.alpha.kubernetes.io/",
];

/** Fields Pod Security does not read. Ours says nothing of their types, so they keep them here. */
const neighbours = new Set([
  "value",
  "level",
  "image",
  "serviceAccountName",
  "runtimeClassName",
  "port",
  "labels",
  "exec",
  "hostnetwork",
]);

/** Makes pods. `oddness` is the share of fields that get an odd value, `wrongness` of those that get a wrong type; `whole` makes the whole numbers. */
export class PodGenerator {
  constructor(
    private readonly random: Random,
    private readonly oddness = 0.1,
    private readonly wrongness = 0.002,
    private readonly whole: Whole = read,
  ) {}

  pod(): Fields {
    return this.object({ metadata: () => this.metadata(), spec: () => this.spec() }, 0.99);
  }

  spec(): Fields {
    return this.object({
      initContainers: () => this.list(2, () => this.container()),
      containers: () => this.list(3, () => this.container()),
      ephemeralContainers: () => this.list(2, () => this.container()),
      volumes: () => this.list(3, () => this.volume()),
      securityContext: () =>
        this.object({
          ...this.common(),
          sysctls: () => this.list(3, () => this.object({ name: () => this.text(sysctls), value: () => "1" })),
        }),
      hostNetwork: () => this.flag(0.15),
      hostPID: () => this.flag(0.1),
      hostIPC: () => this.flag(0.1),
      hostUsers: () => this.flag(0.5),
      hostnetwork: () => true,
      os: () => this.object({ name: () => this.text(["windows", "linux", "Windows"]) }, 0.9),
      runtimeClassName: () => this.text(["kata"]),
      serviceAccountName: () => this.text(names),
    });
  }

  container(): Fields {
    return this.object(
      {
        name: () => this.text(names),
        image: () => "registry.example/app:1",
        securityContext: () =>
          this.object(
            {
              ...this.common(),
              privileged: () => this.flag(0.2),
              allowPrivilegeEscalation: () => this.flag(0.2),
              procMount: () => this.text(["Default", "Unmasked", "default"]),
              capabilities: () =>
                this.object(
                  {
                    add: () => this.list(3, () => this.text(capabilities)),
                    drop: () => this.list(2, () => this.text(["ALL", ...capabilities])),
                  },
                  0.7,
                ),
            },
            0.6,
          ),
        ports: () =>
          this.list(3, () =>
            this.object({
              containerPort: () => this.number("int32", ["80", "8080", "443", "0"]),
              hostPort: () => this.number("int32", ["0", "80", "8080", "9", "-1", "2147483647", "443"]),
            }),
          ),
        livenessProbe: () => this.handler(),
        readinessProbe: () => this.handler(),
        startupProbe: () => this.handler(),
        lifecycle: () => this.object({ postStart: () => this.handler(), preStop: () => this.handler() }),
      },
      0.6,
    );
  }

  volume(): Fields {
    const sources = [...volumeSources, "unheardOf"];
    const volume: Fields = this.object({ name: () => this.text(["data", "tmp", ...names]) }, 0.9);
    for (let n = this.random.below(3); n > 0; n--) volume[this.random.pick(sources)] = this.value(() => ({}));
    return volume;
  }

  private metadata(): Fields {
    return this.object({ labels: () => ({ app: "x" }), annotations: () => this.annotations() });
  }

  private annotations(): Fields {
    const map: Fields = {};
    for (let n = this.random.below(4); n > 0; n--) {
      const key = this.random.chance(0.2)
        ? "seccomp.security.alpha.kubernetes.io/pod"
        : this.random.pick(annotationKeys) + this.random.pick([...names, ...oddTexts]);
      const value = this.value(() =>
        this.text(["runtime/default", "docker/default", "localhost/x", "localhost/", "unconfined", "RuntimeDefault"]),
      );
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return map;
  }

  private common(): { [key: string]: () => unknown } {
    const profile = (more: { [key: string]: () => unknown }) => () =>
      this.object(
        { type: () => this.text(["RuntimeDefault", "Localhost", "Unconfined", "runtimeDefault"]), ...more },
        0.8,
      );
    return {
      runAsNonRoot: () => this.flag(0.8),
      runAsUser: () => this.number("int64", ["0", "1", "1000", "-0", "1099511627776", "-1"]),
      seccompProfile: profile({ value: () => 1 }),
      appArmorProfile: profile({ localhostProfile: () => this.text(["x", "y"]) }),
      seLinuxOptions: () =>
        this.object(
          {
            type: () =>
              this.text(["container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", ""]),
            user: () => this.text(["", "u"]),
            role: () => this.text(["", "r"]),
            level: () => "s0",
          },
          0.4,
        ),
      windowsOptions: () => this.object({ hostProcess: () => this.flag(0.3) }),
    };
  }

  private handler(): Fields {
    return this.object(
      {
        httpGet: () => this.object({ host: () => this.text(["", "a", "127.0.0.1", "b"]), port: () => 80 }),
        tcpSocket: () => this.object({ host: () => this.text(["", "a", "z"]), port: () => "http" }),
        exec: () => ({ command: ["x"] }),
      },
      0.4,
    );
  }

  private object(fields: { [key: string]: () => unknown }, presence = 0.35): Fields {
    const out: Fields = {};
    for (const key in fields) {
      const make = fields[key] as () => unknown;
      if (this.random.chance(presence)) out[key] = neighbours.has(key) ? make() : this.value(make);
    }
    return out;
  }

  /** What a field should be, or sometimes null or something of another type. */
  private value(make: () => unknown): unknown {
    if (this.random.chance(this.oddness / 4)) return null;
    return this.random.chance(this.wrongness) ? this.random.pick(wrong) : make();
  }

  private list(limit: number, make: () => unknown): unknown[] {
    return Array.from({ length: this.random.below(limit + 1) }, () => this.value(make));
  }

  private text(usual: readonly string[]): string {
    return this.random.pick(this.random.chance(this.oddness) ? oddTexts : usual);
  }

  private number(type: "int32" | "int64", usual: readonly string[]): unknown {
    return this.whole(digits(this.random, type, usual, this.wrongness > 0));
  }

  private flag(trueShare: number): boolean {
    return this.random.chance(trueShare);
  }
}
