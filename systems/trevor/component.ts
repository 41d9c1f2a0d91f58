import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restartAnnotations } from "../../cluster/changed-secrets";
import { backgroundDeletion, standardLabels } from "../../cluster/labels";
import { AppSecret, type SecretSource } from "../../components/app-secret";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { roomyQuotaOf } from "../../components/quota";
import type { RestrictedNamespace } from "../../components/restricted-namespace";
import { RunToCompletion } from "../../components/run-to-completion";
import { SystemComponent, sourceOf } from "../../components/system-component";
import type { Deploy, SystemContext, SystemOutputs } from "../define-system";
import { egressRules } from "../destinations";
import type { TrevorConfig } from "./config";
import { secretKeys } from "./credentials";
import { Datastores } from "./datastores-component";
import { destinationsOf, unreachable } from "./destinations";
import { migrationMode, type StackMigrationMode } from "./migrations";
import { accountName, fullName, ingressUrls, loadsOf, migrationPod, releaseTimeout, values } from "./values";

/** Trevor: namespace → account and credentials → migration, where the stack awaits it → release. */
class Trevor extends SystemComponent {
  readonly release: HardenedRelease;

  constructor(name: string, given: TrevorConfig, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Trevor", name, { ...given, system: name, context }, opts);
    const config = { ...given, image: pinned(given.image, context.imageLock) };
    for (const warning of unreachable(config)) void pulumi.log.warn(warning, this);
    const namespace = this.restrictedNamespace({ quota: roomyQuotaOf(loadsOf(config)) });
    const servers = config.datastores
      ? new Datastores(`${name}-datastores`, { config, context }, { parent: this })
      : undefined;
    const secret = new AppSecret(
      `${name}-credentials`,
      { namespace, system: name, keys: secretKeys, source: source(config, context, servers) },
      { parent: this },
    );
    const account = this.account(name, config, namespace);
    const before = [secret.ready, ...account, ...(servers ? [servers] : [])];
    const migration =
      migrationMode(config.migrations) === "job" ? [this.migrate(name, config, namespace, secret, before)] : [];
    const chartValues = secret.secretName.apply((secretName) =>
      values(config, { secretName }, restartAnnotations(this.observed?.secretChanges)),
    );
    this.release = this.deploy(
      { namespace, chart: "./charts/trevor", values: chartValues, timeoutSeconds: releaseTimeout(config) },
      [...before, ...migration],
    );
    this.registerOutputs({ status: this.release.status });
  }

  /** The ServiceAccount, created before the chart's first hook needs it. */
  private account(name: string, config: TrevorConfig, namespace: RestrictedNamespace): pulumi.Resource[] {
    if (!config.serviceAccount.create) return [];
    const { annotations } = config.serviceAccount;
    const labels = standardLabels(name, "account");
    return [
      new k8s.core.v1.ServiceAccount(
        name,
        {
          metadata: {
            name: accountName(config),
            namespace: namespace.name,
            labels,
            annotations: { ...annotations, ...backgroundDeletion },
          },
          automountServiceAccountToken: false,
        },
        { parent: this, dependsOn: namespace, deletedWith: namespace.namespace },
      ),
    ];
  }

  private migrate(
    name: string,
    config: TrevorConfig,
    namespace: RestrictedNamespace,
    secret: AppSecret,
    reads: pulumi.Resource[],
  ): pulumi.Resource {
    return new RunToCompletion(
      `${name}-migrate`,
      {
        namespace,
        system: name,
        component: "migration",
        pod: secret.secretName.apply((secretName) => migrationPod(config, { secretName })),
        reads,
        egress: egressRules(destinationsOf(config)),
        deadlineSeconds: config.migrations.activeDeadlineSeconds,
      },
      { parent: this },
    );
  }
}

function source({ credentials }: TrevorConfig, context: SystemContext, servers: Datastores | undefined): SecretSource {
  if (servers) return { from: "config", values: servers.addresses };
  return sourceOf(credentials, context.credentials);
}

/** Outputs of trevor after a run. */
interface TrevorOutputs extends SystemOutputs {
  readonly service: { readonly name: string; readonly port: number; readonly metrics: string };
  readonly ingressUrls: readonly string[];
  readonly migrationMode: StackMigrationMode;
}

function outputs(config: TrevorConfig, trevor: Trevor): TrevorOutputs {
  const { namespace, service } = config;
  const name = fullName(config);
  return {
    ...trevor.outputs,
    hints: {
      logs: `kubectl logs -n ${namespace} deploy/${name} -f`,
      forward: `kubectl port-forward -n ${namespace} svc/${name} ${service.port}:${service.port}`,
    },
    service: { name, port: service.port, metrics: "/metrics" },
    ingressUrls: ingressUrls(config),
    migrationMode: migrationMode(config.migrations),
  };
}

export const deploy: Deploy<TrevorConfig> = (config, context, opts) =>
  outputs(config, new Trevor("trevor", config, context, opts));
