/** Kubernetes' own ClusterRoles that grant what the rules of this pack forbid: the API server makes them in every cluster, so a binding to one needs no role
 *  of the chart's own. The data are in bootstrap-roles.ts, generated from the API server's policy by the grant rules themselves. Pure. */
import { bootstrapRoles } from "./bootstrap-roles";

/** A ClusterRole of the API server. */
export interface BootstrapRole {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ids of the rules that forbid something it grants. */
  readonly breaks: readonly string[];
}

/** Prefix of the roles of the control plane's own controllers; none of them is for anyone else, so the table leaves them out. */
export const controllerPrefix = "system:controller:";

/** Labels of all roles the API server makes for itself. */
export const bootstrapLabels = { "kubernetes.io/bootstrapping": "rbac-defaults" } as const;

const aggregateTo = "rbac.authorization.k8s.io/aggregate-to-";

/** Rows as bootstrap-roles.ts has them: a name, for each role that takes its rules by a label `>` and its name, and ids of rules. */
export function readRoles(rows: string): BootstrapRole[] {
  const lines = rows.split("\n").filter((row) => row !== "");
  return lines.map((row) => {
    const [name = "", ...words] = row.split(" ");
    const to = words.filter((word) => word.startsWith(">"));
    const labels = Object.fromEntries(to.map((word) => [`${aggregateTo}${word.slice(1)}`, "true"]));
    return { name, labels: { ...bootstrapLabels, ...labels }, breaks: words.slice(to.length) };
  });
}

/** The same as rows, in the order of the names. */
export function writeRoles(roles: readonly BootstrapRole[]): string {
  const row = ({ name, labels, breaks }: BootstrapRole): string => {
    const to = Object.keys(labels).filter((label) => label.startsWith(aggregateTo));
    return [name, ...to.map((label) => `>${label.slice(aggregateTo.length)}`), ...breaks].join(" ");
  };
  return roles
    .map((role) => `${row(role)}\n`)
    .sort()
    .join("");
}

/** Every role of the table. */
export const knownRoles: readonly BootstrapRole[] = readRoles(bootstrapRoles);
