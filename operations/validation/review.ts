import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManifestError } from "../../policy/manifest/manifest";
import { RenderError } from "../../policy/render/render-error";
import { exitCodeOf, type Report } from "../../policy/report/report";
import { defaultKubernetesVersion } from "../../policy/settings/kubernetes-version";
import { interruption } from "../../process/interrupt";
import { UserError } from "../../process/user-error";
import { diffFolders, layObjects } from "../stack/object-diff";
import { stackNames } from "../stack/stack-file";
import { reportOf } from "./evaluate-targets";
import { renderStack } from "./render";
import { Base, type BaseRendering, baseCommit } from "./review-base";

/** Effect of a change on one stack. */
export interface StackReview {
  readonly stack: string;
  readonly report: Report;
  /** Unified diff of the rendered objects against the base; empty when nothing changes. */
  readonly diff: string;
  /** Why there is no diff, where rendering fails. */
  readonly noDiff?: string;
}

/** Effect of a change on all requested stacks. */
export interface Review {
  /** The base, as given by `--base`. */
  readonly base: string;
  readonly commit: string;
  /** Set when the base requires other packages than the ones it was rendered with. */
  readonly otherPackages: boolean;
  readonly stacks: readonly StackReview[];
}

/** Message of a UserError; any other error is rethrown. */
function reasonOf(error: unknown): string {
  if (error instanceof UserError || error instanceof RenderError || error instanceof ManifestError)
    return error.message;
  throw error;
}

const evaluatedBy = {
  values: [],
  namespace: "default",
  profile: "prod",
  podSecurity: "latest",
  kubernetes: defaultKubernetesVersion,
} as const;

async function evaluateStack(stack: string): Promise<Report> {
  try {
    return await reportOf([{ kind: "stack", name: stack }], stack, evaluatedBy);
  } catch (error) {
    const reason = reasonOf(error);
    return { target: stack, profile: "prod", units: [], unjudged: [{ name: stack, reason }] };
  }
}

async function diffStack(stack: string, before: BaseRendering): Promise<Pick<StackReview, "diff" | "noDiff">> {
  if ("reason" in before) return { diff: "", noDiff: `the base does not render: ${before.reason}` };
  const folder = mkdtempSync(join(tmpdir(), "hardened-diff-"));
  try {
    await layObjects(join(folder, "before"), before.text, { hooks: true });
    for (const { text } of await renderStack(stack)) await layObjects(join(folder, "after"), text, { hooks: true });
    return { diff: diffFolders(folder, "before", "after") };
  } catch (error) {
    return { diff: "", noDiff: reasonOf(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Evaluates stacks (all that have a file, when none is named) without a cluster and compares what they render to with a base. Throws a UserError
 *  for a base or stack that does not exist. */
export async function review(wanted: readonly string[], baseRef: string): Promise<Review> {
  const known = stackNames();
  const missing = wanted.filter((stack) => !known.includes(stack));
  if (missing.length > 0) throw new UserError(`no stack ${missing.join(", ")}; stacks: ${known.join(", ")}`, 2);
  const base = Base.layOut(baseCommit(baseRef));
  try {
    const stacks: StackReview[] = [];
    for (const stack of wanted.length > 0 ? wanted : known) {
      interruption.throwIfAborted();
      const report = await evaluateStack(stack);
      stacks.push({ stack, report, ...(await diffStack(stack, base.render(stack))) });
    }
    interruption.throwIfAborted(); // the last base may have been killed by the same Ctrl-C
    return { base: baseRef, commit: base.commit, otherPackages: base.otherPackages, stacks };
  } finally {
    base.remove();
  }
}

/** As `check`: 2 when a stack could not be evaluated, 1 when one breaks a mandatory rule, else 0. */
export const exitCodeOfReview = ({ stacks }: Review): number =>
  Math.max(0, ...stacks.map(({ report }) => exitCodeOf(report)));
