import { join } from "node:path";
import {
  type ResourceValidation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { policiesOf } from "../../../policy/judge/pack";
import { environmentConfig, type PackConfig } from "../../../policy/settings/pack-config";

/** What the engine sends for a string nobody knows yet (pulumi-policy sdk/nodejs/policy/proxy.ts). */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Settings of a stack of this profile, with the fixture charts as its project. */
export const settings = (profile = "prod"): PackConfig =>
  environmentConfig(
    {
      PULUMI_CONFIG: JSON.stringify({ "hardened:environment": profile }),
      HARDENED_PROJECT_ROOT: join(__dirname, "../fixtures"),
    },
    __dirname,
  );
export const helmRelease = "kubernetes:helm.sh/v3:Release";
/** Checked inputs of a release of a fixture chart. */
export const release = (chart: string, values: unknown = {}, rest = {}) => ({
  chart: `./charts/${chart}`,
  name: "web",
  namespace: "apps",
  values,
  postrender: "",
  version: "0.1.0",
  repositoryOpts: {},
  ...rest,
});

/** Asks every policy, as the SDK's server does: one after the other, each with fresh inputs behind the unknown-checking proxy. */
export async function ask(
  policies: ResourceValidationPolicy[],
  type: string,
  props: object,
  urn = `urn:${type}::web`,
): Promise<[string, string][]> {
  const reported: [string, string][] = [];
  for (const policy of policies) {
    if (policy.enforcementLevel === "disabled") continue;
    const args = {
      type,
      urn,
      name: "web",
      props: unknownCheckingProxy(structuredClone(props)),
    } as ResourceValidationArgs;
    await (policy.validateResource as ResourceValidation)(args, (message) => reported.push([policy.name, message]));
  }
  return reported;
}

/** The same with a new pack. */
export const asked = (type: string, props: object, config = settings()) =>
  ask(
    policiesOf(() => config),
    type,
    props,
  );
