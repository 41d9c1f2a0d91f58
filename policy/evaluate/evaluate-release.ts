/** Inputs of a Helm release as Pulumi gives them → a Verdict. What stands in the way of evaluating it is a finding, never an exception. */
import { releaseRenders } from "../checks/release-renders";
import type { Finding, JsonObject, ObjectRef, Verdict } from "../contract";
import { unknownPaths } from "../manifest/known-values";
import { ManifestError } from "../manifest/manifest";
import { list, read, text } from "../manifest/read";
import { UNKNOWN } from "../manifest/unknown";
import { locateChart } from "../render/locate-chart";
import { RenderError } from "../render/render-error";
import { NothingToEvaluate } from "./evaluate";
import { type ChartRequest, evaluateChart } from "./evaluate-chart";
import type { PackConfig } from "./pack-config";
import type { Part } from "./together";

/** Why a release cannot be evaluated. */
export type Obstacle = Pick<Finding, "field" | "got" | "want" | "fix" | "outcome"> &
  Partial<Pick<Finding, "file" | "line">>;

/** Evaluates a release by its inputs, but for the rules that look across; field names as in kubernetes:helm.sh/v3:Release, unknown values as UNKNOWN.
 *  The chart is a folder or archive, its path relative to the project. `by` is what differs where a controller installs it. */
export async function evaluateRelease(
  inputs: Readonly<Record<string, unknown>>,
  config: PackConfig,
  by: Pick<ChartRequest, "partly"> = {},
): Promise<Part> {
  const release = releaseRef(inputs);
  const namespace = release.namespace ?? "default";
  const nothing = { manifests: [], namespace, incomplete: true };
  const refused = refusedRelease(inputs, config);
  if (refused !== undefined) return { ...nothing, verdict: refused };
  const chart = locateChart(text(inputs, "chart"), config.projectRoot) ?? "";
  const values = (read(inputs, "values") ?? {}) as JsonObject;
  try {
    const { kubeVersion, apiVersions, served } = config;
    const told = apiVersions && { apiVersions, certain: true };
    const capabilities = { kubeVersion, ...told, ...(served && { served }) };
    const request = { chart, name: release.name, namespace, values, ...capabilities, ...by };
    const source = { object: release, createNamespace: read(inputs, "createNamespace") };
    return { ...(await evaluateChart(request, { ...config, only: config.only ?? "alone", release: source })), release };
  } catch (error) {
    return { ...nothing, verdict: refusal(release, failures(error)) };
  }
}

/** The verdict on a release whose inputs keep it from being evaluated; undefined when nothing does. */
export function refusedRelease(inputs: Readonly<Record<string, unknown>>, config: PackConfig): Verdict | undefined {
  const refused = [...obstacles(inputs, config)];
  return refused.length > 0 ? refusal(releaseRef(inputs), refused) : undefined;
}

function releaseRef(inputs: Readonly<Record<string, unknown>>): ObjectRef {
  const name = text(inputs, "name") || "(unknown)";
  return { apiVersion: "helm.sh/v3", kind: "Release", name, namespace: text(inputs, "namespace") || "default" };
}

const known = "known before deployment";
const nameFix = "use a plain name, not the output of a resource: the chart is evaluated before anything is created";

function mistaken({ mistakes }: PackConfig): Obstacle[] {
  const common = { field: "stack configuration", want: "readable by the pack", fix: "correct the stack's settings" };
  return mistakes.map((got) => ({ ...common, got, outcome: "fail" }));
}

/** What is wrong with the settings, said of an object: it would be evaluated as if the mistaken part had not been said. */
export const mistakesAt = (object: ObjectRef, config: PackConfig): readonly Finding[] =>
  refusal(object, mistaken(config)).findings;

function* obstacles(inputs: Readonly<Record<string, unknown>>, config: PackConfig): Generator<Obstacle> {
  yield* mistaken(config);
  let unknown = false;
  for (const input of [
    "chart",
    "name",
    "namespace",
    "values",
    "postrender",
    "repositoryOpts",
    "valueYamlFiles",
    "reuseValues",
  ]) {
    for (const field of unknownPaths(read(inputs, input), input)) {
      unknown = true;
      yield { field, got: "a value unknown until deployment", want: known, fix: nameFix, outcome: "undetermined" };
    }
  }
  if (!unknown && inputs.version === "") {
    // The provider fills in the chart's version only when every input is known, and before 4.30 it drops unknown values without a trace
    // (pulumi-kubernetes provider/pkg/provider/helm_release.go, Check and excludeNulls).
    const got = "a value unknown until deployment, which the provider left out";
    yield { field: "values", got, want: known, fix: nameFix, outcome: "undetermined" };
  }
  const chart = read(inputs, "chart");
  const repository = text(inputs, "repositoryOpts", "repo");
  const local = {
    field: "chart",
    want: "a folder of this project",
    fix: "put the chart under charts/ and name it by its relative path",
  };
  if (chart !== UNKNOWN && text(inputs, "chart") === "") yield { ...local, got: "unset", outcome: "fail" };
  else if (
    repository !== "" ||
    (chart !== UNKNOWN && locateChart(text(inputs, "chart"), config.projectRoot) === undefined)
  ) {
    const got = "a chart of a repository, or none: there is no chart at this path of the project";
    yield { ...local, got, outcome: "fail" };
  }
  if (read(inputs, "reuseValues") === true) {
    const fix =
      "remove reuseValues and give every value here: Helm would lay them over those of the release before, which nobody has evaluated";
    yield { field: "reuseValues", got: "true", want: "false", fix, outcome: "fail" };
  }
  if (list(inputs, "valueYamlFiles").some((file) => file !== UNKNOWN)) {
    // The provider reads them into `values` and drops the field (helm_release.go, Check): where they still stand, nobody has.
    const fix = "give their content as values";
    yield {
      field: "valueYamlFiles",
      got: "files nobody has read",
      want: "part of values",
      fix,
      outcome: "undetermined",
    };
  }
  if (text(inputs, "postrender") !== "") {
    const fix = "remove postrender: it changes the objects after they were evaluated";
    yield { field: "postrender", got: "a command", want: "empty", fix, outcome: "fail" };
  }
}

/** An error as a message without secrets. */
function failures(error: unknown): Obstacle[] {
  const common = {
    field: "chart",
    want: "a chart that renders to objects",
    fix: releaseRenders.fix,
    outcome: "fail" as const,
  };
  if (error instanceof RenderError) {
    const { message, file, line } = error;
    return [{ ...common, got: message, ...(file !== undefined && { file }), ...(line !== undefined && { line }) }];
  }
  if (error instanceof ManifestError) return error.problems.map((got) => ({ ...common, got }));
  if (error instanceof NothingToEvaluate) return [{ ...common, got: error.message }];
  // Anything else is a mistake of the pack; its message may hold a value, so only its kind is shown.
  const kind = error instanceof Error ? error.name : typeof error;
  return [
    { ...common, got: `an error of the policy pack itself (${kind})`, fix: "report it with the chart that causes it" },
  ];
}

/** The verdict on what cannot be evaluated. */
export function refusal(object: ObjectRef, obstacles: readonly Obstacle[]): Verdict {
  const { id: rule, severity } = releaseRenders;
  return {
    findings: obstacles.map((obstacle) => ({ rule, severity, object, containers: [], ...obstacle })),
    objects: 0,
    pods: 0,
  };
}
