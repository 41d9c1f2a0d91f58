import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runMark } from "../../../process/orphans";
import { MemoryCluster, type Stored } from "./memory-cluster";

/** kubectl and pulumi as scripts that print what is written into files of a folder; kubectl has the context "here" alone. */
export function writtenCluster() {
  const folder = mkdtempSync(join(tmpdir(), "connect-cluster-"));
  const given = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG, [runMark]: process.env[runMark] };
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  const script = (name: string, text: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/asked"\n${text}\n`, { mode: 0o755 });
  /** Commands since the last look, in order. */
  const asked = (): string[] => {
    const lines = readFileSync(join(folder, "asked"), "utf8").split("\n").filter(Boolean);
    write("asked", "");
    return lines.map((line) => line.replace(" --context here --request-timeout=15s", ""));
  };

  /** While the objects are what the cluster has. */
  const served = async (objects: readonly Stored[], during: () => Promise<void>): Promise<void> => {
    const cluster = new MemoryCluster();
    cluster.objects = [...objects];
    const { socketPath, close } = await cluster.proxy();
    write("socket", socketPath);
    await during().finally(() => {
      rmSync(join(folder, "socket"));
      close();
    });
  };

  const start = (): void => {
    const answers = [
      `*" replace "*) cat > "${folder}/replaced"; exec cat "${folder}/replace";;`,
      `*" jsonpath={.metadata.uid}"*) exec cat "${folder}/uid";;`,
      `*" secrets "*) cat "${folder}/secrets"; test ! -f "${folder}/then" || mv "${folder}/then" "${folder}/secrets"; exit 0;;`,
      ...["namespace", "deployments,pods", "pods"].map((word) => `*" ${word} "*) exec cat "${folder}/${word}";;`),
      `*" api-versions"*) echo v1; exit 0;;`,
      `*" delete -f "*) cat > "${folder}/deleted"; echo secret/left; exit 0;;`,
      `*" get -f "*) cat > "${folder}/gone"; exit 0;;`,
      `*" proxy "*) test ! -f "${folder}/socket" || serve "$@";;`,
    ];
    // A proxy of the socket that is written down; without one there is none.
    const serve = `serve() { for word; do case "$word" in --unix-socket=*) ln -s "$(cat "${folder}/socket")" "\${word#*=}";; esac; done; echo Starting to serve; exec sleep 60; }`;
    script("kubectl", `${serve}\ncase " $* " in ${answers.join(" ")} esac\necho "not expected: $*" >&2; exit 1`);
    script("pulumi", `exec cat "${folder}/$2"`);
    write("config", { contexts: [{ name: "here" }] });
    write("deployments,pods", { items: [] });
    write("pods", { items: [{ metadata: { labels: { "k8s-app": "kube-dns" } } }] });
    Object.assign(process.env, { PATH: [folder, given.PATH].join(delimiter), KUBECONFIG: join(folder, "config") });
  };
  const stop = (): void => {
    for (const [name, value] of Object.entries(given))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, write, asked, served, start, stop };
}
