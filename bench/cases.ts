/** Objects of which it is known which have to be denied. */
import { startOracle } from "../test/oracle/oracle";
import { type Fixture, readFixtures } from "../test/policy/parity/fixtures";
import type { Answer, Level } from "./judges/judge";

/** Objects, by names that differ, since a report tells them apart by name. */
export interface Case {
  readonly objects: ReadonlyMap<string, object>;
  /** Names of those that have to be denied. */
  readonly denied: ReadonlySet<string>;
}

/** Pods of one level and version of the standard. */
export interface Group extends Case {
  readonly level: Level;
  readonly version: string;
}

/** All of upstream's test pods. What is right is what upstream's evaluator says; it must be what upstream's folders say. */
export async function upstreamPods(): Promise<Group[]> {
  const fixtures = await readFixtures();
  const oracle = await startOracle();
  const questions = fixtures.map(({ pod, level, version }) => ({ pod, level, version, kind: "Pod" }));
  const truths = await oracle.ask<{ allowed: boolean }>(questions);
  await oracle.close();
  const members = new Map<string, [string, Fixture][]>();
  for (const [index, fixture] of fixtures.entries()) {
    const { level, version, path, passes } = fixture;
    if (truths[index]?.allowed !== passes) throw new Error(`${path}: upstream disagrees with itself`);
    const key = `${level}/${version}`;
    members.set(key, [...(members.get(key) ?? []), [`pod-${index}`, fixture]]);
  }
  return [...members].map(([key, named]) => {
    const [level, version] = key.split("/") as [Level, string];
    const denied = new Set(named.filter(([, { passes }]) => !passes).map(([name]) => name));
    const objects = named.map(([name, { pod }]) => [name, { ...pod, metadata: { ...pod.metadata, name } }] as const);
    return { level, version, objects: new Map(objects), denied };
  });
}

/** How wrong a tool was. */
export interface Tally {
  /** Objects it judged at all. */
  readonly judged: number;
  readonly falseDenials: number;
  readonly falseAllows: number;
}

export function tally({ objects, denied }: Case, answer: Answer): Tally {
  const judged = [...objects.keys()].filter((name) => answer.judged?.has(name) ?? true);
  const wrong = judged.filter((name) => answer.denied.has(name) !== denied.has(name));
  const falseAllows = wrong.filter((name) => denied.has(name)).length;
  return { judged: judged.length, falseDenials: wrong.length - falseAllows, falseAllows };
}

export const sum = (tallies: readonly Tally[]): Tally => ({
  judged: tallies.reduce((total, { judged }) => total + judged, 0),
  falseDenials: tallies.reduce((total, { falseDenials }) => total + falseDenials, 0),
  falseAllows: tallies.reduce((total, { falseAllows }) => total + falseAllows, 0),
});
