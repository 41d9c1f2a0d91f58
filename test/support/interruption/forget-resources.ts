import type { StateEntry } from "../../../cluster/stack-state";
import { succeeded } from "../changes";
import type { TestProject } from "../test-project";

/** A resource as the exported state has it, with what names other resources. */
interface Entry extends StateEntry {
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly deletedWith?: string;
}

/** Leaves entries out of a stack's state, as if they had never been written down; their objects stay. How many there were. */
export async function forget(project: TestProject, isForgotten: (entry: StateEntry) => boolean): Promise<number> {
  const exported = succeeded(await project.pulumi(["stack", "export", "--stack", project.stack])).stdout;
  const state = JSON.parse(exported) as { deployment: { resources: Entry[] } };
  const { resources } = state.deployment;
  const gone = new Set(resources.filter(isForgotten).map(({ urn }) => urn));
  const known = (urns: readonly string[]): string[] => urns.filter((urn) => !gone.has(urn));
  state.deployment.resources = resources
    .filter(({ urn }) => !gone.has(urn))
    .map(({ deletedWith, ...entry }) => ({
      ...entry,
      ...(deletedWith && !gone.has(deletedWith) ? { deletedWith } : {}),
      dependencies: known(entry.dependencies ?? []),
      propertyDependencies: Object.fromEntries(
        Object.entries(entry.propertyDependencies ?? {}).map(([key, urns]) => [key, known(urns)]),
      ),
    }));
  const input = JSON.stringify(state);
  succeeded(await project.pulumi(["stack", "import", "--stack", project.stack], { input }));
  return gone.size;
}
