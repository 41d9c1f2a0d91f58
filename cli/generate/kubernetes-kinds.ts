/** Writes policy/manifest/kubernetes-kinds.ts from what API servers say they serve. Each argument is one minor version and where its answers are:
 *
 *    bin/run cli/generate/kubernetes-kinds.ts 1.36=SOURCES/api/discovery 1.37=kubectl:CONTEXT
 *
 *  A folder holds answers as Kubernetes' source tree keeps them: `/apis/apps/v1` in `apis__apps__v1.json`, of a server with every API switched on
 *  (kubernetes/kubernetes, api/discovery, written by hack/update-openapi-spec.sh). `kubectl:CONTEXT` asks a running API server,
 *  which tells of what is switched on. Versions that are not named stay as they are. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "../../cluster/cluster";
import { projectRoot } from "../../config/project";
import { type KnownKind, knownKinds, writeKinds } from "../../policy/manifest/kind-table";
import { list, read, text } from "../../policy/manifest/read";
import { versionPaths } from "../../policy/render/discovery";

/** Returns the answer to a path of the API server. */
export type Answers = (path: string) => unknown;

/** A kind of one minor version. */
type Kind = Omit<KnownKind, "from" | "to">;

/** Betas that are on by default: those of groups that had one before Kubernetes 1.24 (KEP-3136; pkg/controlplane/instance.go of 1.29 to 1.31,
 *  legacyBetaEnabledByDefaultResources). */
const legacyBetas = ["flowcontrol.apiserver.k8s.io/v1beta3"];

/** Betas and alphas are off by default (pkg/controlplane/instance.go, DefaultAPIResourceConfigSource). */
const isStock = (apiVersion: string): boolean =>
  !/v\d+(?:alpha|beta)\d+$/.test(apiVersion) || legacyBetas.includes(apiVersion);

/** Kinds an API server has, those of subresources too. `isOwn` leaves out what extensions of a cluster serve. */
export function kindsServed(answer: Answers, isOwn = (_apiVersion: string) => true): Kind[] {
  const versions = [answer("/api"), answer("/apis")].flatMap(versionPaths).map(answer);
  return versions.flatMap((one) => {
    const apiVersion = text(one, "groupVersion");
    const kinds = new Map<string, Kind>();
    for (const resource of isOwn(apiVersion) ? list(one, "resources") : []) {
      const kind = text(resource, "kind");
      const isSub = text(resource, "name").includes("/");
      if (isSub && kinds.has(kind)) continue;
      const scope = isSub ? undefined : read(resource, "namespaced") === true ? "Namespaced" : "Cluster";
      kinds.set(kind, { apiVersion, kind, scope, stock: isStock(apiVersion) });
    }
    return [...kinds.values()];
  });
}

/** The table with the kinds of some minor versions replaced. */
export function withMinors(table: readonly KnownKind[], minors: ReadonlyMap<number, readonly Kind[]>): KnownKind[] {
  const all = new Map<number, Kind[]>();
  for (const { from, to, ...kind } of table)
    for (let minor = from; minor <= to; minor++) all.set(minor, [...(all.get(minor) ?? []), kind]);
  for (const [minor, kinds] of minors) all.set(minor, [...kinds]);
  const open = new Map<string, { from: number; to: number } & Kind>();
  const spans: KnownKind[] = [];
  for (const [minor, kinds] of [...all].sort(([one], [other]) => one - other)) {
    for (const kind of kinds) {
      const key = JSON.stringify(kind);
      const before = open.get(key);
      if (before?.to === minor - 1) before.to = minor;
      else {
        const span = { ...kind, from: minor, to: minor };
        open.set(key, span);
        spans.push(span);
      }
    }
  }
  return spans;
}

const inFolder =
  (folder: string): Answers =>
  (path) =>
    JSON.parse(readFileSync(join(folder, `${path.slice(1).replaceAll("/", "__")}.json`), "utf8"));

const apiServices = "/apis/apiregistration.k8s.io/v1/apiservices";

/** All answers of a running API server that the table is made from. */
async function byKubectl(context: string): Promise<Answers> {
  const answers = new Map<string, unknown>();
  const ask = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) answers.set(path, JSON.parse(await new Cluster(context).raw(path)));
  };
  await ask(["/api", "/apis", apiServices]);
  await ask(["/api", "/apis"].flatMap((path) => versionPaths(answers.get(path))));
  return (path) => answers.get(path);
}

/** Whether the API server itself serves a version: it registers its own when it starts (kube-aggregator pkg/controllers/autoregister). */
function ownOf(answer: Answers): (apiVersion: string) => boolean {
  const registered = list(answer(apiServices), "items");
  const own = registered
    .filter((one) => read(one, "metadata", "labels", "kube-aggregator.kubernetes.io/automanaged") === "onstart")
    .map((one) => [text(one, "spec", "group"), text(one, "spec", "version")].filter((part) => part !== "").join("/"));
  return (apiVersion) => own.includes(apiVersion) || apiVersion.startsWith("apiregistration.k8s.io/");
}

/** Kinds of a minor version from a source: a folder, or "kubectl:" and a context. What a running API server has switched off stays as the
 *  table has it. */
async function kindsOf(minor: number, source: string): Promise<Kind[]> {
  const [tool, ...context] = source.split(":");
  if (tool !== "kubectl") return kindsServed(inFolder(source));
  const answer = await byKubectl(context.join(":"));
  const served = kindsServed(answer, ownOf(answer));
  const isServed = (one: Kind) =>
    served.some(({ apiVersion, kind }) => apiVersion === one.apiVersion && kind === one.kind);
  const before = knownKinds.filter(({ from, to, stock }) => !stock && from <= minor && minor <= to);
  return [...served, ...before.filter((one) => !isServed(one)).map(({ from: _, to: __, ...kind }) => kind)];
}

const head = `/** Kubernetes' own kinds, from the discovery of its API server (api/discovery of k8s.io/kubernetes, the newest patch release of each minor version).
 *  Generated by cli/generate/kubernetes-kinds.ts, do not edit; kind-table.ts says how to read it. */
export const kubernetesKinds = \`
`;

async function main(): Promise<void> {
  const minors = new Map<number, Kind[]>();
  for (const argument of process.argv.slice(2)) {
    const [, minor, source] = /^1\.(\d+)=(.+)$/.exec(argument) ?? [];
    if (source === undefined)
      throw new Error(`expected VERSION=FOLDER or VERSION=kubectl:CONTEXT, e.g. 1.36=api/discovery, got ${argument}`);
    minors.set(Number(minor), await kindsOf(Number(minor), source));
  }
  const file = join(projectRoot, "policy/manifest/kubernetes-kinds.ts");
  writeFileSync(file, `${head}${writeKinds(withMinors(knownKinds, minors))}\`;\n`);
  console.log(`wrote policy/manifest/kubernetes-kinds.ts`);
}

if (require.main === module)
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
