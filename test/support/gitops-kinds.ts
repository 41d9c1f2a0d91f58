/** The definitions of the kinds of Argo CD and Flux, as their own projects write them: out of their Go modules, versions that belong together. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { goModule } from "./real-charts";

/** Their Go modules, with the folder of the definitions in each. */
export const gitopsModules = {
  argocd: [["github.com/argoproj/argo-cd/v3@v3.2.11", "manifests/crds"]],
  flux: [
    ["github.com/fluxcd/source-controller@v1.9.5", "config/crd/bases"],
    ["github.com/fluxcd/helm-controller@v1.6.4", "config/crd/bases"],
    ["github.com/fluxcd/kustomize-controller@v1.9.5", "config/crd/bases"],
  ],
} as const;

export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly names: { readonly kind: string; readonly plural: string } };
}

/** CustomResourceDefinitions of one of them.
 *  @param cwd a folder outside of any Go module */
export async function definitionsOf(controller: keyof typeof gitopsModules, cwd: string): Promise<Definition[]> {
  const found = await Promise.all(
    gitopsModules[controller].map(async ([module, folder]) => {
      const from = join(await goModule(module, cwd), folder);
      const files = readdirSync(from).filter((name) => name !== "kustomization.yaml");
      return files.map((file) => load(readFileSync(join(from, file), "utf8")) as Definition);
    }),
  );
  return found.flat();
}
