import { Agent } from "node:http";
import { type ApiAnswer, type ApiRequest, askApi } from "./api-request";
import { type Cluster, ClusterUnavailable } from "./cluster";
import { type KindObject, kindResource } from "./custom-resources";

/** Objects per page: enough to keep the number of requests low, and few enough to hold in memory. */
const pageSize = 200;
/** Objects written at the same time. */
const atOnce = 8;
/** Attempts for an object that others change meanwhile. */
const tries = 5;

type Ask = (path: string, what?: Pick<ApiRequest, "method" | "body">) => Promise<ApiAnswer>;

interface StoredObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
interface Page {
  readonly items: readonly StoredObject[];
  readonly metadata: { readonly continue?: string };
}

/**
 * Rewrites every object of a kind that was stored in an older version in the current storage version, and then updates
 * `status.storedVersions` of the CustomResourceDefinition: only then may an older version be removed from it. The API
 * server converts; here each object is read and written as it is. May be interrupted and run again. Returns the number of objects that
 * were written, 0 where nothing was to be done. Throws ClusterUnavailable.
 */
export async function migrateStorage(cluster: Cluster, name: string): Promise<number> {
  const kind = await cluster.get<KindObject>(kindResource, name);
  const stored = kind?.spec.versions.find(({ storage }) => storage)?.name;
  const before = kind?.status?.storedVersions ?? [];
  if (kind === undefined || stored === undefined || before.every((version) => version === stored)) return 0;
  const written = await withApi(cluster, (ask) => rewriteAll(ask, kind, stored));
  await cluster.kubectl([
    ...["patch", kindResource, name, "--subresource=status", "--type=merge"],
    ...["-p", JSON.stringify({ status: { storedVersions: [stored] } })],
  ]);
  return written;
}

async function rewriteAll(ask: Ask, { spec }: KindObject, version: string): Promise<number> {
  const base = `/apis/${spec.group}/${version}`;
  const { plural } = spec.names;
  let written = 0;
  let next: string | undefined = "";
  while (next !== undefined) {
    const from: string = next === "" ? "" : `&continue=${encodeURIComponent(next)}`;
    const { status, body } = await ask(`${base}/${plural}?limit=${pageSize}${from}`);
    if (status === 410 && next !== "") {
      next = ""; // the list grew too old: what is written already is written once more
      continue;
    }
    if (status !== 200) throw refused(`${plural}.${spec.group} could not be listed`, { status, body });
    const { items, metadata } = body as Page;
    for (let at = 0; at < items.length; at += atOnce)
      await Promise.all(items.slice(at, at + atOnce).map((one) => rewrite(ask, pathOf(base, plural, one), one)));
    written += items.length;
    next = metadata.continue || undefined;
  }
  return written;
}

const pathOf = (base: string, plural: string, { metadata }: StoredObject): string =>
  [base, ...(metadata.namespace === undefined ? [] : ["namespaces", metadata.namespace]), plural, metadata.name].join(
    "/",
  );

/** Writes an object as it is. One that was changed or deleted meanwhile is in the new version, or gone. */
async function rewrite(ask: Ask, path: string, listed: StoredObject): Promise<void> {
  let object: unknown = listed;
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(path, { method: "PUT", body: object });
    if (answer.status === 200 || answer.status === 404) return;
    if (answer.status !== 409 || attempt === tries) throw refused(`${path} could not be written`, answer);
    const read = await ask(path);
    if (read.status === 404) return;
    object = read.body;
  }
}

const refused = (what: string, { status, body }: ApiAnswer): Error =>
  new ClusterUnavailable(`${what} (status ${status}): ${(body as { message?: string }).message ?? ""}`);

/** One `kubectl proxy` for all of the work. */
async function withApi<T>(cluster: Cluster, work: (ask: Ask) => Promise<T>): Promise<T> {
  const { socketPath, close } = await cluster.proxy("^/apis/.*$");
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  try {
    return await work((path, what) => askApi(socketPath, path, { ...what, agent }));
  } finally {
    agent.destroy();
    close();
  }
}
