import { execFileSync } from "node:child_process";
import type { JsonObject } from "../../../policy/contract";
import { servedByStock } from "../../../policy/render/api-versions";
import type { RenderRequest } from "../../../policy/render/render";

/** What a user gets who types `helm template` with the flags the renderer promises, straight from Helm. */
export function helmTemplate({ chart, name, namespace, values, kubeVersion }: RenderRequest): string {
  const versions = servedByStock(kubeVersion).flatMap((version) => ["--api-versions", version]);
  const flags = ["--namespace", namespace, "--values", "-", "--include-crds", "--kube-version", kubeVersion];
  return execFileSync(process.env.HELM_BIN as string, ["template", name, chart, ...flags, ...versions], {
    input: JSON.stringify(values),
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    stdio: ["pipe", "pipe", "ignore"],
  });
}

/** A request with the rest filled in. */
export const requestOf = (chart: string, values: JsonObject = {}): RenderRequest => ({
  chart,
  name: "web",
  namespace: "apps",
  values,
  kubeVersion: "1.36.3",
});
