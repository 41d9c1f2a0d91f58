import { createHash } from "node:crypto";
import { standardLabels } from "../cluster/labels";
import { globMatches } from "../policy/config/glob";
import type { ImagePolicy, KeylessPolicy, SignaturePolicy } from "../policy/signatures/signature-policy";
import { trustRootSpec } from "./trust-root";

/** An object of the sigstore policy-controller; it is cluster-scoped. */
export interface AdmissionObject {
  readonly apiVersion: "policy.sigstore.dev/v1beta1" | "policy.sigstore.dev/v1alpha1";
  readonly kind: "ClusterImagePolicy" | "TrustRoot";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** Annotation with the pattern an object was created for, as its name cannot contain it. */
const patternAnnotation = "hardened.pulumi/images";

/**
 * The stack's settings of image signatures as objects for admission: a ClusterImagePolicy a pattern, and the trust root
 * that a keyless signer needs (the definitions are in config/ of policy-controller 0.13).
 * @param owner `<project>/<stack>`, in front of every name
 */
export function admissionObjects(owner: string, { images }: SignaturePolicy): AdmissionObject[] {
  return images.flatMap((policy) => {
    const name = `${owner.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}-${hash(policy.pattern)}`;
    const labels = standardLabels("image-signatures", "admission");
    const metadata = { name, labels, annotations: { [patternAnnotation]: policy.pattern } };
    const images = globsOf(policy.pattern).map((glob) => ({ glob }));
    const object: AdmissionObject = {
      apiVersion: "policy.sigstore.dev/v1beta1",
      kind: "ClusterImagePolicy",
      metadata,
      spec: { images, authorities: authoritiesOf(policy, name), mode: "enforce" },
    };
    const root = policy.keyless && { sigstoreKeys: trustRootSpec(policy.keyless.trustRoot) };
    return root
      ? [{ apiVersion: "policy.sigstore.dev/v1alpha1", kind: "TrustRoot", metadata, spec: root }, object]
      : [object];
  });
}

/**
 * Pairs of patterns that the pack and admission treat differently: of two patterns that match one image the pack applies the longer,
 * admission applies both. A sentence for each pair.
 */
export function admissionFaults({ images }: SignaturePolicy): string[] {
  return images.flatMap(({ pattern: wide }) =>
    images
      .filter(({ pattern }) => pattern !== wide && globMatches(wide, pattern))
      .map(
        ({ pattern }) =>
          `hardened:imageSignatures.images: "${wide}" covers "${pattern}" too, and at admission an image must satisfy both; write patterns that do not overlap, or set hardened:imageSignatures.admission: false`,
      ),
  );
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** Admission compares the whole reference: Docker Hub by its long name, tag and digest included. */
function globsOf(pattern: string): string[] {
  const full = pattern.replace(/^docker\.io\//, "index.docker.io/");
  return pattern.endsWith("*") ? [full] : [`${full}@*`, `${full}:*`];
}

/**
 * Authorities of a policy; one match is enough. cosign 3 stores a signature as a bundle, cosign 1 and 2 in an older layout; each needs
 * an authority, and by key policy-controller 0.13 reads the older layout alone (pkg/webhook/validator.go).
 */
function authoritiesOf({ keys, keyless, unsigned }: ImagePolicy, trustRootRef: string): object[] {
  if (unsigned !== undefined) return [{ name: "unsigned", static: { action: "pass" } }];
  const byKey = keys.map(({ key, fingerprint }) => ({
    name: `key-${fingerprint.slice(0, 8)}`,
    key: { data: key.export({ type: "spki", format: "pem" }), hashAlgorithm: "sha256" },
    signatureFormat: "legacy",
  }));
  if (keyless === undefined) return byKey;
  const who = { keyless: keylessOf(keyless, trustRootRef), ctlog: { trustRootRef } };
  const layouts = ["bundle", "legacy"].map((layout) => ({
    name: `keyless-${layout}`,
    ...who,
    signatureFormat: layout,
  }));
  return [...byKey, ...layouts];
}

function keylessOf({ issuer, identity }: KeylessPolicy, trustRootRef: string): object {
  const who = (exact: string, pattern: string, wanted: KeylessPolicy["issuer"]): object =>
    typeof wanted === "string" ? { [exact]: wanted } : { [pattern]: `^(?:${wanted.pattern})$` };
  return {
    trustRootRef,
    identities: [{ ...who("issuer", "issuerRegExp", issuer), ...who("subject", "subjectRegExp", identity) }],
  };
}
