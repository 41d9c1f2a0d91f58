import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Cluster, NotFound, type Proxy as Way } from "../../../cluster/cluster";
import { keyOf, type Reference } from "../../../cluster/object-metadata";

/** An object as the API server keeps it; only what tests look at. */
export interface Stored extends Reference {
  readonly metadata: Reference["metadata"] & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** A kind that is served, and how. */
export interface Served {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs?: readonly string[];
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly accept: string;
  readonly body?: unknown;
}
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const all = ["create", "delete", "list"];
const core = (kind: string, namespaced = true): Served => ({
  apiVersion: "v1",
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced,
});
/** What a test needs of Kubernetes' own kinds. */
export const usualKinds: readonly Served[] = [
  ...["Secret", "ConfigMap", "ServiceAccount", "Event"].map((kind) => core(kind)),
  core("Namespace", false),
  { apiVersion: "batch/v1", kind: "Job", resource: "jobs", namespaced: true },
];

/** A cluster in memory, behind the same questions as a real one: what asks it is the product's own code. */
export class MemoryCluster extends Cluster {
  objects: Stored[] = [];
  /** Requests and kubectl commands, in order. */
  readonly asked: Asked[] = [];
  readonly commands: string[] = [];
  /** Sockets that were opened and not closed again. */
  open = 0;
  /** Answers in place of the store, where it gives one. */
  answer: (asked: Asked) => Answer | undefined = () => undefined;
  /** Called before each kubectl command. */
  onCommand: (command: string) => void = () => undefined;

  constructor(readonly kinds: readonly Served[] = usualKinds) {
    super("memory");
  }

  override async kubectl(args: readonly string[], stdin?: string): Promise<string> {
    await new Promise(setImmediate);
    const command = args.join(" ");
    this.commands.push(command);
    this.onCommand(command);
    const given = stdin === undefined ? [] : itemsOf(JSON.parse(stdin) as Stored & { items?: Stored[] });
    const [verb, what = "", name] = args;
    if (what === "-f") return this.fromFile(verb ?? "", given);
    const option = (flag: string): string | undefined =>
      args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
    const namespace = option("-n");
    const fields = option("--field-selector");
    const found = this.objects.filter(
      (one) =>
        this.isOfResource(one, what) &&
        (namespace === undefined || one.metadata.namespace === namespace) &&
        (fields === undefined || fields === `metadata.name=${one.metadata.name}`) &&
        selects(option("-l"), one),
    );
    if (verb === "get" && !name?.startsWith("-")) {
      const one = found.find(({ metadata }) => metadata.name === name);
      if (one === undefined) throw new NotFound(`${what} "${name}" not found`);
      return JSON.stringify(one);
    }
    if (verb === "get") return JSON.stringify({ items: found.map((one) => shown(one, args)) });
    if (verb === "replace") return this.put(given);
    if (verb === "delete")
      return this.remove(found)
        .map((one) => `${one} deleted\n`)
        .join("");
    if (verb === "patch") return this.merge(name ?? "", JSON.parse(option("-p") ?? "") as object);
    throw new Error(`kubectl ${command}: not expected`);
  }

  override async proxy(): Promise<Way> {
    const folder = mkdtempSync(join(tmpdir(), "memory-cluster-"));
    const socketPath = join(folder, "socket");
    const server = createServer(async (from, back) => {
      const { method = "", url = "", headers } = from;
      const body = method === "PUT" ? await json(from) : undefined;
      const asked = { method, path: url, accept: headers.accept ?? "", ...(body !== undefined && { body }) };
      this.asked.push(asked);
      const answer = this.answer(asked) ?? this.serve(asked);
      back.writeHead(answer.status, { "content-type": "application/json" });
      back.end(JSON.stringify(answer.body));
    }).listen(socketPath);
    await once(server, "listening");
    this.open += 1;
    const close = (): void => {
      this.open -= 1;
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    };
    return { socketPath, close };
  }

