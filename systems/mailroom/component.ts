import * as pulumi from "@pulumi/pulumi";
import { restartAnnotations } from "../../cluster/changed-secrets";
import { AppConfig } from "../../components/app-config";
import { AppSecret } from "../../components/app-secret";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { roomyQuotaOf } from "../../components/quota";
import { RunToCompletion } from "../../components/run-to-completion";
import { SystemComponent, sourceOf } from "../../components/system-component";
import type { Deploy, SystemContext } from "../define-system";
import { type MailroomConfig, secretKeys } from "./config";
import { MailServer } from "./mail-server-component";
import { mailServer } from "./mail-server-values";
import { configFile, egress, setupPod, values } from "./values";

/** Mailroom: namespace → credentials and configuration → awaited setup → release. */
class Mailroom extends SystemComponent {
  readonly release: HardenedRelease;

  constructor(name: string, given: MailroomConfig, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Mailroom", name, { ...given, system: name, context }, opts);
    const config = { ...given, image: pinned(given.image, context.imageLock) };
    const podAnnotations = restartAnnotations(this.observed?.secretChanges);
    const { requests } = config.resources;
    const quota = roomyQuotaOf([
      { pods: config.replicaCount, requests },
      { pods: 1, requests }, // the setup
    ]);
    const namespace = this.restrictedNamespace({ quota });
    const secret = new AppSecret(
      `${name}-credentials`,
      { namespace, system: name, keys: secretKeys, source: sourceOf(config.credentials, context.credentials) },
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
    const chartValues = names.apply((all) => values(config, all, podAnnotations));
    this.release = this.deploy({ namespace, chart: "./charts/mailroom", values: chartValues }, setup);
    this.registerOutputs({ status: this.release.status });
  }
}

function hints(config: MailroomConfig): Record<string, string> {
  const logs = { logs: `kubectl logs -n ${config.namespace} deploy/${config.fullnameOverride ?? config.release} -f` };
  if (!config.mailServer) return logs;
  const { namespace, release } = mailServer(config);
  return { ...logs, mail: `kubectl port-forward -n ${namespace} svc/${release} 8081:8081` };
}

export const deploy: Deploy<MailroomConfig> = (config, context, opts) => ({
  ...new Mailroom("mailroom", config, context, opts).outputs,
  hints: hints(config),
});
