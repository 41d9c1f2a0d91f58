// cspell:ignoreRegExp lib[a-z]+
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { candidates, unpackPackages } from "./debian-packages";
import { type Image, type ImageFile, type ImageLink, imageUser } from "./image";
import { cachedImage, imageKey } from "./image-cache";

/** A server made of Debian packages: their programs and libraries, and a script that starts it. */
interface DebianImage {
  readonly description: string;
  readonly packages: readonly string[];
  /** Which of the packages' files go in. */
  readonly take: readonly RegExp[];
  readonly stopSignal?: string;
}

/** The shell that starts the server, and the loader and libraries of everything. */
const base = ["dash", "libc6", "libgcc-s1", "libssl3"];
const systemd = ["libsystemd0", "libgcrypt20", "libgpg-error0", "libcap2", "liblz4-1", "liblzma5", "libzstd1"];
const shellAndLibraries = [/^\/bin\/(dash|sh)$/, /^\/lib64\/ld-/, /^(\/usr)?\/lib\/[\w-]+-linux-gnu\/[^/]+\.so[.\d]*$/];

const debianImages = {
  postgres: {
    description: "PostgreSQL 15 of Debian 12, with one database and its owner.",
    // biome-ignore format: one kind a line
    packages: [
      ...base, ...systemd, "coreutils", "postgresql-15", "postgresql-client-15", "libpq5", "tzdata",
      "libicu72", "libstdc++6", "libxml2", "zlib1g", "libpam0g", "libaudit1", "libcap-ng0",
      "libldap-2.5-0", "libsasl2-2", "libgnutls30", "libnettle8", "libhogweed6", "libgmp10", "libidn2-0", "libunistring2",
      "libtasn1-6", "libp11-kit0", "libffi8",
      "libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libkrb5support0", "libcom-err2", "libkeyutils1",
    ],
    take: [
      ...shellAndLibraries,
      /^\/bin\/rm$/,
      /^\/usr\/lib\/postgresql\/15\/bin\/(postgres|initdb|pg_isready)$/,
      /^\/usr\/lib\/postgresql\/15\/lib\/(plpgsql|dict_snowball)\.so$/,
      /^\/usr\/share\/postgresql\/15\/(?!man\/)/,
      /^\/usr\/share\/zoneinfo\/(Etc\/)?UTC$/,
    ],
    // "fast": with SIGTERM it would wait until every client has gone
    stopSignal: "SIGINT",
  },
  redis: {
    description: "Redis 7 of Debian 12, kept in memory.",
    packages: [
      ...base,
      ...systemd,
      "redis-server",
      "redis-tools",
      "libjemalloc2",
      "liblzf1",
      "libatomic1",
      "libstdc++6",
    ],
    take: [...shellAndLibraries, /^\/usr\/bin\/redis-(server|cli|check-rdb)$/],
  },
} satisfies Record<string, DebianImage>;

export type DebianImageName = keyof typeof debianImages;
export const debianImageNames = Object.keys(debianImages) as DebianImageName[];

/** Every file and link below a folder that one of the patterns takes. */
function chosen(root: string, take: readonly RegExp[]): { files: ImageFile[]; links: ImageLink[] } {
  const files: ImageFile[] = [];
  const links: ImageLink[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    const path = from.slice(root.length);
    if (!take.some((pattern) => pattern.test(path))) continue;
    if (entry.isSymbolicLink()) links.push({ path, target: readlinkSync(from) });
    else if (entry.isFile()) files.push({ path, from, mode: statSync(from).mode & 0o755 });
  }
  return { files, links };
}

/** A user of the image: programs such as initdb ask for the name of the number they run as. */
const accounts = (name: string): string => `${name}:x:${imageUser}:${name}:/tmp:/bin/sh\n`;

/**
 * The image of a server from Debian's packages and `<sources>/<name>/start.sh`. The same packages give the same digest.
 * Throws a UserError when there is no apt, no such package or no way to fetch it.
 */
export async function buildDebianImage(
  name: DebianImageName,
  { log, sources }: { readonly log: (line: string) => void; readonly sources: string },
): Promise<Image> {
  const { description, packages, take, stopSignal }: DebianImage = debianImages[name];
  const start = join(sources, name, "start.sh");
  const found = await candidates(packages, log);
  const recipe = JSON.stringify({ description, stopSignal, take: take.map(String), packages: found.packages });
  return cachedImage(name, imageKey(recipe, readFileSync(start)), async (workDir) => {
    log(`building image ${name} from ${found.packages.length} Debian packages`);
    const root = join(workDir, "root");
    await unpackPackages(found, root);
    writeFileSync(join(workDir, "passwd"), accounts(name));
    const { files, links } = chosen(root, take);
    return {
      name,
      description,
      files: [
        ...files,
        { path: "/etc/passwd", from: join(workDir, "passwd"), mode: 0o644 },
        { path: "/usr/local/bin/start", from: start, mode: 0o755 },
      ],
      links,
      user: imageUser,
      entrypoint: ["/usr/local/bin/start"],
      env: [],
      ...(stopSignal && { stopSignal }),
    };
  });
}
