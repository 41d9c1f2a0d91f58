import { join } from "node:path";
import { dump } from "js-yaml";
import { projectRoot } from "../../config/project";
import type { StackConfig } from "../../config/stack-schema";
import { isEvaluated } from "../../policy/evaluate/resource-type";
import { renderChart } from "../../policy/render/render";
import { isRelease, type ReleaseInputs, releasesOf } from "../stack/release-inputs";
import { collect, type Registered } from "./collect";

/** The objects of one release of a stack, or those that the program creates itself. */
export interface RenderedUnit {
  /** `<namespace>/<release>`, or "program". */
  readonly name: string;
  /** YAML documents, those of a chart under their `# Source:` lines. */
  readonly text: string;
}

export const isObject = (one: Registered): boolean => isEvaluated(one.type) && !isRelease(one);

/** Input for rendering a release: the same for the pack, the goldens and `hardened render`. */
export const renderRequest = (inputs: ReleaseInputs, config: StackConfig) => ({
  chart: join(projectRoot, inputs.chart),
  name: inputs.name,
  namespace: inputs.namespace,
  values: inputs.values,
  kubeVersion: config.kubernetesVersion,
});

/** Every object that a stack would have in the cluster, without engine and cluster; Secrets contain placeholders. `root`: folder of the stack's file. */
export async function renderStack(stack: string, root = projectRoot): Promise<RenderedUnit[]> {
  const { config, resources } = await collect(stack, root);
  const own = resources
    .filter(isObject)
    .map(({ inputs }) => dump(inputs, { lineWidth: -1, noRefs: true, sortKeys: true }));
  const units: RenderedUnit[] = [{ name: "program", text: own.map((text) => `---\n${text}`).join("") }];
  for (const release of resources.flatMap(releasesOf)) {
    const { text } = await renderChart(renderRequest(release, config));
    units.push({ name: `${release.namespace}/${release.name}`, text });
  }
  return units;
}
