import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type GoProgram, goLicences } from "../../process/toolchain/go-licences";
import { UserError } from "../../process/user-error";
import type { ImageFile } from "./image";
import { architecture } from "./oci";

const run = promisify(execFile);

/** Everything that could make the bytes depend on the machine is set here: no C, no version control stamp, one processor level. */
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  CGO_ENABLED: "0",
  GOOS: "linux",
  GOARCH: architecture(),
  GOAMD64: "v1",
  GOARM64: "v8.0",
  GOEXPERIMENT: "",
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOWORK: "off",
});

/** Runs Go in the folder of a module, with the environment of builds, and returns its output. Throws a UserError with its error output. */
export async function go(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run("go", args, { cwd: folder, env: environment() })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new UserError("Go was not found on PATH; install Go 1.26 or newer");
    const why = (stderr ?? String(error))
      .split("\n")
      .filter((line) => line.trim() && !line.startsWith("go: downloading"));
    throw new UserError(`go ${args[0]} failed in ${folder}:\n  ${why.slice(-8).join("\n  ")}`);
  }
}

/** Version of the Go that builds the module in the folder, such as go1.26.8. */
export const goVersion = (folder: string): Promise<string> => go(folder, "env", "GOVERSION");

/** Builds the main package of a module into one static binary that is the same on every machine. */
export async function buildGoBinary(folder: string, out: string): Promise<void> {
  await go(folder, "build", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", out, ".");
}

/** The licences of everything that the main package of a module is built from, below `/licenses`. Throws when a module has none. */
export async function licenceFiles(folder: string, program?: GoProgram): Promise<ImageFile[]> {
  const files = await goLicences((...args) => go(folder, ...args), program);
  return files.map(({ path, from }) => ({ path: join("/licenses", path), from, mode: 0o644 }));
}

/** Names and contents of the files the binary is built from, in a fixed order. */
export function goSources(folder: string): (string | Buffer)[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith("_test.go"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((file) => [file.slice(folder.length), readFileSync(file)]);
}
