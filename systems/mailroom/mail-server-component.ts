import type * as pulumi from "@pulumi/pulumi";
import { AppSecret } from "../../components/app-secret";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { SystemComponent } from "../../components/system-component";
import type { SystemContext } from "../define-system";
import { type MailroomConfig, secretKeys } from "./config";
import { mailServer, mailServerValues } from "./mail-server-values";

export interface MailServerArgs {
  readonly config: MailroomConfig;
  readonly context: SystemContext;
  /** The account's credentials, the same as the service's. */
  readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
}

/** A mail server inside the cluster, in a namespace of its own, for trials without a Fastmail account. */
export class MailServer extends SystemComponent {
  readonly release: HardenedRelease;

  constructor(name: string, { config, context, credentials }: MailServerArgs, opts: pulumi.ComponentResourceOptions) {
    const { namespace: place, release, image } = mailServer(config);
    const system = "mail-server";
    super("hardened:systems:MailServer", name, { system, namespace: place, release, context }, opts);
    const namespace = this.restrictedNamespace({ protect: false });
    const secret = new AppSecret(
      `${name}-account`,
      { namespace, system, keys: secretKeys, source: { from: "config", values: credentials } },
      { parent: this },
    );
    const values = secret.secretName.apply((secretName) =>
      mailServerValues(config, pinned(image, context.imageLock), secretName),
    );
    this.release = this.deploy({ namespace, chart: "./charts/mail-server", values }, secret.ready);
    this.registerOutputs({});
  }
}
