/** Renders a chart as the provider does at install, with hooks and CRDs kept: the text every check reads. */
import { createHash } from "node:crypto";
import { basename, isAbsolute } from "node:path";
import type { JsonObject } from "../contract";
import { apiVersions as builtIn } from "./api-versions";
import { type Chart, readChart } from "./chart";
import { helmFailure, RenderError } from "./render-error";
import { type Bounds, type HelmResult, helmBinary, runHelm } from "./render-process";
import { redactor } from "./render-redact";
import { askServer, serverBinary } from "./render-server";

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
  /** Values over the chart's own, as plain JSON. Never an Output; may hold secrets, they go to helm's stdin only. */
  readonly values: JsonObject;
  /** Kubernetes version the templates see, e.g. "1.36" or "v1.36.3". */
  readonly kubeVersion: string;
  /** API versions of the cluster beside Kubernetes' own, e.g. "monitoring.coreos.com/v1". @default none */
  readonly apiVersions?: readonly string[];
  /** All the cluster serves, in place of Kubernetes' own and `apiVersions`. @default not known */
  readonly served?: readonly string[];
  /** Render what an upgrade of the release brings (`.Release.IsUpgrade`), as `helm template --is-upgrade`. @default false: a first install */
  readonly upgrade?: boolean;
  readonly bounds?: Bounds;
}

/** A rendered chart. */
export interface Rendered {
  /** All objects as YAML documents, each under its `# Source:` line: templates, hooks (tests too), CRDs, subcharts. */
  readonly text: string;
  /** sha256 of the chart's folder. */
  readonly chartDigest: string;
  /** Paths below the chart's folder; empty for an archive. */
  readonly files: readonly string[];
}

const renders = new Map<string, Promise<Rendered>>();
const maxRemembered = 512;

/** Renders a chart. The same chart, values and versions are rendered once per process: equal requests get the same object.
 *  Throws a RenderError: what is wrong, in which template and line where Helm says so; no value is ever quoted. */
export async function renderChart(request: RenderRequest): Promise<Rendered> {
  checkNames(request);
  const chart = readChart(request.chart, request.root);
  const key = createHash("sha256")
    .update(
      JSON.stringify([
        helmBinary(),
        serverBinary(),
        chart.digest,
        request.name,
        request.namespace,
        request.kubeVersion,
        request.apiVersions,
        request.served,
        request.upgrade,
        request.values,
      ]),
    )
    .digest("hex");
  const known = renders.get(key);
  if (known !== undefined) return known;
  const render = template(request, chart).then((text) => ({
    text,
    chartDigest: chart.digest,
    files: chart.files,
  }));
  if (renders.size >= maxRemembered) renders.clear();
  renders.set(key, render);
  render.catch(() => renders.delete(key)); // a failure may have a cause outside the chart: the next call tries again
  return render;
}

async function template(request: RenderRequest, chart: Chart): Promise<string> {
  const apiVersions = request.served ?? [...builtIn, ...(request.apiVersions ?? [])];
  const server = serverBinary();
  const result =
    server === undefined || request.upgrade === true // of which the server knows nothing
      ? await callHelm(request, apiVersions)
      : await askServer(
          server,
          { ...flags(request), digest: chart.digest, apiVersions, exact: request.served !== undefined },
          request.bounds,
        );
  if (result.code === 0) return result.stdout;
  const known = [...chart.files, basename(request.chart), request.name, request.namespace];
  throw helmFailure(result.stderr, redactor(request.values, known));
}

const flags = ({ chart, name, namespace, values, kubeVersion }: RenderRequest) => ({
  chart,
  name,
  namespace,
  values,
  kubeVersion,
});

async function callHelm(request: RenderRequest, apiVersions: readonly string[]): Promise<HelmResult> {
  await requireHelm();
  const { chart, name, namespace, values, kubeVersion } = request;
  const args = ["template", name, chart, "--namespace", namespace, "--values", "-", "--include-crds"];
  const versions = apiVersions.flatMap((version) => ["--api-versions", version]);
  const upgrade = request.upgrade === true ? ["--is-upgrade"] : [];
  return runHelm(
    [...args, "--kube-version", kubeVersion, ...upgrade, ...versions],
    JSON.stringify(values),
    request.bounds,
  );
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

const versions = new Map<string, Promise<string>>();

/** The version of the helm in use, e.g. "v3.22.0". Throws a RenderError when there is none or it is neither 3 nor 4. */
export function requireHelm(): Promise<string> {
  const binary = helmBinary();
  let version = versions.get(binary);
  if (version === undefined) {
    version = askVersion(binary);
    versions.set(binary, version);
    version.catch(() => versions.delete(binary));
  }
  return version;
}

async function askVersion(binary: string): Promise<string> {
  const { code, stdout } = await runHelm(["version", "--template", "{{.Version}}"], "");
  const fix = "install Helm 3 or 4, or set HELM_BIN to its path";
  if (code === 126 || code === 127)
    throw new RenderError({ kind: "helm", message: `helm not found (${binary}); ${fix}` });
  if (code !== 0 || !/^v[34]\./.test(stdout)) {
    throw new RenderError({
      kind: "helm",
      message: `${binary} is no Helm 3 or 4 (it says "${stdout.slice(0, 40)}"); ${fix}`,
    });
  }
  return stdout.trim();
}
