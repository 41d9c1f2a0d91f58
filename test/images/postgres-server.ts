import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, unpackedImage } from "./unpacked-image";

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

export async function postgresServer(name: string): Promise<PostgresServer> {
  const { root, within, remove } = await unpackedImage("postgres");
  const password = "password-of-the-database";
  for (const folder of ["data", "dev"]) mkdirSync(join(root, folder));
  chmodSync(join(root, "data"), 0o777);
  for (const [file, text] of Object.entries({ "dev/null": "", "tmp/password": password })) {
    writeFileSync(join(root, file), text);
    chmodSync(join(root, file), 0o666);
  }
  const port = await freePort();
  const [command, ...args] = [...within, "/bin/sh", "-euc", script, "sh", name, String(port)] as const;
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
      remove();
    },
  };
}
