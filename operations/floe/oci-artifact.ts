/** Reads an artifact from an OCI registry, with the login of `docker login` where there is one. */

import { parseImage } from "../../policy/images/image-reference";
import { decodeText } from "../../policy/manifest/decode-text";
import { list, read, text } from "../../policy/manifest/read";
import { basicCredentials } from "../../policy/signatures/credentials";
import { type ImageName, imageName } from "../../policy/signatures/image-name";
import { RegistryReader } from "../../policy/signatures/registry";
import { RegistrySession } from "../../policy/signatures/registry-access";
import { BadContent, RegistryRefused, RegistryUnavailable } from "../../policy/signatures/registry-errors";
import { UserError } from "../../process/user-error";
import { largestArtifact } from "../../systems/floe/generator/artifacts";

/** Type of the layer that is the artifact. */
const artifactType = "application/vnd.floe.compiled-artifacts.v1+json";
const scheme = "oci://";

/** True for a reference to a registry, valid or not. */
export const isOciReference = (source: string): boolean => source.startsWith(scheme);

interface Reference extends ImageName {
  /** Tag or digest. */
  readonly version: string;
}

function parse(source: string): Reference {
  const name = source.slice(scheme.length);
  const image = imageName(name);
  const { tag, digest } = parseImage(name) ?? {};
  const host = name.split("/")[0] ?? "";
  const hasHost = name.includes("/") && (/[.:]/.test(host) || host === "localhost");
  const isDigest = digest === undefined || image?.digest !== undefined;
  const version = digest ?? tag ?? "";
  const isTag = tag === undefined || /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag);
  if (image !== undefined && hasHost && isDigest && isTag && version !== "") return { ...image, version };
  throw new UserError(
    `${source.replace(/^oci:\/\/[^/]*@/, scheme)}: no reference of an artifact; expected oci://registry/repository:tag or oci://registry/repository@sha256:<64 hex digits>`,
  );
}

/** The text of an artifact, oci://registry/repository:tag. Throws a UserError that names the reference and the registry's reason, and no credential. */
export async function pullArtifact(source: string, timeoutMs: number): Promise<string> {
  const reference = parse(source);
  const session = new RegistrySession();
  const limits = { timeoutMs, subject: "artifact", blobLimit: largestArtifact };
  const reader = new RegistryReader(reference, { plainHttp: [], session, ...limits });
  try {
    const manifest = await reader.manifest(reference.version);
    if (manifest === undefined) throw new RegistryRefused("no such artifact", 404);
    const layer = layerOf(manifest, source);
    const bytes = await reader.blob(text(layer, "digest"), read(layer, "size"));
    if (bytes === undefined) throw new BadContent("the registry does not have the content its manifest names");
    return decodeText(bytes);
  } catch (error) {
    if (error instanceof RegistryRefused) throw new UserError(`${source}: ${refusal(error, reference)}`);
    if (error instanceof RegistryUnavailable || error instanceof BadContent)
      throw new UserError(`${source}: ${error.message}`);
    throw error;
  }
}

/** The layer of the artifact's type, or the only one when it is JSON. */
function layerOf(manifest: unknown, source: string): unknown {
  const layers = list(manifest, "layers");
  const typed = layers.find((layer) => text(layer, "mediaType") === artifactType);
  const title = text(layers[0], "annotations", "org.opencontainers.image.title");
  const isJson = /[+/]json$/.test(text(layers[0], "mediaType")) || title.endsWith(".json");
  const found = typed ?? (layers.length === 1 && isJson ? layers[0] : undefined);
  if (found !== undefined) return found;
  throw new UserError(
    `${source}: it holds no compiled artifacts; push them as a layer of type ${artifactType}: oras push ${source.slice(scheme.length)} compiled_artifacts.json:${artifactType}`,
  );
}

/** Message for an error of the registry: its status, whether a login was sent, and what to do. */
function refusal({ status, message }: RegistryRefused, { registry, repository }: Reference): string {
  const hasLogin = basicCredentials(registry) !== undefined;
  const login = `docker login ${registry} (credentials are read from config.json in $DOCKER_CONFIG or ~/.docker; credential helpers are not asked)`;
  if (status === 401 && hasLogin) return `registry ${registry} refuses the login (401); log in again: ${login}`;
  if (status === 403 && hasLogin)
    return `registry ${registry} does not let this login read ${repository} (403); ask for access, or use another one: ${login}`;
  if (status === 401 || status === 403) return `registry ${registry} needs a login (${status}): ${login}`;
  if (status !== 404) return message;
  const hidden = hasLogin ? "" : `, or shows it only with a login: ${login}`;
  return `registry ${registry} has no such artifact (404)${hidden}`;
}
