/** Access to a registry: where it is, over which protocol, and the token or password it asks for (distribution-spec; distribution's token protocol). */
import { text } from "../manifest/read";
import { basicCredentials } from "./credentials";
import { RegistryUnavailable } from "./registry-errors";

/** What was learnt of registries, shared by all images of a run. */
export class RegistrySession {
  /** Authorization header by registry/repository. */
  readonly authorizations = new Map<string, string>();
  /** Registries without the referrers API: they are not asked for it again. */
  readonly withoutReferrers = new Set<string>();
}

/** Base of a repository's API, ending in a slash. Plain HTTP only on loopback and where the settings say so. */
export function repositoryUrl(registry: string, repository: string, plainHttp: readonly string[]): URL {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const secure = new URL(`https://${host}/v2/${repository}/`);
  return isLoopback(secure.hostname) || plainHttp.includes(registry)
    ? new URL(`http://${host}/v2/${repository}/`)
    : secure;
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** Answers a challenge (`WWW-Authenticate`) with an Authorization header, or none where nothing is left to try. `ask` fetches a token. */
export async function authorize(
  challenge: string,
  registry: string,
  repository: string,
  base: URL,
  ask: (url: URL, authorization: string | undefined) => Promise<Buffer>,
): Promise<string | undefined> {
  const credentials = basicCredentials(registry);
  const basic = credentials === undefined ? undefined : `Basic ${credentials}`;
  if (/^basic\b/i.test(challenge)) return basic;
  const { realm, service } = parameters(challenge);
  if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  // A registry must not send a password over the wire in clear.
  if (url.protocol !== "https:" && (base.protocol !== "http:" || url.protocol !== "http:")) {
    throw new RegistryUnavailable(`registry ${registry} wants a token from a server without TLS`);
  }
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${repository}:pull`);
  const answer = json((await ask(url, basic)).toString("utf8") || "{}");
  if (answer === undefined)
    throw new RegistryUnavailable(`registry ${registry} gives no token (its answer is no JSON)`);
  const token = text(answer, "token") || text(answer, "access_token");
  return token === "" ? undefined : `Bearer ${token}`;
}

function json(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

function parameters(challenge: string): Record<string, string> {
  return Object.fromEntries(
    [...challenge.matchAll(/\b(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
}
