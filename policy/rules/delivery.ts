/** A GitOps object that says which chart of this project it has its controller install: what it says, and what keeps the pack from seeing all of what is
 *  installed. Fields: Application of argo-cd v3 (pkg/apis/application/v1alpha1/types.go), HelmRelease v2 and OCIRepository v1 of Flux. Pure. */
import type { JsonObject } from "../contract";
import { child } from "../manifest/field-path";
import { groupOf } from "../manifest/kind-table";
import { unknownPaths } from "../manifest/known-values";
import { entries, read, text } from "../manifest/read";

/** Annotation with the path of the chart's folder, relative to the project. */
export const chartAnnotation = "hardened.pulumi/chart";

/** A field that keeps the pack from seeing what is installed. */
export interface Hidden {
  readonly field: string;
  readonly got: string;
  readonly want: string;
  readonly fix: string;
  readonly unknown?: true;
}

/** What a GitOps object delivers. */
export interface Delivery {
  /** Path of the chart's folder, relative to the project. */
  readonly chart: string;
  /** What the controller installs the chart as; nothing for an object that only fetches it. */
  readonly release?: { readonly name: string; readonly namespace: string; readonly values: unknown };
  /** Where the object pins the chart. */
  readonly pin?: { readonly field: string; readonly digest: string };
  /** The object that pins it instead. */
  readonly source?: { readonly namespace: string; readonly name: string };
  readonly hidden: readonly Hidden[];
}

/** What a kind says, and fields of it that change nothing of what is installed. */
interface Reader {
  readonly read: (object: JsonObject) => Omit<Delivery, "chart" | "hidden">;
  /** Keys that may be set, by the path they stand at, beside the `roots`. Any other is refused: a new field of a controller is not harmless until someone
   *  has looked. */
  readonly known: Readonly<Record<string, string>>;
  /** Values a field must have. */
  readonly fixed?: Readonly<Record<string, RegExp>>;
  readonly values?: readonly string[];
}

/** Keys at the root of any GitOps object. Not `operation` of an Application, whose source Argo CD installs in place of the one in spec; nor `status`, whose
 *  revision it compares with. */
const roots = "apiVersion kind metadata spec";

const annotationPath = `metadata.annotations["${chartAnnotation}"]`;
const oci = /^oci:\/\/[^\s<>]+$/;
const digest = /^sha256:[0-9a-f]{64}$/;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    "argoproj.io Application",
    {
      read: (object) => ({
        release: {
          name: text(object, "spec", "source", "helm", "releaseName") || text(object, "metadata", "name"),
          namespace: text(object, "spec", "destination", "namespace"),
          values: read(object, "spec", "source", "helm", "valuesObject"),
        },
        pin: { field: "spec.source.targetRevision", digest: text(object, "spec", "source", "targetRevision") },
      }),
      known: {
        spec: "project source destination syncPolicy ignoreDifferences info revisionHistoryLimit",
        "spec.source": "name repoURL targetRevision path helm",
        "spec.source.helm": "releaseName valuesObject skipCrds skipTests",
        "spec.destination": "server name namespace",
      },
      fixed: {
        "spec.source.repoURL": oci,
        "spec.source.targetRevision": digest,
        "spec.source.path": /^\.$/,
        "spec.destination.server": /^(https:\/\/kubernetes\.default\.svc)?$/,
        "spec.destination.name": /^(in-cluster)?$/,
        "spec.destination.namespace": /./,
      },
      values: ["spec", "source", "helm", "valuesObject"],
    },
  ],
  [
    "helm.toolkit.fluxcd.io HelmRelease",
    {
      read: (object) => {
        const namespace = text(object, "metadata", "namespace");
        return {
          release: {
            name: text(object, "spec", "releaseName"),
            namespace: text(object, "spec", "targetNamespace") || namespace,
            values: read(object, "spec", "values"),
          },
          source: {
            namespace: text(object, "spec", "chartRef", "namespace") || namespace,
            name: text(object, "spec", "chartRef", "name"),
          },
        };
      },
      known: {
        spec:
          "chartRef values releaseName targetNamespace storageNamespace interval timeout install upgrade rollback uninstall test driftDetection " +
          "maxHistory suspend dependsOn serviceAccountName persistentClient waitStrategy healthCheckExprs",
      },
      fixed: {
        "spec.chartRef.kind": /^OCIRepository$/,
        "spec.releaseName": /./,
        "spec.upgrade.preserveValues": /^(false)?$/,
      },
      values: ["spec", "values"],
    },
  ],
  [
    "source.toolkit.fluxcd.io OCIRepository",
    {
      read: (object) => ({ pin: { field: "spec.ref.digest", digest: text(object, "spec", "ref", "digest") } }),
      known: {
        spec: "url ref interval timeout layerSelector provider secretRef certSecretRef proxySecretRef serviceAccountName verify insecure suspend",
      },
      fixed: {
        "spec.url": oci,
        "spec.ref.digest": digest,
        "spec.layerSelector.operation": /^copy$/,
      },
    },
  ],
]);

