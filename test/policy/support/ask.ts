import { join } from "node:path";
import {
  type ResourceValidation,
  type ResourceValidationArgs,
  type StackValidationArgs,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { policiesOf } from "../../../policy/evaluate/pack";
import { environmentConfig, type PackConfig } from "../../../policy/evaluate/pack-config";

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

/** What the pack hands to the engine. */
export type Policies = ReturnType<typeof policiesOf>;

/** Asks every policy, as the SDK's server does: one after the other, each with fresh inputs behind the unknown-checking proxy. */
export async function ask(
  policies: Policies,
  type: string,
  props: object,
  urn = `urn:${type}::web`,
  provider?: { readonly props: object },
): Promise<[string, string][]> {
  const reported: [string, string][] = [];
  for (const policy of policies) {
    if (policy.enforcementLevel === "disabled" || !("validateResource" in policy)) continue;
    const args = {
      type,
      urn,
      name: "web",
      props: unknownCheckingProxy(structuredClone(props)),
      ...(provider && { provider: { ...provider, props: unknownCheckingProxy(provider.props) } }),
    } as ResourceValidationArgs;
    await (policy.validateResource as ResourceValidation)(args, (message) => reported.push([policy.name, message]));
  }
  return reported;
}

/** The same with a new pack. */
export const asked = (type: string, props: object, config = settings(), provider?: { readonly props: object }) =>
  ask(
    policiesOf(() => config),
    type,
    props,
    undefined,
    provider,
  );

/** Asks the policies about a whole stack at its end: after each of its resources, `[type, props, urn]`. Returns rule, message and URN of what they then say. */
export async function askedTogether(
  resources: readonly (readonly [type: string, props: object, urn: string])[],
  config = settings(),
  seen = resources,
): Promise<[string, string, string | undefined][]> {
  const policies = policiesOf(() => config);
  for (const [type, props, urn] of seen) await ask(policies, type, props, urn);
  const args = {
    resources: resources.map(([type, props, urn]) => ({ type, props, urn })),
  } as unknown as StackValidationArgs;
  const reported: [string, string, string | undefined][] = [];
  for (const policy of policies) {
    if (policy.enforcementLevel === "disabled" || !("validateStack" in policy)) continue;
    await policy.validateStack(args, (message, urn) => reported.push([policy.name, message, urn]));
  }
  return reported;
}
