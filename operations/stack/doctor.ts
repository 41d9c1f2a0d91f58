import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { satisfies } from "semver";
import { type Cluster, ClusterUnavailable } from "../../cluster/cluster";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import { contextNames } from "../../cluster/kubeconfig";
import { projectRoot } from "../../config/project";
import type { StackConfig } from "../../config/stack-schema";
import { rendererPath } from "../../process/toolchain/locate";
import { which } from "../../process/toolchain/on-path";
import { UserError } from "../../process/user-error";
import { requirementsOf } from "../../systems/registry";
import { checkStackFile } from "./stack-file";
import { localKubeconfig } from "./state";

/** Result of one check. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "failed";
  readonly detail: string;
  /** The command or edit that fixes it; absent when the check passes. */
  readonly fix?: string;
}

const ok = (check: string, detail: string): Finding => ({ check, state: "ok", detail });
const failed = (check: string, detail: string, fix: string): Finding => ({ check, state: "failed", detail, fix });
const warning = (check: string, detail: string, fix: string): Finding => ({ check, state: "warning", detail, fix });

function versionOf(command: string, args: readonly string[]): string | undefined {
  try {
    const text = execFileSync(command, args, {
      encoding: "utf8",
      timeout: 15_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /v?\d+\.\d+\.\d+[^\s"]*/.exec(text)?.[0];
  } catch {
    return undefined;
  }
}

function node(): Finding {
  const { engines } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    engines: { node: string };
  };
  const detail = `v${process.versions.node}`;
  return satisfies(process.versions.node, engines.node)
    ? ok("node", detail)
    : failed("node", `${detail}, ${engines.node} is needed`, "run it through npm or bin/hardened, after npm ci");
}

function packages(): Finding {
  const installed = join(projectRoot, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return failed("packages", "not installed", "npm ci");
  const wanted = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const wrong = Object.entries(wanted.dependencies).filter(([name, version]) => {
    const file = join(projectRoot, "node_modules", name, "package.json");
    return (
      !existsSync(file) ||
      (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version.replace(/^v/, "") !== version
    );
  });
  if (wrong.length === 0) return ok("packages", "as package.json pins them");
  return failed("packages", `differ from package.json: ${wrong.map(([name]) => name).join(", ")}`, "npm ci");
}

function tool(name: string, args: readonly string[]): Finding {
  const version = versionOf(name, args);
  return version
    ? ok(name, `${version} (${which(name)})`)
    : failed(name, "not found on PATH and not built", "npm run toolchain");
}

function plugin(name: string): Finding {
  const path = which(name);
  return path ? ok(name, path) : warning(name, "not on PATH; Pulumi will try to fetch it", "npm run toolchain");
}

function renderer(): Finding {
  const path = rendererPath();
  return existsSync(path)
    ? ok("helm-render", path)
    : failed(
        "helm-render",
        "not built; the policy pack refuses every release without it",
        "npm run toolchain -- helm-render",
      );
}

function backend(): Finding {
  const url = process.env.PULUMI_BACKEND_URL ?? "";
  const passphrase =
    process.env.PULUMI_CONFIG_PASSPHRASE !== undefined || existsSync(process.env.PULUMI_CONFIG_PASSPHRASE_FILE ?? "");
  if (url.startsWith("file://") && !passphrase) {
    return failed(
      "backend",
      `${url} without a passphrase`,
      "set PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it",
    );
  }
  return ok("backend", url);
}

function context(config: StackConfig): Finding {
  let names: string[];
  try {
    names = contextNames() ?? [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failed("context", error.message, "correct that file, or set KUBECONFIG to another");
  }
  const wanted = config.cluster.context;
  if (names.includes(wanted)) return ok("context", wanted);
  const fix =
    wanted === "hardened-local"
      ? "npm run cluster:up"
      : "set KUBECONFIG to a file that has it, or hardened:cluster.context in the stack file";
  return failed("context", `the kubeconfig has no "${wanted}" (it has: ${names.join(", ") || "none"})`, fix);
}

async function server(config: StackConfig): Promise<Finding[]> {
  const cluster = new VerifiedCluster(config.cluster);
  let version: string;
  try {
    const answer = JSON.parse(await cluster.raw("/version")) as {
      gitVersion: string;
      major: string;
      minor: string;
    };
    version = `${answer.major}.${answer.minor.replace(/\D/g, "")}`;
  } catch (error) {
    if (error instanceof UserError)
      return [failed("cluster", error.message, "set KUBECONFIG to a file of that cluster, or correct the stack file")];
    const fix = existsSync(localKubeconfig()) ? "npm run cluster:up" : "check the kubeconfig and the network";
    return [failed("cluster", (error as Error).message, fix)];
  }
  const findings = [ok("cluster", `Kubernetes ${version} answers`)];
  if (version !== config.kubernetesVersion) {
    findings.push(
      warning(
        "kubernetes version",
        `the stack declares ${config.kubernetesVersion}, the cluster is ${version}`,
        `set hardened:kubernetesVersion to "${version}"`,
      ),
    );
  }
  return [...findings, ...(await rights(cluster)), ...(await namespaces(cluster, config))];
}

async function rights(cluster: Cluster): Promise<Finding[]> {
  const needed = [
    "create namespaces",
    "create secrets",
    "create jobs.batch",
    "create deployments.apps",
    "create networkpolicies.networking.k8s.io",
  ];
  const refused: string[] = [];
  for (const right of needed) {
    const answer = await cluster.kubectl(["auth", "can-i", ...right.split(" "), "-A"]).catch(() => "no");
    if (answer.trim() !== "yes") refused.push(right);
  }
  return [
    refused.length === 0
      ? ok("rights", "may create all it needs")
      : failed("rights", `may not: ${refused.join(", ")}`, "ask for a role with these rights"),
  ];
}

interface LabelledObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

async function namespaces(cluster: Cluster, config: StackConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { namespace } of requirementsOf(config)) {
    let live: LabelledObject | undefined;
    try {
      live = await cluster.get<LabelledObject>("namespace", namespace);
    } catch (error) {
      if (!(error instanceof ClusterUnavailable)) throw error;
      findings.push(failed(`namespace ${namespace}`, error.message, "ask for a role that may read namespaces"));
      continue;
    }
    const level = live?.metadata.labels?.["pod-security.kubernetes.io/enforce"];
    if (!live) findings.push(ok(`namespace ${namespace}`, "not there yet; up makes it"));
    else if (level === "restricted") findings.push(ok(`namespace ${namespace}`, "enforces restricted"));
    else
      findings.push(
        failed(`namespace ${namespace}`, `enforces ${level ?? "nothing"}`, `bin/hardened up --stack ${config.stack}`),
      );
  }
  return findings;
}

/** Checks all prerequisites of a run of the stack; never throws for a failed check. */
export async function doctor(stack: string): Promise<Finding[]> {
  const findings = [
    node(),
    packages(),
    tool("pulumi", ["version"]),
    plugin("pulumi-language-nodejs"),
    plugin("pulumi-resource-kubernetes"),
    renderer(),
    tool("helm", ["version", "--short"]),
    tool("kubectl", ["version", "--client"]),
    backend(),
  ];
  let config: StackConfig;
  try {
    config = checkStackFile(stack);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [...findings, failed("stack file", error.message, `edit Pulumi.${stack}.yaml`)];
  }
  findings.push(ok("stack file", `Pulumi.${stack}.yaml`));
  const found = context(config);
  return [...findings, found, ...(found.state === "ok" ? await server(config) : [])];
}

const marks = { ok: styleText("green", "✔"), warning: styleText("yellow", "!"), failed: styleText("red", "✖") };

/** Section of the documentation about a check: its heading is the check's name without the object. */
const page = (check: string): string =>
  `docs/how-to/troubleshoot.md#${check.replace(/^namespace .*/, "namespace").replaceAll(" ", "-")}`;

/** A line for each check; below one with a fix that fix and the section of the documentation. */
export const formatDoctor = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ check, state, detail, fix }) =>
        `${marks[state]} ${check}: ${detail}${fix ? `\n    fix: ${fix}\n    more: ${page(check)}` : ""}`,
    )
    .join("\n");
