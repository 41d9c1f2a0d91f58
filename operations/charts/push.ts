import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHelm } from "../../cluster/run-helm";
import { UserError } from "../../process/user-error";
import { type PackageOptions, type PackedChart, packageCharts } from "./package";

/** Options of `hardened chart push`. */
export interface PushOptions extends PackageOptions {
  /** Registry and path, `oci://…`. */
  readonly to: string;
  /** Use plain HTTP. @default false */
  readonly plainHttp?: boolean;
}

/** A package in a registry. */
export interface PushedChart extends Omit<PackedChart, "file"> {
  /** `oci://…/<chart>@sha256:…`. */
  readonly reference: string;
  /** Whether the registry already had it. */
  readonly there: boolean;
}

/**
 * Packages charts and pushes them with Helm's credentials (`helm registry login`). A version that exists with other content is refused, as it may be installed
 * somewhere. Throws a UserError.
 */
export async function pushCharts(folders: readonly string[], options: PushOptions): Promise<PushedChart[]> {
  if (!/^oci:\/\/[^\s<>@]+$/.test(options.to))
    throw new UserError(`--to ${options.to}: expected a registry and a path, such as oci://ghcr.io/acme/charts`);
  const scratch = mkdtempSync(join(tmpdir(), "hardened-charts-"));
  try {
    const packages = packageCharts(folders, scratch, options);
    const there = await Promise.all(packages.map((one) => digestInRegistry(one, options, scratch)));
    const taken = packages.flatMap((one, index) => {
      const other = there[index];
      return other === undefined || other === one.digest
        ? []
        : [
            `${one.chart} ${one.version} is in ${options.to} with another content (${other}, here ${one.digest}); raise version in its Chart.yaml`,
          ];
    });
    if (taken.length > 0) throw new UserError(taken.join("\n"));
    const pushed: PushedChart[] = [];
    for (const [index, { file, ...one }] of packages.entries()) {
      if (there[index] === undefined) await push(file, one.digest, options);
      const reference = `${options.to}/${one.chart}@${one.digest}`;
      pushed.push({ ...one, reference, there: there[index] !== undefined });
    }
    return pushed;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** UTC, as Helm writes the time of the package into the manifest in the zone of the machine. */
const helm = async (args: readonly string[], { plainHttp }: PushOptions) =>
  runHelm([...args, ...(plainHttp ? ["--plain-http"] : [])], "", { timeoutMs: 300_000, timeZone: "UTC" });

const digestIn = (text: string): string | undefined => /^Digest: (sha256:[0-9a-f]{64})/m.exec(text)?.[1];

/** The digest of the version in the registry; undefined when the registry does not have it. */
async function digestInRegistry(
  { chart, version }: PackedChart,
  options: PushOptions,
  scratch: string,
): Promise<string | undefined> {
  const folder = mkdtempSync(join(scratch, "pulled-"));
  const args = ["pull", `${options.to}/${chart}`, "--version", version, "-d", folder];
  const { code, stdout, stderr } = await helm(args, options);
  if (code === 0) return digestIn(`${stdout}\n${stderr}`);
  // A registry says "not found" of a version, and of a repository that is made by the first push; some say it is forbidden.
  if (/not found|404|403|denied|forbidden/i.test(stderr)) return undefined;
  throw refused(options, stderr);
}

async function push(file: string, wanted: string, options: PushOptions): Promise<void> {
  const { code, stdout, stderr } = await helm(["push", file, options.to], options);
  if (code !== 0) throw refused(options, stderr);
  const digest = digestIn(`${stdout}\n${stderr}`);
  if (digest !== wanted)
    throw new UserError(
      `helm push made ${digest ?? "no digest"} of a package whose digest is ${wanted}: this Helm writes another manifest; push with Helm 3.22 (HELM_BIN)`,
    );
}

/** Last lines of Helm's error, and how to log in where the login is missing. */
function refused({ to }: PushOptions, stderr: string): UserError {
  const host = to.replace(/^oci:\/\//, "").replace(/\/.*$/, "");
  const said =
    stderr
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^Error: /, "") ?? "";
  const isLogin = /unauthorized|401|denied|403|authentication|basic credential/i.test(said);
  const fix = isLogin ? `; sign in first: helm registry login ${host} --username <user> --password-stdin` : "";
  return new UserError(`${to}: ${said}${fix}`);
}

/** The same as text. */
export const formatPushed = (pushed: readonly PushedChart[]): string =>
  pushed.map(({ reference, version, there }) => `${reference} (${version}${there ? ", was there" : ""})`).join("\n");
