import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { nodes } from "../../../cluster/local/addresses";
import { pki } from "../../../cluster/local/certificates";
import { runAsync } from "../../../cluster/local/commands";
import { componentKubeconfig } from "../../../cluster/local/kubeconfigs";
import type { Instance } from "../../../cluster/local/names";
import { nodeFolders } from "../../../cluster/local/node-folders";
import { daemonNames, runningPid } from "../../../cluster/local/processes";
import { ensureToolchain } from "../../../process/toolchain/ensure";
import { toolGroups } from "../../../process/toolchain/groups";
import { toolPath } from "../../../process/toolchain/locate";
import { benchPackages, ensurePackages } from "../../../process/toolchain/packages";

/*
 * kube-bench as released, with its own checks and its own configuration. It looks for programs in the list of all processes and for files where kubeadm puts
 * them. The machine of these tests has several clusters, and two nodes in each; so each member of the cluster under test is shown to it as a machine of its
 * own: in a mount namespace where the other members' programs are hidden from ps, and whose /etc/kubernetes is this member's files. What it reads is the real thing.
 */

/** One member of the cluster, and what kube-bench is told to look at there. */
interface Member {
  readonly name: string;
  readonly targets: string;
  /** Programs that run on it. */
  readonly programs: readonly string[];
  /** Path below /etc/kubernetes → the cluster's own file or folder. */
  readonly files: Readonly<Record<string, string>>;
}

const members = (instance: Instance): Member[] => [
  {
    name: "control-plane",
    targets: "master,etcd,controlplane",
    programs: daemonNames(instance).filter((name) => !nodes.some((node) => name.endsWith(`-${node.name}`))),
    files: {
      pki: pki(instance, ""),
      "admin.conf": instance.kubeconfig,
      "controller-manager.conf": componentKubeconfig(instance, "controller-manager"),
      "scheduler.conf": componentKubeconfig(instance, "scheduler"),
    },
  },
  ...nodes.map((node) => ({
    name: node.name,
    targets: "node",
    programs: daemonNames(instance).filter((name) => name.endsWith(`-${node.name}`)),
    files: {
      "pki/ca.crt": pki(instance, "ca.crt"),
      "kubelet.conf": componentKubeconfig(instance, `${node.name}-client`),
      "kubelet-config.yaml": join(nodeFolders(instance, node).config, "kubelet.json"),
      "proxy.conf": componentKubeconfig(instance, "kube-proxy"),
    },
  })),
];

/** Arguments: a folder to work in, pids, pairs of "path=file", the command. In a mount namespace of its own, which goes with the command. */
const script = `
work=$1 pids=$2 files=$3
shift 3
mkdir "$work/etc" "$work/empty"
# /etc as it is, as links in a folder that one can be added to.
mount -t tmpfs etc "$work/etc"
mkdir "$work/etc/.all"
mount --rbind /etc "$work/etc/.all"
for entry in $(ls -A /etc); do
  test "$entry" = kubernetes || ln -s ".all/$entry" "$work/etc/$entry"
done
for pair in $files; do
  target=$work/etc/kubernetes/\${pair%%=*} source=\${pair#*=}
  mkdir -p "$(dirname "$target")"
  if test -d "$source"; then mkdir "$target"; else touch "$target"; fi
  mount --bind "$source" "$target"
done
mount --move "$work/etc" /etc
# A process whose folder is empty is in no list of ps.
for file in $(grep -lasE 'kube|etcd' /proc/[0-9]*/cmdline); do
  folder=\${file%/cmdline}
  case " $$ $pids " in *" \${folder#/proc/} "*) ;; *) mount --bind "$work/empty" "$folder" 2>/dev/null || ! test -e "$folder" ;; esac
done
exec "$@"
`;

async function report(instance: Instance, member: Member): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), "kube-bench-"));
  try {
    const pids = member.programs.map((name) => runningPid(instance, name));
    const files = Object.entries(member.files).map(([path, file]) => `${path}=${file}`);
    const cfg = join(dirname(toolPath("kube-bench")), "cfg");
    const settings = [`--config-dir=${cfg}`, `--config=${join(cfg, "config.yaml")}`, "--benchmark=cis-1.12"];
    const command = [toolPath("kube-bench"), "run", ...settings, `--targets=${member.targets}`, "--json"];
    return await runAsync("unshare", [
      ...["--mount", "sh", "-euc", script, "sh", work, pids.join(" "), files.join(" ")],
      ...command,
    ]);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Version of kube-bench that is run here. */
export const benchVersion = Object.values(toolGroups.find(({ name }) => name === "kube-bench")?.stamps ?? {})[0] ?? "";

/**
 * What kube-bench says of the running cluster: a report of the control plane and one of each node, in `folder`. Returns the files.
 * @param only the one member to look at, and files to be shown in place of its own
 */
export async function benchReports(
  instance: Instance,
  folder: string,
  only?: Pick<Member, "name" | "files">,
): Promise<string[]> {
  ensurePackages(benchPackages, () => {});
  await ensureToolchain(() => {}, ["kube-bench"]);
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  for (const member of members(instance).filter(({ name }) => only === undefined || name === only.name)) {
    const file = join(folder, `${member.name}.json`);
    writeFileSync(file, await report(instance, { ...member, files: { ...member.files, ...only?.files } }));
    files.push(file);
  }
  return files;
}
