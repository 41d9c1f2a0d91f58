/** Charts of other projects, as input nobody here wrote. They come inside Go modules, checked against the public checksum database, into Go's own
 *  module cache; nothing of them is kept in this repository. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { dump, load } from "js-yaml";

/** A chart inside a module. */
export interface RealChart {
  /** Module path and exact version. */
  readonly module: string;
  /** Folder of the chart in it. */
  readonly folder: string;
  /** Subcharts that the module does not carry and that are off by default or left out here. */
  readonly without?: readonly string[];
  /** Version that its release has, where the source of the chart has none. */
  readonly version?: string;
  /** Values that make it render the same twice: passwords it would otherwise draw. */
  readonly values?: Readonly<Record<string, string>>;
}

export const realCharts: readonly RealChart[] = [
  { module: "github.com/cert-manager/cert-manager@v1.11.5", folder: "make/config/pebble/chart" },
  { module: "github.com/cert-manager/cert-manager@v1.11.5", folder: "make/config/samplewebhook/chart" },
  {
    module: "github.com/cert-manager/cert-manager@v1.21.2",
    folder: "deploy/charts/cert-manager",
    version: "v1.21.2",
  },
  {
    module: "github.com/external-secrets/external-secrets@v0.20.4",
    folder: "deploy/charts/external-secrets",
    without: ["bitwarden-sdk-server"],
  },
  { module: "sigs.k8s.io/metrics-server@v0.9.0", folder: "charts/metrics-server" },
  { module: "github.com/kyverno/kyverno@v1.19.1", folder: "charts/kyverno-policies" },
  {
    module: "github.com/kyverno/kyverno@v1.19.1",
    folder: "charts/kyverno",
    without: ["kyverno-api", "openreports", "reports-server"],
  },
  { module: "github.com/open-policy-agent/gatekeeper/v3@v3.23.1", folder: "charts/gatekeeper" },
  {
    module: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
    folder: "helm/minio",
    values: { rootUser: "root-user", rootPassword: "root-password" },
  },
  { module: "k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1", folder: "charts/vertical-pod-autoscaler" },
  { module: "sigs.k8s.io/kwok@v0.8.0", folder: "charts/kwok" },
  { module: "sigs.k8s.io/kwok@v0.8.0", folder: "charts/stage-fast" },
  { module: "sigs.k8s.io/descheduler@v0.36.0", folder: "charts/descheduler" },
  { module: "sigs.k8s.io/external-dns@v0.20.0", folder: "charts/external-dns" },
  { module: "k8s.io/ingress-nginx@v0.0.0-20240708192948-52c50467d67d", folder: "charts/ingress-nginx" },
];

/** Folder of a module in Go's cache, which gets it when it has not got it. */
export async function goModule(module: string, cwd: string): Promise<string> {
  const env = { ...process.env, GOSUMDB: "sum.golang.org", GONOSUMDB: "", GOPRIVATE: "", GOFLAGS: "", GOWORK: "off" };
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", module], { env, cwd });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** Folder of a chart, copied below `scratch`. */
export async function layOut(chart: RealChart, scratch: string): Promise<string> {
  const { module, folder, without = [], version } = chart;
  const path = join(scratch, `${module}/${folder}`.replace(/\W+/g, "-"));
  cpSync(join(await goModule(module, scratch), folder), path, { recursive: true, mode: 0 });
  if (without.length === 0 && version === undefined) return path;
  const file = join(path, "Chart.yaml");
  const about = load(readFileSync(file, "utf8")) as { dependencies?: { name: string }[] };
  const dependencies = about.dependencies?.filter(({ name }) => !without.includes(name));
  const stamps = version && { version, appVersion: version };
  writeFileSync(file, dump({ ...about, ...(dependencies && { dependencies }), ...stamps }));
  return path;
}
