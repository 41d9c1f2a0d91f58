import { z } from "zod";
import { dnsLabel, helmKeys, image, objectName, resources } from "../schema";
import type { Destinations } from "../workload-schema";

/** PostgreSQL and Redis for trials, `datastores: true`, and what they mean for `charts/datastores`. */

const server = (what: string) => ({
  image: image.describe("The server's image; without tag and digest the chart's appVersion."),
  existingSecret: objectName("a Secret's name").describe(`Secret with ${what}.`),
  resources: resources.describe("Of the server."),
});
const sqlName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "expected lower-case letters, digits and _");

/** Values of `charts/datastores`; its values.schema.json is generated from this type. */
export const datastoresChartValues = z.strictObject({
  postgresql: z
    .strictObject({
      ...server("POSTGRES_PASSWORD"),
      database: sqlName.describe("The only database."),
      user: sqlName.describe("Role that owns it."),
      storage: z
        .string()
        .regex(/^(\d+(Mi|Gi|Ti))?$/, 'expected a size such as "1Gi", or an empty text')
        .describe("Size of a volume of the cluster's default class; empty: the data goes with the pod."),
    })
    .describe("The database."),
  redis: z.strictObject(server("REDIS_PASSWORD")).describe("The queue, in memory."),
  networkPolicy: z
    .strictObject({
      enabled: z.boolean(),
      clients: z.array(dnsLabel("a namespace")).describe("Namespaces whose pods may reach both."),
    })
    .describe("For namespaces that refuse all traffic."),
  chartDigest: z.string().describe("Digest of the chart's files, written on the Deployments."),
  nameOverride: objectName("a name").describe("Stands for the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("The whole name of the release's objects."),
  ...helmKeys,
});

const release = "datastores";
const ports = { postgresql: 5432, redis: 6379 } as const;
type Server = keyof typeof ports;
/** Database and role that trevor uses. */
const database = "trevor";

/** What of trevor's configuration the servers are derived from. */
interface Client {
  readonly namespace: string;
  readonly image: { readonly repository: string; readonly tag: string };
}

/** Where the servers run: a namespace of their own, as in production they are no neighbours either. Their images lie beside the service's. */
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
