import { kubectl } from "../e2e-cluster";
import type { TrevorProject } from "./trevor-project";

/** What the first version of a stack's trevor has and its later ones have not: an object of the chart, and two variables. */

const template = "charts/trevor/templates/ingress.yaml";
const retired = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: retired
  labels: {{- include "hardened.labels" . | nindent 4 }}
`;
export const firstVariables = {
  S3_ENDPOINT: "https://s3.example.com:9000",
  KEYCLOAK_URL: "http://keycloak.identity.svc:8080",
};

/** Gives the chart of the project the object. */
export const addObject = (project: TrevorProject): void => project.edit(template, (text) => text + retired);

/** Takes it away again. */
export const removeObject = (project: TrevorProject): void =>
  project.edit(template, (text) => text.replace(retired, ""));

/** What of it is in the cluster, by name. */
export async function ofFirstVersion({ namespace }: TrevorProject): Promise<string[]> {
  const inside = (...args: string[]): Promise<string> => kubectl(["-n", namespace, ...args]);
  const names = await inside("get", "deployment", "trevor", "-o", "jsonpath={.spec..env[*].name}");
  const objects = await inside("get", "configmaps", "retired", "--ignore-not-found", "-o", "name");
  const variables = names.split(" ").filter((name) => Object.hasOwn(firstVariables, name));
  return [...variables.sort(), ...objects.split("\n").filter((line) => line !== "")];
}
