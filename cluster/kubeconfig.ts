import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { load } from "js-yaml";

/** Files kubectl would read: $KUBECONFIG's, else the one in the home folder. */
export function kubeconfigFiles(): string[] {
  const listed = (process.env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  return (listed.length > 0 ? listed : [join(homedir(), ".kube", "config")]).filter((file) => existsSync(file));
}

/** Names of the contexts of all kubeconfig files; undefined when there is no such file, as in a pod that uses its service account. */
export function contextNames(): string[] | undefined {
  const files = kubeconfigFiles();
  if (files.length === 0) return undefined;
  return files.flatMap((file) => {
    const document = load(readFileSync(file, "utf8")) as { contexts?: { name?: string }[] } | null;
    return (document?.contexts ?? []).flatMap((context) => (context.name === undefined ? [] : [context.name]));
  });
}
