/** Renders a chart as the provider does at install and at upgrade, with hooks and CRDs kept: what every check reads. */
import { createHash } from "node:crypto";
import { basename, isAbsolute } from "node:path";
import type { DeclaredLookups, JsonObject } from "../contract";
import type { Document } from "../manifest/documents";
import { servedByStock } from "./api-versions";
import { type Chart, hasChanged, readChart } from "./chart";
import { helmFailure, RenderError } from "./render-error";
import type { Bounds } from "./render-process";
import { redactor } from "./render-redact";
import { askRenderer, rendererBinary } from "./render-server";
import { subchartFolders } from "./subchart-folders";

/** What to render. */
export interface RenderRequest {
  /** Absolute path of the chart's folder or archive. */
  readonly chart: string;
  /** Folder the chart's links may not leave. @default the folder the chart lies in */
  readonly root?: string;
  /** Release name. */
  readonly name: string;
  /** Release namespace. */
  readonly namespace: string;
  /** Values over the chart's own, as plain JSON. Never an Output; may hold secrets, they go to helm-render's stdin only. */
  readonly values: JsonObject;
  /** Kubernetes version the templates see, e.g. "1.36" or "v1.36.3". */
  readonly kubeVersion: string;
  /** API versions of the cluster beside Kubernetes' own, e.g. "monitoring.coreos.com/v1". @default none */
  readonly apiVersions?: readonly string[];
  /** All the cluster serves, in place of Kubernetes' own and `apiVersions`. @default not known */
  readonly served?: readonly string[];
  readonly bounds?: Bounds;
}

/** What a chart renders to on one occasion. */
export interface Rendering {
  /** All objects as YAML documents, each under its `# Source:` line, as `helm template --include-crds` prints them. */
  readonly text: string;
  readonly documents: readonly Document[];
}

/** A call of `lookup` that was made while a chart rendered: what it asks for, the file as Helm's `# Source:` would begin, and the one-based line. */
export interface Lookup {
  readonly what: string;
  readonly file?: string;
  readonly line?: number;
}

/** A values file of a chart or subchart, packed ones too. */
export interface ChartValues {
  readonly name: string;
  readonly text: string;
  readonly tree?: JsonObject;
  readonly slips?: Document["slips"];
}

/** What a chart asked while it rendered. */
export interface Questions {
  /** APIs whose presence it asked for. */
  readonly apis: readonly string[];
  /** Whether it asked for the version of Kubernetes. */
  readonly kubeVersionAsked: boolean;
  /** Whether it asked for the patch or the vendor of that version, to decide by it. */
  readonly kubePatchAsked: boolean;
  /** What else it asked, such as "Capabilities.HelmVersion". */
  readonly asks: readonly string[];
  readonly lookups: readonly Lookup[];
  /** Charts whose lookups are not among them, by a reason they give. */
  readonly declared: readonly DeclaredLookups[];
}

/** A rendered chart, and what it asked while it rendered. */
export interface Rendered extends Rendering, Questions {
  /** What an upgrade brings, where that is something else. */
  readonly upgrade?: Rendering;
  /** Why an upgrade does not render although an install does. */
  readonly upgradeProblem?: string;
  /** Values files the chart and its subcharts come with. */
  readonly values: readonly ChartValues[];
  /** sha256 of the chart's folder or archive. */
  readonly chartDigest: string;
}

/** A chart that Helm does not render: what it asked until it failed may be why. */
export class FailedRender extends RenderError {
  constructor(
    why: RenderError,
    readonly questions: Questions,
  ) {
    super(why);
  }
}

/** What helm-render answers (render.go, renderAnswer): an install, or why there is none. */
interface Answer {
  readonly install?: Rendering;
  readonly installError?: string;
  readonly upgrade?: Rendering;
  readonly upgradeError?: string;
  readonly apis?: readonly string[];
  readonly kubeVersion?: boolean;
  readonly kubePatch?: boolean;
  readonly asks?: readonly string[];
  readonly lookups?: readonly Lookup[];
  readonly declared?: readonly DeclaredLookups[];
  readonly values?: readonly ChartValues[];
}

const renders = new Map<string, Promise<Rendered>>();
const maxRemembered = 512;