/** What an object delivers; nothing for one that names no chart of this project, and for other kinds. */
export function deliveryOf(object: JsonObject): Delivery | undefined {
  const reader = readers.get(`${groupOf(text(object, "apiVersion"))} ${text(object, "kind")}`);
  const chart = read(object, "metadata", "annotations", chartAnnotation);
  if (reader === undefined || chart === undefined) return undefined;
  return {
    chart: typeof chart === "string" ? chart : "",
    ...reader.read(object),
    hidden: [...hiddenIn(object, reader)],
  };
}

function* hiddenIn(object: JsonObject, { known, fixed = {}, values }: Reader): Generator<Hidden> {
  const valuesPath = values?.join(".");
  const seen = { metadata: read(object, "metadata"), spec: read(object, "spec") };
  for (const field of unknownPaths(seen))
    if (
      valuesPath === undefined ||
      !(field === valuesPath || field.startsWith(`${valuesPath}.`) || field.startsWith(`${valuesPath}[`))
    )
      yield {
        field,
        got: "a value unknown until deployment",
        want: "known before deployment",
        fix: "use a plain value, not the output of a resource: the chart is evaluated before anything is created",
        unknown: true,
      };
  if (text(object, "metadata", "namespace") === "")
    yield {
      field: "metadata.namespace",
      got: "unset",
      want: "the namespace the controller looks for the object in",
      fix: "set it: what a GitOps object installs depends on where it lies",
    };
  if (text(object, "metadata", "annotations", chartAnnotation) === "")
    yield { field: annotationPath, got: "no text", want: "a chart of this project", fix: "name the chart's folder" };
  for (const [path, keys] of Object.entries({ "": roots, ...known }))
    for (const [key] of entries(object, ...path.split(".").filter(Boolean)))
      if (!keys.split(" ").includes(key) && key !== "*")
        yield {
          field: child(path, key),
          got: "set",
          want: "unset",
          fix: "remove it: it changes what the controller installs after the chart and its values were evaluated; give every value in the object itself",
        };
  for (const [path, pattern] of Object.entries(fixed)) {
    const value = read(object, ...path.split("."));
    const shown = value === undefined ? "" : typeof value === "symbol" ? undefined : String(value);
    if (shown !== undefined && !pattern.test(shown))
      yield { field: path, got: shown === "" ? "unset" : JSON.stringify(shown), want: wanted(path), fix: fixOf(path) };
  }
}

const wanted = (path: string): string => {
  if (/targetRevision|digest/.test(path)) return "a sha256 digest, which no one can move to another chart";
  if (/repoURL|url/.test(path)) return "an oci:// address";
  if (/destination\.(server|name)/.test(path)) return "the cluster this stack changes";
  return words[path] ?? "set";
};

const words: Readonly<Record<string, string>> = {
  "spec.source.path": '".", the whole chart',
  "spec.chartRef.kind": "OCIRepository, which pins a digest",
  "spec.upgrade.preserveValues": "false",
  "spec.layerSelector.operation": "copy, which leaves the package as it is",
};

const fixOf = (path: string): string =>
  /targetRevision|digest/.test(path)
    ? "name the digest that bin/hardened chart push prints; a tag or a version may be another chart by the time it is fetched"
    : "set it as the component GitOpsDelivery does";
