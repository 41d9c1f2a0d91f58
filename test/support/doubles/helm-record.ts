import { gzipSync } from "node:zlib";
import type { Stored } from "./memory-cluster";

/** A record of Helm's, as the API server keeps it: base64 of base64 of gzip of JSON. */
export const helmRecord = (
  namespace: string,
  name: string,
  version: number,
  status: string,
  writer: string,
  manifest?: string,
): Stored => ({
  apiVersion: "v1",
  kind: "Secret",
  type: "helm.sh/release.v1",
  metadata: {
    name: `sh.helm.release.v1.${name}.v${version}`,
    namespace,
    labels: { owner: "helm", name, version: String(version), status },
    creationTimestamp: "2026-01-02T03:04:05Z",
    managedFields: [{ manager: writer }],
  },
  data: {
    release: Buffer.from(
      gzipSync(JSON.stringify({ name, info: { description: `said of ${version}`, status }, manifest })).toString(
        "base64",
      ),
    ).toString("base64"),
  },
});
