import { type ExperimentContext, evictOne, recovered } from "./experiment";

/** Evicts pods of the service one after the other, the next one when all are ready again.
 *  @param count how many; at most each pod once */
export async function podKill(context: ExperimentContext, count: number): Promise<void> {
  for (const { metadata } of context.pods.slice(0, count)) {
    await evictOne(context, metadata.name);
    await recovered(context);
    context.note(`${context.pods.length} pods ready again`);
  }
}
