import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import type { RestrictedNamespace } from "../../components/restricted-namespace";
import { SystemComponent } from "../../components/system-component";
import { projectRoot } from "../../config/project";
import type { Deploy, SystemContext } from "../define-system";
import type { PlatformImage, ResolvedFloe } from "./config";
import { FloeCredentials } from "./credentials-component";
import { mergeAll } from "./generator/merge";
import type { Values } from "./generator/tree";
import { pinnedValues } from "./pinned-values";
import { defaultValues, type GivenImage, imageOf, jobsName, jobsValues, platformName, platformValues } from "./values";
import { readValuesFiles } from "./values-file";

/** Quota for the platform's pods, its runs and its jobs at the same time, with the additional pods of a rollout. Production has more of them, and larger ones. */
const quotaOf = (production: boolean) => ({
  ...(production
    ? { pods: "80", "requests.cpu": "24", "requests.memory": "48Gi" }
    : { pods: "40", "requests.cpu": "8", "requests.memory": "12Gi" }),
  "services.loadbalancers": "0",
});

interface FloeArgs {
  readonly config: ResolvedFloe;
  readonly context: SystemContext;
  /** Content of the values files, in order. */
  readonly files: readonly Values[];
}

/** The platform: namespace → credentials → release, whose migration Job runs before any pod of Dagster. */
class FloePlatform extends SystemComponent {
  readonly namespace: RestrictedNamespace;
  readonly credentials: FloeCredentials;
  readonly release: HardenedRelease;

  constructor(name: string, { config, context, files }: FloeArgs, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:FloePlatform", name, { ...config, system: "floe", context }, opts);
    const { imageLock } = context;
    this.namespace = this.restrictedNamespace({ quota: quotaOf(config.production) });
    this.credentials = new FloeCredentials(
      `${name}-credentials`,
      { config, namespace: this.namespace, given: context.credentials },
      { parent: this },
    );
    const image = (part: PlatformImage): GivenImage => pinned(imageOf(config, part), imageLock);
    const values = this.credentials.names.apply((secrets) =>
      pinnedValues(
        mergeAll([defaultValues(image("dagster")), ...files, platformValues(config, secrets, image)]),
        imageLock,
      ),
    );
    this.release = this.deploy(
      { namespace: this.namespace, chart: "./charts/floe-platform", values, timeoutSeconds: 600 },
      [...this.credentials.ready],
    );
    this.registerOutputs({ status: this.release.status });
  }
}

/** The jobs, in the platform's namespace and with its Secrets. */
class FloeJobs extends SystemComponent {
  readonly release: HardenedRelease;

  constructor(
    name: string,
    { config, context, files, platform }: FloeArgs & { readonly platform: FloePlatform },
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { namespace, jobsRelease: release } = config;
    super("hardened:systems:FloeJobs", name, { system: "floe", namespace, release, context }, opts);
    const { imageLock } = context;
    const values = platform.credentials.names.apply((secrets) =>
      pinnedValues(
        mergeAll([...files, jobsValues(config, secrets, pinned(imageOf(config, "dbt"), imageLock))]),
        imageLock,
      ),
    );
    this.release = this.deploy(
      { namespace: platform.namespace, chart: "./charts/floe-jobs", values },
      platform.release,
    );
    this.registerOutputs({ status: this.release.status });
  }
}

function hints(config: ResolvedFloe): Record<string, string> {
  const { namespace } = config;
  return {
    dagster: `kubectl port-forward -n ${namespace} svc/${platformName(config)}-webserver 3000:80`,
    run: `kubectl create job -n ${namespace} --from=cronjob/${jobsName(config)}-<job> <name>`,
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
  return { ...platform.outputs, hints: hints(config) };
};
