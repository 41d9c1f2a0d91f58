import type { Destinations } from "../workload-schema";

/** PostgreSQL and Redis for trials, `datastores: true`: values of `charts/datastores`. */

const release = "datastores";
const ports = { postgresql: 5432, redis: 6379 } as const;
type Server = keyof typeof ports;
/** Database and role that trevor uses. */
const database = "trevor";

/** The keys of trevor's configuration that the servers are derived from. */
interface Client {
  readonly namespace: string;
  readonly image: { readonly repository: string; readonly tag: string };
}

/** Namespace and images of the servers: a namespace of their own, as in production they are elsewhere too. Their images are in the service's registry. */
export function datastores({ namespace: client, image: { repository, tag } }: Client) {
  const namespace = `${client.slice(0, 58)}-data`;
  const beside = (name: string) => ({ repository: repository.replace(/[^/]+$/, name), tag, digest: "" });
  const host = (server: Server): string => `${release}-${server}.${namespace}.svc`;
  return {
    release,
    namespace,
    images: { postgresql: beside("postgres"), redis: beside("redis") },
    databaseUrl: (password: string) =>
      `postgresql://${database}:${password}@${host("postgresql")}:${ports.postgresql}/${database}`,
    redisUrl: (password: string) => `redis://:${password}@${host("redis")}:${ports.redis}/0`,
  };
}

/** Lets the service reach the servers, by the names its chart has for these destinations. */
export function datastoreDestinations(client: Client): Destinations {
  const { namespace } = datastores(client);
  const destination = (server: Server): Destinations[string] => ({
    port: ports[server],
    peers: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": "datastores", "app.kubernetes.io/component": server },
        },
      },
    ],
  });
  return { postgresql: destination("postgresql"), redis: destination("redis") };
}

/** The chart's values: only the service's namespace may reach the servers. */
export const datastoresValues = (
  client: Client & { readonly datastoreStorage: string },
  images: ReturnType<typeof datastores>["images"],
  secrets: Readonly<Record<Server, string>>,
) => ({
  postgresql: {
    image: images.postgresql,
    database,
    user: database,
    storage: client.datastoreStorage,
    existingSecret: secrets.postgresql,
  },
  redis: { image: images.redis, existingSecret: secrets.redis },
  networkPolicy: { enabled: true, clients: [client.namespace] },
});
