import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registryName } from "../../../cluster/local/addresses";
import { imageLockFile } from "../../../cluster/local/images";
import { runHelm } from "../../../cluster/run-helm";
import type { JsonObject } from "../../../policy/contract";
import { useHelm } from "../../policy/support/helm";
import { instance, kubectl } from "../e2e-cluster";
import { readFrom } from "../network/client-pod";
import { root } from "../tree";

/** Installs or upgrades `charts/service` with one service, without waiting for its pods, in a restricted namespace that is made when it is not there. */
export async function serviceRelease(namespace: string, name: string, service: JsonObject): Promise<void> {
  useHelm();
  const repository = `${registryName}/service`;
  const lock = JSON.parse(readFileSync(imageLockFile, "utf8")) as Record<string, string>;
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const own = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
  await kubectl(["apply", "-f", "-"], JSON.stringify(own));
  const image = { repository, digest: lock[repository] ?? "" };
  const values = { services: { [name]: { image, drainSeconds: 1, ...service } } };
  const args = ["upgrade", "--install", name, join(root, "charts/service"), "-n", namespace, "-f", "-"];
  const { code, stderr } = await runHelm([...args, "--kubeconfig", instance.kubeconfig], JSON.stringify(values), {
    timeoutMs: 60_000,
  });
  assert.equal(code, 0, stderr);
}

/** What a service answers to a client of its own namespace. */
export const askService = (namespace: string, name: string, path: string): Promise<string> =>
  readFrom(namespace, `http://${name}.${namespace}.svc${path}`);

/** Waits until every pod of a Deployment is a ready one of its newest template. */
export const rolledOut = (namespace: string, name: string): Promise<string> =>
  kubectl(["rollout", "status", `deployment/${name}`, "-n", namespace, "--timeout=120s"]);
