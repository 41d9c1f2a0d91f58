import { only, type Rendered, render, type Setting } from "./helm";

/** What the tests of charts/trevor share. */

const tls = [{ secretName: "trevor-tls", hosts: ["trevor.example.com"] }];
const hosts = [{ host: "trevor.example.com", paths: [{ path: "/", pathType: "Prefix" }] }];
const digest = `sha256:${"ad".repeat(32)}`;
const secrets = { envFromSecrets: [{ secretName: "trevor-database" }, { secretName: "trevor-storage" }] };

/** Values a user would give in each environment, by the requirements' table. */
export const environments = {
  dev: { ...secrets, migrations: { mode: "init" } },
  test: { ...secrets, networkPolicy: { enabled: true } },
  staging: {
    ...secrets,
    image: { digest },
    replicaCount: 2,
    ingress: { enabled: true, hosts, tls },
    autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 4 },
    networkPolicy: { enabled: true },
  },
  prod: {
    ...secrets,
    image: { digest },
    replicaCount: 3,
    worker: { replicaCount: 2 },
    ingress: { enabled: true, className: "nginx", hosts, tls },
    autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 10 },
    networkPolicy: { enabled: true },
  },
};

/** The chart's objects for some values. */
export const trevor = (values: object = {}, rest: Omit<Setting, "values" | "chart"> = {}): Promise<Rendered[]> =>
  render({ release: "trevor", namespace: "trevor", values, ...rest, chart: "trevor" });

/** Labels that select the pods of one component. */
export const selector = (component: string) => ({
  "app.kubernetes.io/name": "trevor",
  "app.kubernetes.io/instance": "trevor",
  "app.kubernetes.io/component": component,
});

/** The pods of API, worker and migration, and the one whose init container migrates. */
export async function pods(values: object = {}): Promise<Record<"api" | "worker" | "migrate" | "init", Rendered>> {
  const hook = await trevor(values);
  const init = await trevor({ ...values, migrations: { mode: "init" } });
  return {
    api: only(hook, "Deployment", "trevor"),
    worker: only(hook, "Deployment", "trevor-worker"),
    migrate: only(hook, "Job"),
    init: only(init, "Deployment", "trevor"),
  };
}
