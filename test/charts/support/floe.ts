import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Exemption } from "../../../policy/settings/settings-schema";
import { mergeAll } from "../../../systems/floe/generator/merge";
import type { Values } from "../../../systems/floe/generator/tree";
import { charts, type Rendered, render, type Setting } from "./helm";
import { lets } from "./network";

/** What the tests of charts/floe-platform and charts/floe-jobs share. */

export const environments = ["dev", "test", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];
export const digest = `sha256:${"ad".repeat(32)}`;

/** What a stack grants the platform in its configuration: Dagster starts each run as a Job, for which it needs the one right to make Jobs. */
export const granted: Exemption[] = [
  {
    rule: "rbac-workload-creation",
    object: "Role/*-floe-platform-run",
    reason: "Dagster starts each run as a Job, and each run the Job of a CronJob",
    owner: "platform team",
    expires: new Date().toISOString().slice(0, 10),
  },
];

/** A file of values. */
export const tree = (file: string): Values => load(readFileSync(join(charts, file), "utf8")) as Values;
/** What an overlay says. */
export const overlay = (environment: Environment) => tree(`floe-platform/values-${environment}.yaml`);

type Given = Omit<Setting, "chart">;

/** A cluster that has the CloudNativePG operator. */
export const withOperator = ["--api-versions", "postgresql.cnpg.io/v1"];

/** The platform in an environment, as `helm install floe -f values-<environment>.yaml` makes it on a cluster that has the CloudNativePG operator. */
export const platform = (
  environment: Environment,
  values: object = {},
  { args = [], ...rest }: Omit<Given, "values"> = {},
): Promise<Rendered[]> =>
  render({
    release: "floe",
    namespace: `floe-${environment}`,
    ...rest,
    args: [...withOperator, ...args],
    chart: "floe-platform",
    values: mergeAll([overlay(environment), values as Values]),
  });

/** Values without which the jobs are refused. */
export const jobsNeed = { global: { environment: "dev" }, warehouse: { existingSecret: "floe-warehouse" } };
/** The jobs beside the platform. */
export const jobs = (values: object = {}, rest: Omit<Given, "values"> = {}): Promise<Rendered[]> =>
  render({
    release: "floe",
    namespace: "floe-dev",
    values: { ...jobsNeed, ...values },
    ...rest,
    chart: "floe-jobs",
  });

/** The data elsewhere: a database and an object store. */
export const elsewhere = {
  postgresql: { mode: "external", host: "postgresql.example.com" },
  objectStorage: { endpoint: "https://s3.example.com" },
};

/** Labels of the servers of a Cluster of CloudNativePG, as its operator gives them. */
export const servers = { "cnpg.io/cluster": "floe-floe-platform-postgresql" };

/** Labels of the pods of one component. */
export const pod = (component: string, chart = "floe-platform") => ({
  "app.kubernetes.io/name": chart,
  "app.kubernetes.io/instance": "floe",
  "app.kubernetes.io/component": component,
});

/** Whether one pod reaches another: what the asker may ask, and what the asked lets in. */
export function reaches(
  policies: readonly Rendered[],
  from: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  to: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  port: number,
): boolean {
  return lets(policies, from, "Egress", to, `TCP ${port}`) && lets(policies, to, "Ingress", from, `TCP ${port}`);
}
