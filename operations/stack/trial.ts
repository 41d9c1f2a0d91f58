import { join } from "node:path";
import { dump } from "js-yaml";
import { kubectl } from "../../cluster/local/api";
import { instanceOf } from "../../cluster/local/names";
import { clusterStatus } from "../../cluster/local/status";
import { projectName, projectRoot } from "../../config/project";
import { nearest } from "../../policy/config/nearest";
import { writeAtomic } from "../../process/atomic-write";
import { UserError } from "../../process/user-error";
import type { SystemDefinition } from "../../systems/define-system";
import { systems } from "../../systems/registry";
import { readStackFile } from "./stack-file";

type Evaluated = SystemDefinition<unknown> & { readonly trial: Readonly<Record<string, unknown>> };

/** The systems that can run in a stack of their own, as the stack dev leaves them out. */
export const evaluatedNames = (): string[] =>
  Object.values(systems).flatMap(({ name, trial }) => (trial === undefined ? [] : [name]));

/** Name of the stack that runs one system alone. */
export const trialStack = (name: string): string => `trial-${name}`;

/** A system that can run in a stack of its own, for evaluation. Throws a UserError for any other. */
export function evaluated(name: string): Evaluated {
  const system = Object.hasOwn(systems, name) ? systems[name] : undefined;
  if (system?.trial !== undefined) return system as Evaluated;
  const names = evaluatedNames();
  if (system !== undefined)
    throw new UserError(`--system ${name}: the stack dev runs it; alone can run: ${names.join(", ")}`);
  const meant = nearest(name, Object.keys(systems));
  throw new UserError(
    `--system ${name}: no such system; ${meant ? `did you mean "${meant}"?` : `alone can run: ${names.join(", ")}`}`,
  );
}

/** UID of the local cluster. Throws a UserError when it does not run. */
async function localUid(): Promise<string> {
  const { state } = await clusterStatus({});
  const instance = instanceOf();
  if (state === "stopped")
    throw new UserError(`--system: cluster ${instance.name} is not running; run: npm run cluster:up`);
  return kubectl(instance, ["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
}

/** Stack file of one system alone. `uid`: of the cluster, for a system whose environments are bound to clusters by name; `dev`: content of the stack dev. */
export function trialConfig(
  name: string,
  uid: string,
  dev: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { trial, environments = {}, environmentKey = "environment" } = evaluated(name);
  const { cluster } = environments[String(trial[environmentKey])] ?? {};
  const { context } = instanceOf();
  const key = (one: string): string => `${projectName}:${one}`;
  // cluster, images and their settings are those of the stack dev
  const shared = ["environment", "imageLock", "policy", "imageSignatures"].map(key);
  return {
    ...Object.fromEntries(shared.map((one) => [one, dev[one]])),
    [key("cluster")]: cluster === undefined ? { context } : { name: cluster },
    ...(cluster !== undefined && { [key("clusters")]: { [cluster]: { context, uid } } }),
    [key("mailroom")]: { enabled: false },
    [key(name)]: { enabled: true, ...trial },
  };
}

/** Writes the file of the stack that runs one system alone on the local cluster, replacing an existing one, and returns the stack's name. Throws a UserError. */
export async function writeTrialStack(name: string, root = projectRoot): Promise<string> {
  evaluated(name);
  const config = trialConfig(name, await localUid(), readStackFile("dev", root).document.config ?? {});
  const stack = trialStack(name);
  const head = `# Written by --system ${name}, anew each time: for a stack of your own copy it to another name.\n`;
  writeAtomic(join(root, `Pulumi.${stack}.yaml`), head + dump({ config }, { lineWidth: -1, noRefs: true }), 0o644);
  return stack;
}
