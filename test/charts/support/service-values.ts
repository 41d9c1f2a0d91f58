import { type Rendered, render, type Setting } from "./helm";

/** Values of `charts/service` for tests: what one service needs at least, and the objects a map of services renders to. */

export const digest = `sha256:${"ad".repeat(32)}`;
export const image = { repository: "registry.example.com/shop", digest };

export const platform = (
  services: object,
  rest: Omit<Setting, "values"> & { values?: object } = {},
): Promise<Rendered[]> => {
  const { values, ...setting } = rest;
  return render({ chart: "service", release: "shop", namespace: "shop", ...setting, values: { services, ...values } });
};

/** Objects of one service. */
export const ofService = (objects: readonly Rendered[], name: string): Rendered[] =>
  objects.filter(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === name);

/** A secret set from a store. */
export const externalSecret = (target: string) => ({
  target,
  store: { kind: "ClusterSecretStore", name: "vault" },
  refreshInterval: "15m",
  data: [{ env: "DATABASE_PASSWORD", remoteKey: "shop/database", property: "password" }],
});

/** A service with everything there is. */
export const whole = {
  image,
  autoscaling: { enabled: true, rps: 50 },
  vpa: { enabled: true },
  externalSecrets: [externalSecret("orders-database")],
  ingress: {
    enabled: true,
    hosts: [{ host: "shop.example.com", paths: [{ path: "/", pathType: "Prefix" }] }],
    tls: [{ secretName: "shop-tls", hosts: ["shop.example.com"] }],
  },
};
