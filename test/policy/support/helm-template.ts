import { execFileSync } from "node:child_process";
import type { JsonObject } from "../../../policy/contract";
import { apiVersions } from "../../../policy/render/api-versions";
import type { RenderRequest } from "../../../policy/render/render";

/** What a person gets who types `helm template` with the flags the renderer promises, straight from Helm. */
export function helmTemplate({ chart, name, namespace, values, kubeVersion }: RenderRequest): string {
  const versions = apiVersions.flatMap((version) => ["--api-versions", version]);
  const flags = ["--namespace", namespace, "--values", "-", "--include-crds", "--kube-version", kubeVersion];
  return execFileSync(process.env.HELM_BIN as string, ["template", name, chart, ...flags, ...versions], {
    input: JSON.stringify(values),
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    stdio: ["pipe", "pipe", "ignore"],
  });
}

/** Runs `work` with the renderer on one of its two ways to Helm. */
export async function withWay<T>(way: "server" | "command", work: () => Promise<T>): Promise<T> {
  const { HELM_RENDER_BIN } = process.env;
  if (way === "command") process.env.HELM_RENDER_BIN = "";
  try {
    return await work();
  } finally {
    process.env.HELM_RENDER_BIN = HELM_RENDER_BIN;
  }
}

/** The two ways. */
export const ways = ["server", "command"] as const;

/** A request with the rest filled in. */
export const requestOf = (chart: string, values: JsonObject = {}): RenderRequest => ({
  chart,
  name: "web",
  namespace: "apps",
  values,
  kubeVersion: "1.36.3",
});
