/** All images of rendered objects, verified side by side. */

import type { Manifest } from "../contract";
import { list, read } from "../manifest/read";
import { containerTypes } from "../pods/container-types";
import { type PodKind, podTemplatesOf } from "../pods/pod-spec";
import { RegistrySession } from "./registry-access";
import type { SignaturePolicy } from "./signature-policy";
import { type ImageVerdict, type VerifyOptions, verifyImage } from "./verify-image";

/** Images asked about at the same time. */
const concurrency = 8;

/** Verdicts by image, each as it is written. Never throws. */
export async function verifyImages(
  references: Iterable<string>,
  policy: SignaturePolicy,
  options: VerifyOptions = {},
): Promise<ReadonlyMap<string, ImageVerdict>> {
  const session = options.session ?? sessionOf(policy);
  const verdicts = new Map<string, ImageVerdict>();
  const waiting = [...new Set(references)].values();
  const work = async (): Promise<void> => {
    for (const reference of waiting)
      verdicts.set(reference, await verifyImage(reference, policy, { ...options, session }));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return verdicts;
}

/** What was learnt of registries, for as long as a policy lives: its tokens serve all releases of a run. */
const sessions = new WeakMap<SignaturePolicy, RegistrySession>();

function sessionOf(policy: SignaturePolicy): RegistrySession {
  const session = sessions.get(policy) ?? new RegistrySession();
  sessions.set(policy, session);
  return session;
}

/** The verdicts on the images of objects, ready to be evaluated by; nothing where there is no policy. */
export async function signaturesOf(
  objects: readonly Manifest[],
  policy: SignaturePolicy | undefined,
  more: readonly PodKind[] | undefined,
): Promise<{ readonly signatures?: ReadonlyMap<string, ImageVerdict> }> {
  return policy === undefined ? {} : { signatures: await verifyImages(imagesOf(objects, more), policy) };
}

/** Images of all pods of the objects: of containers of every kind, and of image volumes. `more` are the settings' podKinds. */
export function imagesOf(objects: readonly Manifest[], more?: readonly PodKind[]): string[] {
  const images = objects.flatMap(({ object }) =>
    podTemplatesOf(object, more).flatMap(({ template: { spec } }) => [
      ...containerTypes.flatMap((type) => list(spec, type).map((container) => read(container, "image"))),
      ...list(spec, "volumes").map((volume) => read(volume, "image", "reference")),
    ]),
  );
  return [...new Set(images.filter((image) => typeof image === "string" && image !== ""))] as string[];
}
