/** Image references as container runtimes understand them: `nginx` is docker.io/library/nginx:latest. Pure.
 *  Upstream: github.com/distribution/reference, normalize.go. */

export interface ImageReference {
  /** Registry host, lower case, with its port unless that is 443, which is the default; every name of Docker Hub is "docker.io". */
  readonly registry: string;
  /** Path in the registry, e.g. "library/nginx". */
  readonly path: string;
  /** Undefined when none is written. */
  readonly tag?: string;
  readonly digest?: string;
}

const hub = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

/** True for an image named by a whole digest, whose content cannot change: name[:tag]@sha256:<64 hex digits>, or sha512 and 128. */
export function isPinned(image: string): boolean {
  return /^[^@\s]+@(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/.test(image);
}

/** True for a digest of one digit repeated, such as sha256:000…: nobody finds content for it, so it can only be a placeholder. */
export function isPlaceholderDigest(digest: string): boolean {
  return /^(?:sha256:([a-f0-9])\1{63}|sha512:([a-f0-9])\2{127})$/.test(digest);
}

/** The parts of a reference; undefined when it has no name. */
export function parseImage(text: string): ImageReference | undefined {
  const [, named = "", digest] = /^([^@]*)(?:@(.*))?$/s.exec(text.trim()) ?? [];
  const [, name = "", tag] = /^(.*?)(?::([^/:]*))?$/s.exec(named) ?? [];
  if (name === "" || name.startsWith("/") || name.endsWith("/")) return undefined;
  return { ...place(name), ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** `registry/path` of a reference or of a pattern for some: short names of Docker Hub are written out. A pattern that begins with `**` begins at the
 *  registry, so that `**` is every image there is. */
export function fullName(name: string): string {
  if (name.startsWith("**")) return name;
  const { registry, path } = place(name);
  return `${registry}/${path}`;
}

function place(name: string): { registry: string; path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const registry = isHost ? first.toLowerCase().replace(/:0*443$/, "") : "docker.io";
  const path = isHost ? name.slice(slash + 1) : name;
  if (!hub.has(registry)) return { registry, path };
  return { registry: "docker.io", path: path.includes("/") ? path : `library/${path}` };
}
