import * as pulumi from "@pulumi/pulumi";
import { restartAnnotations } from "../../cluster/changed-secrets";
import { releaseKey } from "../../cluster/observed";
import { AppConfig } from "../../components/app-config";
import { AppSecret, type SecretSource } from "../../components/app-secret";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { RunToCompletion } from "../../components/run-to-completion";
import { type Deploy, namespaceArgs, type SystemContext, type SystemOutputs } from "../define-system";
import { type MailroomConfig, secretKeys } from "./config";
import { MailServer } from "./mail-server-component";
import { mailServer } from "./mail-server-values";
import { configFile, egress, setupPod, values } from "./values";

/** Mailroom: namespace → credentials and configuration → awaited setup → release (MR-51). */
class Mailroom extends pulumi.ComponentResource {
  readonly release: HardenedRelease;

  constructor(name: string, given: MailroomConfig, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Mailroom", name, {}, opts);
    const { stack, observed } = context;
    const config = { ...given, image: pinned(given.image, context.imageLock) };
    const here = observed.releases[releaseKey(config)];
    const podAnnotations = restartAnnotations(here?.secretChanges);
    const namespace = new RestrictedNamespace(
      name,
      {
        ...namespaceArgs(context, config.namespace),
        system: name,
        protect: stack.environment === "prod",
      },
      { parent: this },
    );
    const secret = new AppSecret(
      `${name}-credentials`,
      { namespace, system: name, keys: secretKeys, source: source(config, context) },
      { parent: this },
    );
    const settings = new AppConfig(
      `${name}-config`,
      { namespace, system: name, file: "config.yaml", content: configFile(config) },
      { parent: this },
    );
    const server = config.mailServer
      ? [new MailServer(`${name}-mail-server`, { config, context, credentials: secret.values }, { parent: this })]
      : [];
    const names = pulumi.output({ secretName: secret.secretName, configMapName: settings.configMapName });
    const setup = new RunToCompletion(
      `${name}-setup`,
      {
        namespace,
        system: name,
        component: "setup",
        pod: names.apply((all) => setupPod(config, all)),
        podAnnotations,
        reads: [secret.ready, settings.ready, ...server],
        egress: egress(config),
      },
      { parent: this },
    );
    this.release = new HardenedRelease(
      name,
      {
        namespace,
        name: config.release,
        chart: "./charts/mailroom",
        values: names.apply((all) => values(config, all, podAnnotations)),
        delivery: stack.delivery,
        state: here?.state,
      },
      { parent: this, dependsOn: setup },
    );
    this.registerOutputs({ status: this.release.status });
  }
}

function source({ credentials }: MailroomConfig, context: SystemContext): SecretSource {
  return credentials.from === "config" ? { from: "config", values: context.credentials } : credentials;
}

function hints(config: MailroomConfig): Record<string, string> {
  const logs = { logs: `kubectl logs -n ${config.namespace} deploy/${config.fullnameOverride ?? config.release} -f` };
  if (!config.mailServer) return logs;
  const { namespace, release } = mailServer(config);
  return { ...logs, mail: `kubectl port-forward -n ${namespace} svc/${release} 8081:8081` };
}

function outputs(config: MailroomConfig, { release }: Mailroom): SystemOutputs {
  return {
    namespace: config.namespace,
    release: config.release,
    revision: release.status.revision,
    status: release.status.status,
    hints: hints(config),
  };
}

export const deploy: Deploy<MailroomConfig> = (config, context, opts) =>
  outputs(config, new Mailroom("mailroom", config, context, opts));
