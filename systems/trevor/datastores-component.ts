import * as pulumi from "@pulumi/pulumi";
import { AppSecret } from "../../components/app-secret";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { SystemComponent } from "../../components/system-component";
import type { SystemContext } from "../define-system";
import type { TrevorConfig } from "./config";
import { datastores, datastoresValues } from "./datastores-values";

export interface DatastoresArgs {
  readonly config: TrevorConfig;
  readonly context: SystemContext;
}

/** PostgreSQL and Redis inside the cluster, in a namespace of their own, for trials without a database elsewhere. */
export class Datastores extends SystemComponent {
  readonly release: HardenedRelease;
  /** The values of them that trevor's own Secret has. */
  readonly addresses: Readonly<Record<"DATABASE_URL" | "REDIS_URL", pulumi.Output<string>>>;

  constructor(name: string, { config, context }: DatastoresArgs, opts: pulumi.ComponentResourceOptions) {
    const servers = datastores(config);
    const system = "datastores";
    super("hardened:systems:Datastores", name, { ...servers, system, context }, opts);
    const namespace = this.restrictedNamespace({ protect: false });
    const password = (server: string, key: string): AppSecret =>
      new AppSecret(
        `${name}-${server}`,
        { namespace, system, keys: [key], source: { from: "generated" } },
        { parent: this },
      );
    const database = password("postgresql", "POSTGRES_PASSWORD");
    const queue = password("redis", "REDIS_PASSWORD");
    const images = {
      postgresql: pinned(servers.images.postgresql, context.imageLock),
      redis: pinned(servers.images.redis, context.imageLock),
    };
    const values = pulumi
      .output({ postgresql: database.secretName, redis: queue.secretName })
      .apply((secrets) => datastoresValues(config, images, secrets));
    const ready = [database.ready, queue.ready];
    this.release = this.deploy({ namespace, chart: "./charts/datastores", values }, ready);
    this.addresses = {
      DATABASE_URL: pulumi
        .output(database.values.POSTGRES_PASSWORD as pulumi.Output<string>)
        .apply(servers.databaseUrl),
      REDIS_URL: pulumi.output(queue.values.REDIS_PASSWORD as pulumi.Output<string>).apply(servers.redisUrl),
    };
    this.registerOutputs({});
  }
}
