import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gt } from "semver";
import { projectRoot } from "../../config/project";
import { packChart } from "../../policy/render/chart-package";
import { Base, baseCommit } from "../validation/review-base";

/** A chart whose package differs from the base. */
export interface ChangedChart {
  readonly chart: string;
  /** Undefined for a new chart. */
  readonly before?: string;
  readonly version: string;
  /** Whether the version was increased too. */
  readonly raised: boolean;
}

const chartsIn = (root: string): string[] =>
  existsSync(join(root, "charts"))
    ? readdirSync(join(root, "charts"))
        .filter((name) => existsSync(join(root, "charts", name, "Chart.yaml")))
        .sort()
    : [];

/**
 * Charts that changed since the merge base with `ref`, by the content of their packages: a change of the library chart changes every chart that uses it.
 * Throws a UserError when there is no such commit.
 */
export function changedCharts(ref: string, root = projectRoot): ChangedChart[] {
  const base = Base.layOut(baseCommit(ref));
  try {
    const before = new Set(chartsIn(base.tree));
    return chartsIn(root).flatMap((chart): ChangedChart[] => {
      const now = packChart(join(root, "charts", chart));
      if (!before.has(chart)) return [{ chart, version: now.version, raised: true }];
      const was = packChart(join(base.tree, "charts", chart));
      if (was.digest === now.digest) return [];
      return [{ chart, before: was.version, version: now.version, raised: gt(now.version, was.version) }];
    });
  } finally {
    base.remove();
  }
}

/** The same as text: a line for each chart. */
export function formatChanged(changed: readonly ChangedChart[], ref: string): string {
  if (changed.length === 0) return `no chart changed since ${ref}`;
  return changed
    .map(({ chart, before, version, raised }) => {
      if (before === undefined) return `✔ ${chart}: new, ${version}`;
      if (raised) return `✔ ${chart}: ${before} → ${version}`;
      const said =
        before === version ? `its version is still ${version}` : `its version went from ${before} down to ${version}`;
      return `✖ ${chart}: its package changed since ${ref}, and ${said}; raise version in charts/${chart}/Chart.yaml`;
    })
    .join("\n");
}
