import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Need } from "../cluster/capabilities";
import type { StackConfig } from "../config/stack-schema";
import { readSignaturePolicy } from "../policy/signatures/signature-policy";
import { admissionFaults, admissionObjects } from "./admission-objects";

const key = "hardened:imageSignatures";

const isAsked = ({ imageSignatures }: StackConfig): boolean => imageSignatures?.admission === true;

/** Capabilities that signature admission needs of the cluster; none when the stack does not enable it. */
export const admissionNeeds = (stack: StackConfig): readonly Need[] =>
  isAsked(stack) ? [{ capability: "policy-controller", by: `${key}.admission`, otherwise: "set it to false" }] : [];

/**
 * Resource options for the stack's systems: they depend on the policies, and every namespace of theirs is labelled for
 * the policy-controller. Unchanged when the stack does not enable admission.
 */
export function underAdmission(
  stack: StackConfig,
  owner: string,
  opts: pulumi.ComponentResourceOptions,
): pulumi.ComponentResourceOptions {
  if (!isAsked(stack)) return opts;
  const rules = new SignatureAdmission("image-signatures", stack, owner, opts);
  return { ...opts, dependsOn: rules, transformations: [...(opts.transformations ?? []), included] };
}

/** Label of namespaces whose images are verified (config/500-webhook-configuration.yaml of policy-controller). */
const included: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  if (type !== "kubernetes:core/v1:Namespace") return undefined;
  const labels = { ...props.metadata?.labels, "policy.sigstore.dev/include": "true" };
  return { props: { ...props, metadata: { ...props.metadata, labels } }, opts };
};

/**
 * The stack's image signature policy for the cluster's policy-controller: what the policy pack refuses at preview, the API server
 * then refuses from any client. Takes effect in namespaces with the label above.
 */
class SignatureAdmission extends pulumi.ComponentResource {
  constructor(name: string, stack: StackConfig, owner: string, opts?: pulumi.ComponentResourceOptions) {
    super("hardened:components:SignatureAdmission", name, {}, opts);
    const { policy, mistakes } = readSignaturePolicy(stack.imageSignatures, key, process.cwd());
    const faults = policy ? admissionFaults(policy) : [];
    if ([...mistakes, ...faults].length > 0)
      throw new pulumi.ResourceError([...mistakes, ...faults].join("\n"), this, true);
    for (const object of policy ? admissionObjects(owner, policy) : [])
      new k8s.apiextensions.CustomResource(`${object.metadata.name}-${object.kind}`, object, { parent: this });
    this.registerOutputs({});
  }
}
