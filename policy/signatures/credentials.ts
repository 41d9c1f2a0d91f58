/** Credentials of registries, as `docker login` and `podman login` write them. Helpers (credHelpers, credsStore) are other programs and are not started. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { decodeText } from "../manifest/decode-text";
import { read, text } from "../manifest/read";

/** The value of a Basic authorization header for a registry, or none. Never throws, never shown. */
export function basicCredentials(registry: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker");
  let config: unknown;
  try {
    config = JSON.parse(decodeText(readFileSync(join(folder, "config.json"))));
  } catch {
    return undefined; // no file, or none that can be read: the registry is asked without
  }
  const names = [registry, `https://${registry}`, `http://${registry}`];
  if (registry === "docker.io") names.push("https://index.docker.io/v1/", "index.docker.io");
  for (const name of names) {
    const entry = read(config, "auths", name) ?? read(config, "auths", `${name}/`);
    const auth = text(entry, "auth");
    if (auth !== "") return auth;
    const user = text(entry, "username");
    if (user !== "") return Buffer.from(`${user}:${text(entry, "password")}`).toString("base64");
  }
  return undefined;
}
