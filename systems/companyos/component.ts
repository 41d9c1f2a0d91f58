import * as pulumi from "@pulumi/pulumi";
import { AppSecret } from "../../components/app-secret";
import { type Evidence, evidenceOf } from "../../components/evidence";
import type { HardenedRelease } from "../../components/hardened-release";
import { pinned } from "../../components/image";
import { quotaOf } from "../../components/quota";
import type { RestrictedNamespace } from "../../components/restricted-namespace";
import { SystemComponent } from "../../components/system-component";
import type { Deploy, SystemContext, SystemOutputs } from "../define-system";
import { loadsOf, patienceOf } from "./environment-defaults";
import type { Platform } from "./resolve";
import { values } from "./values";

const chart = "./charts/service";

/** The platform: namespace → Secrets, unless a store provides them → one release with every service. */
class Companyos extends SystemComponent {
  readonly release: HardenedRelease;
  readonly evidence: pulumi.Output<Evidence>;

  constructor(name: string, given: Platform, context: SystemContext, opts: pulumi.ComponentResourceOptions) {
    super("hardened:systems:Companyos", name, { ...given, system: name, context }, opts);
    const { stack, owner } = context;
    const platform = withImages(given, context);
    const namespace = this.restrictedNamespace({ quota: quotaOf(loadsOf(platform.services)) });
    const made = this.secrets(name, platform, namespace);
    const chartValues = pulumi
      .output(
        Object.fromEntries(Object.entries(made).map(([service, all]) => [service, all.map((one) => one.secretName)])),
      )
      .apply((names) => values(platform, names, this.observed?.secretChanges));
    this.release = this.deploy(
      { namespace, chart, values: chartValues, timeoutSeconds: patienceOf(platform.services) },
      Object.values(made).flatMap((all) => all.map((one) => one.ready)),
    );
    const { release, namespace: where, relaxed } = platform;
    this.evidence = chartValues.apply((all) =>
      evidenceOf({ system: name, owner, stack, namespace: where, release, chart, values: all, relaxed }),
    );
    this.registerOutputs({ status: this.release.status });
  }

  /** Generated Secrets, by service: for trials without a store. */
  private secrets(
    name: string,
    { secrets, services }: Platform,
    namespace: RestrictedNamespace,
  ): Record<string, AppSecret[]> {
    if (secrets !== "generated") return {};
    return Object.fromEntries(
      Object.entries(services).map(([service, { externalSecrets }]) => [
        service,
        externalSecrets.map(
          ({ target, data }) =>
            new AppSecret(
              `${name}-${target}`,
              { namespace, system: name, keys: data.map(({ env }) => env), source: { from: "generated" } },
              { parent: this },
            ),
        ),
      ]),
    );
  }
}

/** Adds the digest from the image lock to every image without one. */
const withImages = (platform: Platform, { imageLock }: SystemContext): Platform => ({
  ...platform,
  services: Object.fromEntries(
    Object.entries(platform.services).map(([name, one]) => [name, { ...one, image: pinned(one.image, imageLock) }]),
  ),
});

function outputs({ namespace, release }: Platform, companyos: Companyos): SystemOutputs {
  const services = `kubectl get deployments,cronjobs -n ${namespace} -l app.kubernetes.io/instance=${release}`;
  return { ...companyos.outputs, hints: { services }, evidence: companyos.evidence };
}

export const deploy: Deploy<Platform> = (platform, context, opts) =>
  outputs(platform, new Companyos("companyos", platform, context, opts));
