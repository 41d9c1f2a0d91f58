import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages } from "../../images/build/build";
import { blobFile, manifestDescriptor, readManifest } from "../../images/build/oci";

/** A PostgreSQL on loopback, out of the image's own layer, with one empty database. */
export interface PostgresServer {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  start(): Promise<void>;
  /** Ends it at once; its data stay. */
  stop(): Promise<void>;
  /** Runs a statement as the superuser, while it is stopped. */
  sql(statement: string): void;
  /** Ends it and removes all of it. */
  remove(): Promise<void>;
}

/** As the image's own script, but for one database on loopback, and for data that need not outlive the machine. */
const script = `
for bin in /usr/lib/postgresql/*/bin; do :; done
export PATH=$PATH:$bin PGDATA=/data/of-the-test
if [ -n "\${3-}" ]; then
  exec postgres --single -j "$1"
fi
if [ ! -e $PGDATA ]; then
  initdb -U "$1" --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >/dev/null
  echo "CREATE DATABASE $1" | postgres --single -j postgres >/dev/null
fi
exec postgres -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp -c fsync=off -c jit=off \\
  -c shared_buffers=16MB -c dynamic_shared_memory_type=mmap`;

/** Runs what follows within a folder as its root, as the user of the images. */
const within = (root: string): [string, ...string[]] =>
  process.getuid?.() === 0
    ? ["chroot", "--userspec=10001:10001", root]
    : ["unshare", "--map-user=10001", "--map-group=10001", `--root=${root}`];

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export async function postgresServer(name: string): Promise<PostgresServer> {
  const root = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(root, 0o755);
  const [image] = await buildImages(["postgres"], { log: () => {} });
  assert.ok(image);
  const [layer] = readManifest(image.layoutDir, manifestDescriptor(image.layoutDir)).layers;
  assert.ok(layer);
  execFileSync("tar", ["-xf", blobFile(image.layoutDir, layer.digest), "-C", root]);
  const password = "password-of-the-database";
  for (const folder of ["data", "dev"]) mkdirSync(join(root, folder));
  chmodSync(join(root, "data"), 0o777);
  for (const [file, text] of Object.entries({ "dev/null": "", "tmp/password": password })) {
    writeFileSync(join(root, file), text);
    chmodSync(join(root, file), 0o666);
  }
  const port = await freePort();
  const [command, ...args] = [...within(root), "/bin/sh", "-euc", script, "sh", name, String(port)] as const;
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
  let running: { readonly child: ChildProcess; readonly ended: Promise<void> } | undefined;
  const stop = async (): Promise<void> => {
    running?.child.kill("SIGINT");
    await running?.ended;
    running = undefined;
  };
  return {
    ...{ port, database: name, user: name, password, stop },
    start: async () => {
      const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
      let text = "";
      const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
      running = { child, ended };
      await new Promise<void>((resolve, reject) => {
        child.stderr.on("data", (chunk) => {
          text += chunk;
          if (text.includes("ready to accept connections")) resolve();
        });
        child.on("error", reject);
        child.on("close", () => reject(new Error(`PostgreSQL ended:\n${text}`)));
      });
    },
    sql: (statement) =>
      void execFileSync(command, [...args, "single"], { env, input: statement, stdio: ["pipe", "ignore", "pipe"] }),
    remove: async () => {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
