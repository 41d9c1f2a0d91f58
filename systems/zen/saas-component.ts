import * as pulumi from "@pulumi/pulumi";
import { releaseKey } from "../../cluster/observed";
import { AppSecret } from "../../components/app-secret";
import { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import { namespaceArgs, type SystemContext } from "../define-system";
import { type SaasClient, saas, saasValues } from "./saas-values";

export interface ZenSaasArgs {
  readonly client: SaasClient;
  readonly context: SystemContext;
  /** The agent's bootstrap token. */
  readonly token: pulumi.Input<string>;
}

/** A stand-in of the SaaS inside the cluster, in a namespace of its own, for trials without an account. */
export class ZenSaas extends pulumi.ComponentResource {
  constructor(name: string, { client, context, token }: ZenSaasArgs, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:ZenSaas", name, {}, opts);
    const { namespace: namespaceName, release, image } = saas(client);
    const here = context.observed.releases[releaseKey({ namespace: namespaceName, release })];
    const namespace = new RestrictedNamespace(
      name,
      { ...namespaceArgs(context, namespaceName), system: release },
      { parent: this },
    );
    const secret = new AppSecret(
      `${name}-token`,
      { namespace, system: release, keys: ["token"], source: { from: "config", values: { token } } },
      { parent: this },
    );
    new HardenedRelease(
      name,
      {
        namespace,
        name: release,
        chart: "./charts/zen-saas",
        values: secret.secretName.apply((secretName) =>
          saasValues(client, pinned(image, context.imageLock), secretName),
        ),
        delivery: context.stack.delivery,
        state: here?.state,
      },
      { parent: this, dependsOn: secret.ready },
    );
    this.registerOutputs({});
  }
}
