/** What a chart renders to where its questions are answered otherwise than at first. Before a deployment the answers come from what a stock Kubernetes of the
 *  declared version serves: every other answer a cluster may give to `.Capabilities.APIVersions.Has` is rendered too, and a later patch of the version. With
 *  the cluster's own list there is nothing to try but what the chart's own crds/ add to it: Helm installs those first and asks again
 *  (helm pkg/action/install.go, installCRDs). */
import type { DeclaredLookups } from "../contract";
import { groupOf, knownKinds, knownMinors } from "../manifest/kind-table";
import { list, read, text } from "../manifest/read";
import { minorOf } from "../rules/api-lifecycle";
import {
  FailedRender,
  type Lookup,
  type Questions,
  type Rendered,
  type Rendering,
  type RenderRequest,
  renderChart,
  servedFor,
} from "./render";

/** A rendering with what the cluster serves for it. */
export interface Alternative extends Pick<RenderRequest, "apiVersions" | "served"> {
  readonly where: string;
  readonly rendering: Rendering;
}

/** Renderings that differ from the first one. */
export interface Alternatives {
  /** Each with the circumstances it needs, such as "the cluster serves monitoring.coreos.com/v1". */
  readonly found: readonly Alternative[];
  /** APIs of which not every combination was tried; empty when all were. */
  readonly unexplored: readonly string[];
  /** What only the others look up and ask. */
  readonly lookups: readonly Lookup[];
  readonly asks: readonly string[];
  readonly declared: readonly DeclaredLookups[];
  /** Installs and upgrades that do not render without the objects of the cluster, so that it is not known what they bring. */
  readonly problems: readonly string[];
}

/** Most renderings that are tried: every combination of four APIs. A chart that asks for more is told of as not wholly explored. */
const most = 24;

/** Milliseconds after which no further answer is tried or evaluated. A chart for which that is not enough is told of in the same way. */
const exploring = 60_000;

/** Says whether there is time for one more answer, from now on. */
export function timeToExplore(): () => boolean {
  const until = Date.now() + exploring;
  return () => Date.now() < until;
}

/** How other answers than the first are looked for. */
export interface Exploring {
  /** Set when `apiVersions` are all the cluster serves beside Kubernetes' own: no other answer is tried. @default false */
  readonly certain?: boolean;
  /** Set when kinds that the cluster does not serve keep nothing else from being applied, as Argo CD's SkipDryRunOnMissingResource has it. @default false */
  readonly partly?: boolean;
  /** Whether there is time for one more answer. @default timeToExplore() */
  readonly hasTime?: () => boolean;
}

/** The other renderings of a chart whose first one is `first`. What does not render where an API is served, and looks nothing up, cannot be installed there
 *  either. */
export async function alternativesOf(
  { certain, partly, hasTime = timeToExplore(), ...request }: RenderRequest & Exploring,
  first: Rendered,
): Promise<Alternatives> {
  const isCertain = request.served !== undefined || certain === true;
  const told = new Set(servedFor(request));
  const own = apisOfCrds(first);
  const open = (apis: readonly string[]): string[] =>
    apis.filter((api) => !told.has(api) && (own.has(api) || (!isCertain && mayBeServed(api, request.kubeVersion))));
  const isThere = (api: string): boolean => own.has(api) || told.has(api) || mayBeServed(api, request.kubeVersion);
  const asked = new Set(open(first.apis));
  const tried = new Set<string>();
  const texts = new Set([first.text, first.upgrade?.text]);
  const found: Alternative[] = [];
  const others: Questions[] = [];
  const problems: string[] = [];
  const lookAt = async (other: RenderRequest, where: string): Promise<void> => {
    const result = await rendered(other);
    const questions = result instanceof FailedRender ? result.questions : result;
    others.push(questions);
    for (const api of open(questions.apis)) asked.add(api);
    problems.push(...problemsOf(result, first).map(({ what, why }) => `${what} where ${where}: ${why}`));
    for (const rendering of result instanceof FailedRender ? [] : [result, result.upgrade]) {
      if (rendering === undefined || texts.has(rendering.text)) continue;
      texts.add(rendering.text);
      const { apiVersions, served } = other;
      const told = { ...(apiVersions && { apiVersions }), ...(served && { served }) };
      if (partly === true || isInstallable(rendering, isThere)) found.push({ where, rendering, ...told });
    }
  };
  if (!isCertain && first.kubeVersionAsked) {
    const declared = `1.${minorOf(request.kubeVersion)}`;
    await lookAt(
      { ...request, kubeVersion: `${declared}.99` },
      `the cluster is a later patch of Kubernetes ${declared}`,
    );
    const vendor = `v${declared}.99-gke.1000000`;
    await lookAt({ ...request, kubeVersion: vendor }, `the cluster's version has a hyphen, as ${vendor}`);
  }
  for (let next = nextSet(asked, tried); next !== undefined && tried.size < most; next = nextSet(asked, tried)) {
    if (!hasTime()) break;
    tried.add(next.join("\n"));
    await lookAt(withApis(request, next), `the cluster serves ${next.join(" and ")}`);
  }
  const unexplored = nextSet(asked, tried) === undefined ? [] : [...asked];
  const only = onlyOf(others, first);
  const isOpen = !isCertain && [first, ...others].some(({ kubePatchAsked }) => kubePatchAsked);
  const asks = isOpen ? [...only.asks, "the patch or vendor of Capabilities.KubeVersion"] : only.asks;
  return { found, unexplored, ...only, asks, problems };
}

