import { runHelm } from "../../cluster/run-helm";
import { saidOf } from "../../policy/evaluate/catalogue";
import { blocking } from "../../policy/evaluate/evaluate";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { defaultKubernetesVersion } from "../../policy/settings/kubernetes-version";
import { policySettings } from "../../policy/settings/settings-schema";
import { table } from "../../process/table";
import { reasonOf } from "../validation/evaluate-targets";
import type { Combination } from "./matrix";

/** Options of `hardened chart matrix`. */
export interface MatrixOptions {
  /** Evaluate each render with the policy pack. @default false */
  readonly policy?: boolean;
}

/** Result of one combination. */
export interface RenderedCombination {
  readonly name: string;
  /** Number of rendered objects, 0 where rendering fails. */
  readonly objects: number;
  /** Errors of lint, template and the policy pack; empty when there are none. */
  readonly faults: readonly string[];
}

/** Lints and renders every combination, one after the other, and evaluates it with the policy pack where `policy` is set. */
export async function renderMatrix(
  combinations: readonly Combination[],
  { policy = false }: MatrixOptions,
): Promise<RenderedCombination[]> {
  const rendered: RenderedCombination[] = [];
  for (const one of combinations) {
    const { objects, faults } = await lintAndRender(one);
    const against = policy && faults.length === 0 ? await violations(one) : [];
    rendered.push({ name: one.name, objects, faults: [...faults, ...against] });
  }
  return rendered;
}

/** `helm lint --strict` and `helm template`: the number of objects, or Helm's errors. */
async function lintAndRender(one: Combination): Promise<Omit<RenderedCombination, "name">> {
  const input = JSON.stringify(one.values);
  const version = ["--kube-version", defaultKubernetesVersion];
  const lint = await runHelm(["lint", "--strict", one.chart, "-f", "-", ...version], input);
  if (lint.code !== 0) return { objects: 0, faults: [`helm lint: ${wordsOf(`${lint.stdout}\n${lint.stderr}`)}`] };
  const { code, stdout, stderr } = await runHelm(templateArguments(one), input);
  if (code !== 0) return { objects: 0, faults: [`helm template: ${wordsOf(stderr)}`] };
  const objects = stdout.match(/^kind: /gm)?.length ?? 0;
  return { objects, faults: objects === 0 ? ["helm template: no object, so there is nothing to check"] : [] };
}

/** Arguments of `helm template` for a combination, whose values are on standard input. */
export const templateArguments = ({ chart, release, namespace, apiVersions }: Omit<Combination, "name">): string[] => [
  ...["template", release, chart, "-n", namespace, "-f", "-", "--kube-version", defaultKubernetesVersion],
  ...apiVersions.flatMap((one) => ["--api-versions", one]),
];

/** Errors in Helm's output, without hints and counts. */
const wordsOf = (text: string): string =>
  text
    .split("\n")
    .filter(
      (line) =>
        line.trim() !== "" && !/^(==>|walk\.go:|\[INFO\]|\d+ chart\(s\)|Error: \d+ chart\(s\)|Use --debug)/.test(line),
    )
    .join("\n  ");

/** Mandatory violations, as messages of the pack. */
async function violations(one: Combination): Promise<string[]> {
  const { chart, release: name, namespace, values, profile, images, apiVersions } = one;
  const settings = policySettings.parse({ images: [{ namespaces: ["**"], allow: images }] });
  const podSecurity = { level: "restricted", version: "latest" } as const;
  try {
    const { verdict } = await evaluateChart(
      { chart, name, namespace, values, apiVersions, kubeVersion: defaultKubernetesVersion },
      { profile, podSecurity, settings, now: new Date() },
    );
    return blocking(verdict, profile).map(saidOf);
  } catch (error) {
    return [`could not be evaluated: ${reasonOf(error)}`];
  }
}

/** The same as text: a line for each combination, then how many there are. */
export function formatMatrix(rendered: readonly RenderedCombination[], { policy = false }: MatrixOptions): string {
  const rows = rendered.map(({ name, objects, faults }) => [
    name,
    String(objects),
    faults.length > 0 ? "failed" : "ok",
  ]);
  const failed = rendered.filter(({ faults }) => faults.length > 0);
  const told = failed.flatMap(({ name, faults }) => faults.map((fault) => `✖ ${name}: ${fault}`));
  const evaluated = policy ? "linted, rendered and evaluated by the policy pack" : "linted and rendered";
  const last = `${rendered.length} combinations ${evaluated}, ${failed.length} failed`;
  return [table(["COMBINATION", "OBJECTS", "RESULT"], rows), ...told, last].join("\n");
}
