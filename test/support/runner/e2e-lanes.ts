import { filesBelow } from "../tree";

const folder = "test/e2e";
const named = (names: readonly string[]): string[] => names.map((name) => `${folder}/${name}.e2e.ts`);

/**
 * Files that make nothing in the shared cluster: they use none, an API server of their own, or only previews that are refused. They run beside the files of
 * `alone/`. The last one is the one that reads the shared cluster: by then that of alone/cluster.e2e.ts, which looks for traces of all clusters, is gone.
 */
const apart = named([
  "bare-machine",
  "bootstrap-roles",
  "check-like",
  "pack-package",
  "pod-security",
  "pod-security-kinds",
  "render-hostile",
  "review",
  "sbom",
  "schemas",
  "served-apis",
  "signatures",
  "zen-access",
  "zen-agent-steps",
  "zen-kinds",
  "zen-scripts",
  "nothing-let-through",
]);

/** Files of minutes, the longest first, so that the end is not one of them alone. `drill` and `ready` are apart: each drains nodes. */
const longest = named([
  "kill",
  "drill",
  "interrupted",
  "trevor-pulumi",
  "ready",
  "mailroom-rollout",
  "trevor-chart",
  "mailroom-pulumi",
  "half-made",
]);

/** Files of end-to-end tests, by what runs beside what. */
export interface EndToEndLanes {
  /** They look at the whole cluster or at the machine: one at a time, and no other one that makes anything in the cluster. */
  readonly alone: readonly string[];
  /** Beside those, one at a time. */
  readonly apart: readonly string[];
  /** Two at a time, in this order. */
  readonly others: readonly string[];
}

/** Every file of end-to-end tests, once. */
export function endToEndLanes(): EndToEndLanes {
  const all = filesBelow([folder], [".e2e.ts"]);
  const alone = all.filter((file) => file.startsWith(`${folder}/alone/`));
  const placed = new Set([...alone, ...apart, ...longest]);
  return { alone, apart, others: [...longest, ...all.filter((file) => !placed.has(file))] };
}
