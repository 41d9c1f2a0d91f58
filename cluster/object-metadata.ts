import { Agent } from "node:http";
import { type ApiAnswer, askApi } from "./api-request";
import { type Cluster, ClusterUnavailable } from "./cluster";

/** An object by its name in the cluster. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What an object says of itself, its content left out: a Secret's values never leave the cluster. */
export interface ObjectMetadata extends Reference {
  readonly metadata: Reference["metadata"] & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly deletionTimestamp?: string;
  };
}

/** The same object has the same key, whatever version of its API it is asked for in. */
export const keyOf = ({ apiVersion, kind, metadata }: Reference): string =>
  [groupOf(apiVersion), kind, metadata.namespace ?? "", metadata.name].join(" ");

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "");

/** A kind the cluster serves. */
interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Asks the cluster for the metadata of objects of any kind it serves. */
export interface MetadataReader {
  /** Objects of every kind that can be made and deleted: of a namespace, or without one those outside of any. @param selector label selector, all when empty */
  list(selector: string, namespace?: string): Promise<ObjectMetadata[]>;
  /** Those of the objects that are there; one whose kind the cluster does not serve is not. */
  find(objects: readonly Reference[]): Promise<ObjectMetadata[]>;
}

/** One `kubectl proxy` for all questions of a piece of work. Throws ClusterUnavailable. */
export async function withMetadata<T>(cluster: Cluster, work: (reader: MetadataReader) => Promise<T>): Promise<T> {
  const { socketPath, close } = await cluster.proxy("^/apis?(/.*)?$");
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (path: string, accept: string) => askApi(socketPath, path, { agent, accept });
  try {
    const kinds = (await Promise.all(["/api", "/apis"].map((path) => ask(path, discovery)))).flatMap(kindsIn);
    return await work(readerOf(kinds, ask));
  } finally {
    agent.destroy();
    close();
  }
}

/** Media types of aggregated discovery, all kinds in one answer: beta and on by default since Kubernetes 1.27 (KEP-3352). */
const discovery = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(",");
const metadataOf = (kind: "PartialObjectMetadata" | "PartialObjectMetadataList"): string =>
  `application/json;as=${kind};g=meta.k8s.io;v=v1`;

type Ask = (path: string, accept: string) => Promise<ApiAnswer>;
interface DiscoveryList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind: string };
        readonly scope: "Namespaced" | "Cluster";
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

/** Kinds of one answer of discovery, each in the version its group prefers. */
function kindsIn({ status, body }: ApiAnswer): ServedKind[] {
  const { kind, items = [] } = body as DiscoveryList;
  if (status !== 200 || kind !== "APIGroupDiscoveryList")
    throw new ClusterUnavailable(
      `its API server does not list what it serves (status ${status}); it must be 1.27 or newer`,
    );
  return items.flatMap(({ metadata, versions = [] }) => {
    const group = metadata?.name ?? "";
    const all = versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, responseKind, scope, verbs }) => ({
        apiVersion: group === "" ? version : `${group}/${version}`,
        kind: responseKind?.kind ?? "",
        resource,
        namespaced: scope === "Namespaced",
        verbs,
      })),
    );
    return all.filter((one, index) => all.findIndex(({ resource }) => resource === one.resource) === index);
  });
}

function readerOf(kinds: readonly ServedKind[], ask: Ask): MetadataReader {
  const pathOf = ({ apiVersion, resource }: ServedKind, namespace: string | undefined): string =>
    [
      apiVersion.includes("/") ? "/apis" : "/api",
      apiVersion,
      ...(namespace === undefined ? [] : ["namespaces", namespace]),
      resource,
    ].join("/");
  return {
    list: async (selector, namespace) => {
      const made = kinds.filter(
        ({ namespaced, verbs }) =>
          namespaced === (namespace !== undefined) &&
          ["create", "delete", "list"].every((verb) => verbs.includes(verb)),
      );
      const query = selector === "" ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
      const lists = await Promise.all(
        made.map(async (one) => {
          const { status, body } = await ask(
            `${pathOf(one, namespace)}${query}`,
            metadataOf("PartialObjectMetadataList"),
          );
          // Of a kind that this person may not list, or whose server is away, a run can have left nothing that it could take away.
          const items = status === 200 ? (body as { items?: readonly Pick<ObjectMetadata, "metadata">[] }).items : [];
          return (items ?? []).map(({ metadata }) => ({ apiVersion: one.apiVersion, kind: one.kind, metadata }));
        }),
      );
      return lists.flat();
    },
    find: async (objects) => {
      const found = await Promise.all(
        objects.map(async ({ apiVersion, kind, metadata: { name, namespace } }) => {
          const served = kinds.find((one) => one.kind === kind && groupOf(one.apiVersion) === groupOf(apiVersion));
          if (served === undefined) return [];
          const path = `${pathOf(served, served.namespaced ? namespace : undefined)}/${name}`;
          const { status, body } = await ask(path, metadataOf("PartialObjectMetadata"));
          if (status === 404) return [];
          if (status !== 200)
            throw new ClusterUnavailable((body as { message?: string }).message ?? `status ${status}`);
          return [{ apiVersion, kind, metadata: (body as Pick<ObjectMetadata, "metadata">).metadata }];
        }),
      );
      return found.flat();
    },
  };
}
