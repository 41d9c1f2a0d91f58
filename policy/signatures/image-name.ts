/** Names of images that may be asked about over the network: nothing but host, path and digest. */
import { parseImage } from "../images/image-reference";

/** An image's name in parts. */
export interface ImageName {
  /** Host, with port when it has one; "docker.io" for Docker Hub. */
  readonly registry: string;
  readonly repository: string;
  /** sha256:<64 hex digits>; none when the name has none or another. */
  readonly digest?: string;
}

// Grammar: distribution/reference. What becomes part of a URL must be exactly this.
const host = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/;
const path = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;

/** Undefined when the text is no image name. */
export function imageName(text: string): ImageName | undefined {
  const parsed = text.length > 512 ? undefined : parseImage(text);
  if (parsed === undefined || !host.test(parsed.registry) || !path.test(parsed.path)) return undefined;
  const { registry, path: repository, digest = "" } = parsed;
  return { registry, repository, ...(/^sha256:[a-f0-9]{64}$/.test(digest) && { digest }) };
}