  private serve({ method, path, body }: Asked): Answer {
    const { pathname, searchParams } = new URL(path, "http://localhost");
    if (pathname === "/api" || pathname === "/apis") return { status: 200, body: this.discovery(pathname === "/api") };
    const served = this.kinds.flatMap((kind) => {
      const base = `${kind.apiVersion.includes("/") ? "/apis" : "/api"}/${kind.apiVersion}/`;
      const inNamespace = /^namespaces\/([^/]+)\//.exec(pathname.slice(base.length));
      const namespace = kind.namespaced ? inNamespace?.[1] : undefined;
      const rest = pathname.slice(base.length + (namespace === undefined ? 0 : (inNamespace?.[0].length ?? 0)));
      const [resource, name, ...more] = rest.split("/");
      const isHere = pathname.startsWith(base) && resource === kind.resource && more.length === 0;
      return isHere ? [{ kind, namespace, name }] : [];
    })[0];
    if (served === undefined) return { status: 404, body: { message: `${path}: no such page` } };
    const { kind, namespace, name } = served;
    const here = this.objects.filter(
      (one) =>
        this.isOfResource(one, kind.resource) && (namespace === undefined || one.metadata.namespace === namespace),
    );
    if (name === undefined) {
      const items = here.filter((one) => selects(searchParams.get("labelSelector") ?? undefined, one));
      const limit = Number(searchParams.get("limit") ?? items.length);
      const from = Number(searchParams.get("continue") ?? 0);
      const next = from + limit < items.length ? String(from + limit) : "";
      return { status: 200, body: { metadata: { continue: next }, items: items.slice(from, from + limit) } };
    }
    const one = here.find(({ metadata }) => metadata.name === name);
    if (one === undefined) return { status: 404, body: { message: `"${name}" not found` } };
    if (method === "PUT") this.put([body as Stored]);
    return { status: 200, body: one };
  }

  private discovery(isCore: boolean): object {
    const groups = new Map<string, Served[]>();
    for (const one of this.kinds.filter(({ apiVersion }) => apiVersion.includes("/") !== isCore)) {
      const group = isCore ? "" : one.apiVersion.replace(/\/.*/, "");
      groups.set(group, [...(groups.get(group) ?? []), one]);
    }
    const items = [...groups].map(([name, kinds]) => ({
      metadata: { name },
      versions: kinds.map(({ apiVersion, kind, resource, namespaced, verbs = all }) => ({
        version: apiVersion.replace(/.*\//, ""),
        resources: [{ resource, responseKind: { kind }, scope: namespaced ? "Namespaced" : "Cluster", verbs }],
      })),
    }));
    return { kind: "APIGroupDiscoveryList", items };
  }

  private isOfResource({ kind }: Stored, what: string): boolean {
    const served = this.kinds.find((one) => one.kind === kind);
    const [resource] = what.split(".");
    return served?.resource === resource || kind.toLowerCase() === resource;
  }

  private fromFile(verb: string, given: readonly Stored[]): string {
    const keys = new Set(given.map(keyOf));
    const there = this.objects.filter((one) => keys.has(keyOf(one)));
    const names = verb === "delete" ? this.remove(there) : there.map(nameOf);
    return names.map((name) => `${name}\n`).join("");
  }

  private put(given: readonly Stored[]): string {
    for (const one of given) this.objects = this.objects.map((old) => (keyOf(old) === keyOf(one) ? one : old));
    return "replaced";
  }

  private remove(gone: readonly Stored[]): string[] {
    this.objects = this.objects.filter((one) => !gone.includes(one));
    return gone.map(nameOf);
  }

  private merge(name: string, change: object): string {
    this.objects = this.objects.map((one) => (one.metadata.name === name ? { ...one, ...change } : one));
    return "patched";
  }
}

/** What stands in a file: one object, or a List of them. */
function itemsOf(given: Stored & { readonly items?: readonly Stored[] }): readonly Stored[] {
  if (given.items === undefined) return [given];
  if (given.apiVersion !== "v1" || given.kind !== "List") throw new Error(`${JSON.stringify(given)} is no List`);
  return given.items;
}

const selects = (selector: string | undefined, { metadata }: Stored): boolean =>
  (selector ?? "")
    .split(",")
    .filter(Boolean)
    .every((one) => {
      const [key = "", value] = one.split("=");
      const label = metadata.labels?.[key];
      return value === undefined ? label !== undefined : label === value;
    });

/** kubectl leaves out who wrote which field where nobody asks for it. */
function shown(one: Stored, args: readonly string[]): Stored {
  const { managedFields: _, ...metadata } = one.metadata;
  return args.includes("--show-managed-fields") ? one : { ...one, metadata };
}

const nameOf = ({ apiVersion, kind, metadata }: Stored): string =>
  `${kind.toLowerCase()}${apiVersion.includes("/") ? `.${apiVersion.replace(/\/.*/, "")}` : ""}/${metadata.name}`;
