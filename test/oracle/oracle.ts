/** The oracle beside this file: Kubernetes' own Pod Security evaluator. */
import { type GoProgram, go, startGoProgram } from "../support/go-program";

const upstream = "k8s.io/pod-security-admission";

/** What can be asked; see main.go. */
type Question =
  | { pod: unknown; level: string; version: string; emulation?: string | undefined; kind?: string | undefined }
  | { labels: Record<string, string>; defaults?: Record<"enforce" | "audit" | "warn", string> }
  | { checks: true }
  | { quote: string[] };

export type Oracle = GoProgram<Question>;

/** Starts the oracle, building it first if its sources changed since the last time. */
export const startOracle = (): Promise<Oracle> => startGoProgram(__dirname);

/** Folder of upstream's module, which carries its test pods under test/testdata. */
export async function upstreamFolder(): Promise<string> {
  const module = JSON.parse(await go(__dirname, "mod", "download", "-json", upstream)) as { Dir: string };
  return module.Dir;
}
