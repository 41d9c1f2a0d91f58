import * as pulumi from "@pulumi/pulumi";
import { releaseKey } from "../../cluster/observed";
import { AppSecret } from "../../components/app-secret";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { namespaceArgs, type SystemContext } from "../define-system";
import type { TrevorConfig } from "./config";
import { datastores, datastoresValues } from "./datastores-values";

export interface DatastoresArgs {
  readonly config: TrevorConfig;
  readonly context: SystemContext;
}

/** PostgreSQL and Redis inside the cluster, in a namespace of their own, for trials without a database elsewhere. */
export class Datastores extends pulumi.ComponentResource {
  /** What trevor's own Secret holds of them. */
  readonly addresses: Readonly<Record<"DATABASE_URL" | "REDIS_URL", pulumi.Output<string>>>;

  constructor(name: string, { config, context }: DatastoresArgs, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Datastores", name, {}, opts);
    const servers = datastores(config);
    const here = context.observed.releases[releaseKey(servers)];
    const namespace = new RestrictedNamespace(
      name,
      {
        ...namespaceArgs(context, servers.namespace),
        system: "datastores",
      },
      { parent: this },
    );
    const password = (server: string, key: string): AppSecret =>
      new AppSecret(
        `${name}-${server}`,
        { namespace, system: "datastores", keys: [key], source: { from: "generated" } },
        { parent: this },
      );
    const database = password("postgresql", "POSTGRES_PASSWORD");
    const queue = password("redis", "REDIS_PASSWORD");
    const images = {
      postgresql: pinned(servers.images.postgresql, context.imageLock),
      redis: pinned(servers.images.redis, context.imageLock),
    };
    new HardenedRelease(
      name,
      {
        namespace,
        name: servers.release,
        chart: "./charts/datastores",
        values: pulumi
          .output({ postgresql: database.secretName, redis: queue.secretName })
          .apply((secrets) => datastoresValues(config, images, secrets)),
        delivery: context.stack.delivery,
        state: here?.state,
      },
      { parent: this, dependsOn: [database.ready, queue.ready] },
    );
    this.addresses = {
      DATABASE_URL: pulumi
        .output(database.values.POSTGRES_PASSWORD as pulumi.Output<string>)
        .apply(servers.databaseUrl),
      REDIS_URL: pulumi.output(queue.values.REDIS_PASSWORD as pulumi.Output<string>).apply(servers.redisUrl),
    };
    this.registerOutputs({});
  }
}
