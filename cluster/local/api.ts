import { readFileSync } from "node:fs";
import { request } from "node:https";
import { toolPath } from "../../process/toolchain/locate";
import { pki } from "./certificates";
import { runAsync } from "./commands";
import { apiUrl } from "./host-ports";
import type { Instance } from "./names";

/** Response of the API server to a GET as the administrator. Throws when it cannot be reached or denies the request. */
export function apiGet(instance: Instance, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      ca: readFileSync(pki(instance, "ca.crt")),
      cert: readFileSync(pki(instance, "admin.crt")),
      key: readFileSync(pki(instance, "admin.key")),
      timeout: 5000,
      agent: false as const,
    };
    const call = request(`${apiUrl(instance)}${path}`, options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part) => {
        body += part;
      });
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${path} answered ${response.statusCode}: ${body.slice(0, 300)}`));
      });
    });
    call.on("timeout", () => call.destroy(new Error(`${path} did not answer within 5 s`)));
    call.on("error", reject);
    call.end();
  });
}

/** Runs kubectl against the instance and returns what it printed. */
export const kubectl = (instance: Instance, args: readonly string[], input?: string): Promise<string> =>
  runAsync(
    toolPath("kubectl"),
    [`--kubeconfig=${instance.kubeconfig}`, `--cache-dir=${instance.state}/kubectl-cache`, ...args],
    input,
  );

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** The fields of a node that are read. */
export interface NodeStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly zone: string;
  readonly version: string;
}

/** The nodes that have registered. */
export async function nodeStatuses(instance: Instance): Promise<NodeStatus[]> {
  const list = JSON.parse(await apiGet(instance, "/api/v1/nodes")) as {
    items: {
      metadata: { name: string; labels: Record<string, string> };
      status: { conditions?: Condition[]; nodeInfo: { kubeletVersion: string } };
    }[];
  };
  return list.items.map(({ metadata, status }) => ({
    name: metadata.name,
    ready: (status.conditions ?? []).some((one) => one.type === "Ready" && one.status === "True"),
    zone: metadata.labels["topology.kubernetes.io/zone"] ?? "",
    version: status.nodeInfo.kubeletVersion,
  }));
}
