import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryName } from "../../../cluster/local/addresses";
import { registryUrl } from "../../../cluster/local/host-ports";
import type { Instance } from "../../../cluster/local/names";
import { buildGoBinary } from "../../../images/build/go-binary";
import { packBinary } from "../../../images/build/pack-binary";
import { pushImage } from "../../../images/build/registry-client";

/** Builds the program that looks at the cluster from inside. */
export const buildVisitor = (file: string): Promise<void> => buildGoBinary(join(__dirname, "visitor"), file);

/** Builds the program that looks at the cluster from inside, pushes it, and returns the image by digest. */
export async function pushVisitor(instance: Instance): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "visitor-"));
  try {
    const from = join(folder, "visitor");
    await buildVisitor(from);
    const image = await packBinary({
      name: "visitor",
      description: "Looks at a cluster from inside a pod.",
      files: [{ path: "/usr/local/bin/visitor", from, mode: 0o755 }],
      user: "10001:10001",
      entrypoint: ["visitor"],
      env: [],
    });
    await pushImage(image.layoutDir, registryUrl(instance), "visitor", "test");
    return `${registryName}/visitor@${image.digest}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One visitor on each node behind a Service with node port 30080, in a namespace that enforces restricted. */
export function visitorManifest(image: string): string {
  const labels = { app: "visitor" };
  const container = {
    name: "visitor",
    image,
    args: ["serve"],
    env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
  const spec = {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
  };
  const items = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "visit", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "visitor", namespace: "visit" },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "visitor", namespace: "visit" },
      spec: { type: "NodePort", selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] },
    },
  ];
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
