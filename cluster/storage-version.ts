import { Agent, request } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { type Cluster, ClusterUnavailable } from "./cluster";
import { type KindObject, kindResource } from "./custom-resources";

/** Objects of a page: enough to keep the number of questions low, and few enough to hold in memory. */
const pageSize = 200;
/** Objects written at the same time. */
const atOnce = 8;
/** How often an object that others change meanwhile is tried. */
const tries = 5;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
type Ask = (method: "GET" | "PUT", path: string, body?: unknown) => Promise<Answer>;

interface StoredObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
interface Page {
  readonly items: readonly StoredObject[];
  readonly metadata: { readonly continue?: string };
}

/**
 * Writes every object of a kind that was stored in an older version into the version objects are stored in now, and then notes in
 * the CustomResourceDefinition that no older one is stored any more: only then may an older version be taken out of it. The API
 * server converts; here each object is read and written as it is. May be interrupted and run again. Gives the number of objects that
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
    const { status, body } = await ask("GET", `${base}/${plural}?limit=${pageSize}${from}`);
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

/** Writes an object as it is. Whoever changed or deleted it meanwhile has done the work. */
async function rewrite(ask: Ask, path: string, listed: StoredObject): Promise<void> {
  let object: unknown = listed;
  for (let attempt = 1; ; attempt++) {
    const answer = await ask("PUT", path, object);
    if (answer.status === 200 || answer.status === 404) return;
    if (answer.status !== 409 || attempt === tries) throw refused(`${path} could not be written`, answer);
    const read = await ask("GET", path);
    if (read.status === 404) return;
    object = read.body;
  }
}

const refused = (what: string, { status, body }: Answer): Error =>
  new ClusterUnavailable(`${what} (status ${status}): ${(body as { message?: string }).message ?? ""}`);

/** One `kubectl proxy` for all of the work. */
async function withApi<T>(cluster: Cluster, work: (ask: Ask) => Promise<T>): Promise<T> {
  const { socketPath, close } = await cluster.proxy("^/apis/.*$");
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  try {
    return await work((method, path, body) => ask(agent, socketPath, method, path, body));
  } finally {
    agent.destroy();
    close();
  }
}

function ask(agent: Agent, socketPath: string, method: "GET" | "PUT", path: string, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { agent, socketPath, method, path, headers: { "content-type": "application/json" }, timeout: 15_000 },
      (answer) =>
        readAll(answer)
          .then((words) => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(words) }))
          .catch(reject),
    );
    asked.on("timeout", () => asked.destroy(new Error("no answer within 15 s")));
    asked.on("error", ({ message }) => reject(new ClusterUnavailable(message)));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
