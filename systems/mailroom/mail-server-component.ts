import * as pulumi from "@pulumi/pulumi";
import { releaseKey } from "../../cluster/observed";
import { AppSecret } from "../../components/app-secret";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { namespaceArgs, type SystemContext } from "../define-system";
import { type MailroomConfig, secretKeys } from "./config";
import { mailServer, mailServerValues } from "./mail-server-values";

export interface MailServerArgs {
  readonly config: MailroomConfig;
  readonly context: SystemContext;
  /** The account's credentials, which the service has too. */
  readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
}

/** A mail server inside the cluster, in a namespace of its own, for trials without a Fastmail account. */
export class MailServer extends pulumi.ComponentResource {
  constructor(name: string, { config, context, credentials }: MailServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:MailServer", name, {}, opts);
    const { namespace: namespaceName, release, image } = mailServer(config);
    const here = context.observed.releases[releaseKey({ namespace: namespaceName, release })];
    const namespace = new RestrictedNamespace(
      name,
      {
        ...namespaceArgs(context, namespaceName),
        system: "mail-server",
      },
      { parent: this },
    );
    const secret = new AppSecret(
      `${name}-account`,
      { namespace, system: "mail-server", keys: secretKeys, source: { from: "config", values: credentials } },
      { parent: this },
    );
    new HardenedRelease(
      name,
      {
        namespace,
        name: release,
        chart: "./charts/mail-server",
        values: secret.secretName.apply((secretName) =>
          mailServerValues(config, pinned(image, context.imageLock), secretName),
        ),
        delivery: context.stack.delivery,
        state: here?.state,
      },
      { parent: this, dependsOn: secret.ready },
    );
    this.registerOutputs({});
  }
}
