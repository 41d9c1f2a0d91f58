import * as pulumi from "@pulumi/pulumi";
import { releaseKey } from "../../cluster/observed";
import { CustomResourceDefinitions } from "../../components/custom-resource-definitions";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { type Deploy, namespaceArgs, type SystemContext } from "../define-system";
import type { ZenConfig } from "./config";
import { definitions } from "./crds/all";
import { fullName, values } from "./values";

/** zen: its kinds → namespace → release. */
class ZenSystem extends pulumi.ComponentResource {
  readonly release: HardenedRelease;

  constructor(name: string, given: ZenConfig, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Zen", name, {}, opts);
    const { stack, observed } = context;
    const config = { ...given, image: pinned(given.image, context.imageLock) };
    const protect = stack.environment === "prod";
    const kinds = config.crds.install
      ? [
          new CustomResourceDefinitions(
            `${name}-kinds`,
            { system: name, definitions, context: stack.cluster.context, protect },
            { parent: this },
          ),
        ]
      : [];
    const namespace = new RestrictedNamespace(
      name,
      { ...namespaceArgs(context, config.namespace), system: name, protect },
      { parent: this, dependsOn: kinds },
    );
    this.release = new HardenedRelease(
      name,
      {
        namespace,
        name: config.release,
        chart: "./charts/zen-watcher",
        values: values(config),
        delivery: stack.delivery,
        state: observed.releases[releaseKey(config)]?.state,
      },
      { parent: this, dependsOn: kinds.map(({ ready }) => ready) },
    );
    this.registerOutputs({ status: this.release.status });
  }
}

export const deploy: Deploy<ZenConfig> = (config, context, opts) => {
  const { release } = new ZenSystem("zen", config, context, opts);
  const { namespace } = config;
  return {
    namespace,
    release: config.release,
    revision: release.status.revision,
    status: release.status.status,
    hints: {
      observations: `kubectl get observations -n ${namespace}`,
      logs: `kubectl logs -n ${namespace} deploy/${fullName(config)} -f`,
    },
  };
};