/** What others look up and ask, each once, that the first one does not. */
function onlyOf(others: readonly Questions[], first: Questions): Pick<Alternatives, "lookups" | "asks" | "declared"> {
  const known = new Set([...first.lookups, ...first.asks, ...first.declared].map((one) => JSON.stringify(one)));
  const isNew = (one: unknown): boolean => !known.has(JSON.stringify(one)) && known.add(JSON.stringify(one)).size > 0;
  return {
    lookups: others.flatMap(({ lookups }) => lookups.filter(isNew)),
    asks: others.flatMap(({ asks }) => asks.filter(isNew)),
    declared: others.flatMap(({ declared }) => declared.filter(isNew)),
  };
}

/** What another rendering fails at: an upgrade, as the first one does not, or an install that has asked the cluster and may get another answer there. */
function problemsOf(
  result: Rendered | FailedRender,
  first: Rendered,
): { readonly what: string; readonly why: string }[] {
  if (result instanceof FailedRender) {
    const { lookups, asks } = result.questions;
    return lookups.length + asks.length === 0 ? [] : [{ what: "an install that does not render", why: result.message }];
  }
  if (result.upgradeProblem === undefined || first.upgradeProblem !== undefined) return [];
  return [{ what: "an upgrade that does not render", why: result.upgradeProblem }];
}

const withApis = (request: RenderRequest, apis: readonly string[]): RenderRequest =>
  request.served === undefined
    ? { ...request, apiVersions: [...(request.apiVersions ?? []), ...apis] }
    : { ...request, served: [...request.served, ...apis] };

async function rendered(request: RenderRequest): Promise<Rendered | FailedRender> {
  try {
    return await renderChart(request);
  } catch (error) {
    if (error instanceof FailedRender) return error;
    throw error;
  }
}

/** What the CRDs in a chart's crds/ folders add to what the cluster serves. */
function apisOfCrds({ documents }: Rendering): ReadonlySet<string> {
  const crds = documents.filter(({ source = "" }) => /\/crds\//.test(source)).flatMap(({ objects = [] }) => objects);
  return new Set(
    crds.flatMap(({ object }) =>
      list(object, "spec", "versions").flatMap((one) => {
        const version = `${text(object, "spec", "group")}/${text(one, "name")}`;
        return [version, `${version}/${text(object, "spec", "names", "kind")}`];
      }),
    ),
  );
}

/** The next set of APIs to try: each alone, all together, then pairs and larger sets; undefined when every set was tried. */
function nextSet(asked: ReadonlySet<string>, tried: ReadonlySet<string>): readonly string[] | undefined {
  const all = [...asked].sort();
  const isNew = (set: readonly string[]): boolean => set.length > 0 && !tried.has(set.join("\n"));
  if (all.every((api) => tried.has(api)) && isNew(all)) return all;
  for (let size = 1; size <= all.length; size++) for (const set of combinations(all, size)) if (isNew(set)) return set;
  return undefined;
}

function* combinations(items: readonly string[], size: number): Generator<string[]> {
  if (size === 0) yield [];
  for (let index = 0; index + size <= items.length && size > 0; index++)
    for (const rest of combinations(items.slice(index + 1), size - 1)) yield [items[index] as string, ...rest];
}

/** Whether Helm would get as far as to install: it first asks for every kind that is no hook, and ends at one that is not there. What the chart's own
 *  crds/ bring is there by then. */
function isInstallable({ documents }: Rendering, isThere: (api: string) => boolean): boolean {
  return documents.every(({ objects = [] }) =>
    objects.every(
      ({ object }) =>
        read(object, "metadata", "annotations", "helm.sh/hook") !== undefined ||
        isThere(`${text(object, "apiVersion")}/${text(object, "kind")}`),
    ),
  );
}

/** The groups of Kubernetes itself, with the one that ended before the table begins. */
const ownGroups = new Set(["extensions", ...knownKinds.map(({ apiVersion }) => groupOf(apiVersion))]);

/** Whether a cluster of this version may serve an API, such as "monitoring.coreos.com/v1" or "batch/v1/Job". A group of Kubernetes itself has what its
 *  API server can serve, switched on or not; any other group may be there, with a dot in its name or, from an aggregated API server, without one. */
function mayBeServed(api: string, kubeVersion: string): boolean {
  const [, apiVersion = api, kind] = /^((?:[^/]+\/)?v\d[^/]*)(?:\/(\w+))?$/.exec(api) ?? [];
  const group = groupOf(apiVersion);
  if (!ownGroups.has(group)) return true;
  const minor = Math.min(Math.max(minorOf(kubeVersion), knownMinors.first), knownMinors.last);
  return knownKinds.some(
    (known) =>
      known.apiVersion === apiVersion &&
      (kind === undefined || known.kind === kind) &&
      known.from <= minor &&
      minor <= known.to,
  );
}
