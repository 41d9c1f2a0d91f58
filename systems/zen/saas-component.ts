import type * as pulumi from "@pulumi/pulumi";
import { AppSecret } from "../../components/app-secret";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { SystemComponent } from "../../components/system-component";
import type { SystemContext } from "../define-system";
import { type SaasClient, saas, saasValues } from "./saas-values";

export interface ZenSaasArgs {
  readonly client: SaasClient;
  readonly context: SystemContext;
  /** The agent's bootstrap token. */
  readonly token: pulumi.Input<string>;
}

/** A stand-in of the SaaS inside the cluster, in a namespace of its own, for trials without an account. */
export class ZenSaas extends SystemComponent {
  readonly release: HardenedRelease;

  constructor(name: string, { client, context, token }: ZenSaasArgs, opts: pulumi.ComponentResourceOptions) {
    const { namespace: place, release, image } = saas(client);
    super("hardened:systems:ZenSaas", name, { system: release, namespace: place, release, context }, opts);
    const namespace = this.restrictedNamespace({ protect: false });
    const secret = new AppSecret(
      `${name}-token`,
      { namespace, system: release, keys: ["token"], source: { from: "config", values: { token } } },
      { parent: this },
    );
    const values = secret.secretName.apply((secretName) =>
      saasValues(client, pinned(image, context.imageLock), secretName),
    );
    this.release = this.deploy({ namespace, chart: "./charts/zen-saas", values }, secret.ready);
    this.registerOutputs({});
  }
}
