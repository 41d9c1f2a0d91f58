import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { releaseKey } from "../../cluster/observed";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { projectRoot } from "../../config/project";
import { type Deploy, namespaceArgs, type SystemContext, type SystemOutputs } from "../define-system";
import type { PlatformImage, ResolvedFloe } from "./config";
import { FloeCredentials } from "./credentials-component";
import { mergeAll } from "./generator/merge";
import type { Values } from "./generator/tree";
import { pinnedValues } from "./pinned-values";
import { defaultValues, type GivenImage, imageOf, jobsName, jobsValues, platformName, platformValues } from "./values";
import { readValuesFiles } from "./values-file";

/** The platform's pods, its runs and its jobs at the same time, with those of a rollout. Production has more of them, and larger ones. */
const quotaOf = (production: boolean) => ({
  ...(production
    ? { pods: "80", "requests.cpu": "24", "requests.memory": "48Gi" }
    : { pods: "40", "requests.cpu": "8", "requests.memory": "12Gi" }),
  "services.loadbalancers": "0",
});

interface FloeArgs {
  readonly config: ResolvedFloe;
  readonly context: SystemContext;
  /** What the files of values hold, in order. */
  readonly files: readonly Values[];
}

/** The platform: namespace → credentials → release, whose migration Job runs before any pod of Dagster. */
class FloePlatform extends pulumi.ComponentResource {
  readonly namespace: RestrictedNamespace;
  readonly credentials: FloeCredentials;
  readonly release: HardenedRelease;

  constructor(name: string, { config, context, files }: FloeArgs, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:FloePlatform", name, {}, opts);
    const { stack, observed, imageLock } = context;
    this.namespace = new RestrictedNamespace(
      name,
      {
        ...namespaceArgs(context, config.namespace),
        system: "floe",
        protect: stack.environment === "prod",
        quota: quotaOf(config.production),
      },
      { parent: this },
    );
    this.credentials = new FloeCredentials(
      `${name}-credentials`,
      { config, namespace: this.namespace, given: context.credentials },
      { parent: this },
    );
    const image = (part: PlatformImage): GivenImage => pinned(imageOf(config, part), imageLock);
    this.release = new HardenedRelease(
      name,
      {
        namespace: this.namespace,
        name: config.release,
        chart: "./charts/floe-platform",
        values: this.credentials.names.apply((secrets) =>
          pinnedValues(
            mergeAll([defaultValues(image("dagster")), ...files, platformValues(config, secrets, image)]),
            imageLock,
          ),
        ),
        delivery: stack.delivery,
        state: observed.releases[releaseKey(config)]?.state,
        timeoutSeconds: 600,
      },
      { parent: this, dependsOn: [...this.credentials.ready] },
    );
    this.registerOutputs({ status: this.release.status });
  }
}

/** The jobs, in the platform's namespace and with its Secrets. */
class FloeJobs extends pulumi.ComponentResource {
  readonly release: HardenedRelease;

  constructor(
    name: string,
    { config, context, files, platform }: FloeArgs & { readonly platform: FloePlatform },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("hardened:systems:FloeJobs", name, {}, opts);
    const { observed, imageLock } = context;
    const { namespace, jobsRelease } = config;
    this.release = new HardenedRelease(
      name,
      {
        namespace: platform.namespace,
        name: jobsRelease,
        chart: "./charts/floe-jobs",
        values: platform.credentials.names.apply((secrets) =>
          pinnedValues(
            mergeAll([...files, jobsValues(config, secrets, pinned(imageOf(config, "dbt"), imageLock))]),
            imageLock,
          ),
        ),
        delivery: context.stack.delivery,
        state: observed.releases[releaseKey({ namespace, release: jobsRelease })]?.state,
      },
      { parent: this, dependsOn: platform.release },
    );
    this.registerOutputs({ status: this.release.status });
  }
}

function outputs(config: ResolvedFloe, { release }: FloePlatform): SystemOutputs {
  const { namespace } = config;
  const web = `${platformName(config)}-webserver`;
  return {
    namespace,
    release: config.release,
    revision: release.status.revision,
    status: release.status.status,
    hints: {
      dagster: `kubectl port-forward -n ${namespace} svc/${web} 3000:80`,
      run: `kubectl create job -n ${namespace} --from=cronjob/${jobsName(config)}-<job> <name>`,
    },
  };
}

export const deploy: Deploy<ResolvedFloe> = (config, context, opts) => {
  // Read first: a wrong file stops the run before any resource is registered.
  const inProject = (file: string): string => join(projectRoot, file);
  const files = readValuesFiles({
    platform: config.valuesFiles.map(inProject),
    jobs: config.jobsValuesFiles.map(inProject),
  });
  const platform = new FloePlatform("floe", { config, context, files: files.platform }, opts);
  new FloeJobs("floe-jobs", { config, context, files: files.jobs, platform }, opts);
  return outputs(config, platform);
};