/** Renders a chart. The same chart, values and versions are rendered once per process: equal requests get the same object.
 *  Throws a RenderError: what is wrong, in which template and line where Helm says so; no value is ever quoted. */
export async function renderChart(request: RenderRequest): Promise<Rendered> {
  checkNames(request);
  const chart = readChart(request.chart, request.root);
  const { name, namespace, kubeVersion, apiVersions, served, values } = request;
  const parts = [rendererBinary(), chart.digest, name, namespace, kubeVersion, apiVersions, served, values];
  const key = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const known = renders.get(key);
  if (known !== undefined) return known;
  const render = rendered(request, chart);
  if (renders.size >= maxRemembered) renders.clear();
  renders.set(key, render);
  render.catch(() => renders.delete(key)); // a failure may have a cause outside the chart: the next call tries again
  return render;
}

/** Everything a chart is told the cluster serves. */
export const servedFor = ({ served, kubeVersion, apiVersions = [] }: RenderRequest): readonly string[] =>
  served ?? [...servedByStock(kubeVersion), ...apiVersions];

/** The values files of charts that were rendered, by digest: they are handed over once. */
const valuesOf = new Map<string, readonly ChartValues[]>();

/** How often a chart changed while it was rendered: helm-render may then hold something else under its digest, and is given another one. */
let changes = 0;

async function rendered(request: RenderRequest, chart: Chart): Promise<Rendered> {
  const { name, namespace, values, kubeVersion, bounds } = request;
  const knownValues = valuesOf.get(chart.digest);
  const said = await askRenderer<Answer>(
    {
      op: "render",
      chart: chart.path,
      digest: changes === 0 ? chart.digest : `${chart.digest} after ${changes} changes`,
      name,
      namespace,
      values,
      kubeVersion,
      apiVersions: servedFor(request),
      wantValues: knownValues === undefined,
    },
    bounds,
  );
  if (hasChanged(chart, request.root)) {
    changes += 1;
    throw new RenderError({ kind: "chart", message: "the chart changed while it was rendered; run again" });
  }
  const redact = redactor(values, [...chart.files, basename(chart.path), name, namespace]);
  if ("refusal" in said) throw helmFailure(said.refusal, redact);
  const {
    install,
    installError,
    upgrade,
    upgradeError,
    apis = [],
    asks = [],
    lookups = [],
    declared = [],
    kubeVersion: version,
    kubePatch,
  } = said.answer;
  const onDisk = subchartFolders(chart.path);
  const questions = {
    apis,
    asks,
    lookups: lookups.map((one) => (one.file === undefined ? one : { ...one, file: onDisk(one.file) })),
    declared,
    kubeVersionAsked: version === true,
    kubePatchAsked: kubePatch === true,
  };
  if (install === undefined) throw new FailedRender(helmFailure(installError ?? "", redact), questions);
  const chartValues = knownValues ?? said.answer.values ?? [];
  if (valuesOf.size >= maxRemembered) valuesOf.clear();
  valuesOf.set(chart.digest, chartValues);
  const placed = ({ text, documents }: Rendering): Rendering => ({
    text,
    documents: (documents ?? []).map((one) =>
      one.source === undefined ? one : { ...one, source: onDisk(one.source) },
    ),
  });
  return {
    ...placed(install),
    ...(upgrade && { upgrade: placed(upgrade) }),
    ...(upgradeError !== undefined && { upgradeProblem: helmFailure(upgradeError, redact).message }),
    ...questions,
    values: chartValues,
    chartDigest: chart.digest,
  };
}

const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const releaseName = new RegExp(`^(?=.{1,53}$)${label}(?:\\.${label})*$`);
const namespaceName = new RegExp(`^(?=.{1,63}$)${label}$`);

/** Helm's own rules for names, said before Helm is called. */
function checkNames({ chart, name, namespace }: RenderRequest): void {
  if (!isAbsolute(chart))
    throw new RenderError({ kind: "chart", message: `chart path must be absolute, got ${chart}` });
  const refuse = (what: string, got: string, most: number): RenderError =>
    new RenderError({
      kind: "template",
      message: `${what} "${got}" must be lower case letters, digits and "-", at most ${most} characters`,
    });
  if (!releaseName.test(name)) throw refuse("release name", name, 53);
  if (!namespaceName.test(namespace)) throw refuse("namespace", namespace, 63);
}
