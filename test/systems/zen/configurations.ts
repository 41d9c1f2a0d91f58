/** A complete configuration of zen for each profile, with no more than has to be said. */
import { zenConfig } from "../../../systems/zen/config";
import { resolveZen } from "../../../systems/zen/resolve";

export type Given = Readonly<Record<string, unknown>>;
interface Complete extends Given {
  readonly profile: string;
  readonly agent: Given;
}

const who = { tenant: { id: "acme" }, cluster: { id: "shop-1" } };
const networkPolicy = { saasCIDRs: ["203.0.113.10/32"], apiServer: { cidrs: ["10.0.0.1/32"] } };
const gitOps = { repositories: ["https://git.example.com/shop/"] };
const watcher = { networkPolicy: { apiServer: { cidrs: ["10.0.0.1/32"] } } };

export const local: Complete = {
  enabled: true,
  profile: "local",
  agent: { ...who, saas: { endpoint: "http://host.k3d.internal:8080" } },
  watcher,
};
export const gitops: Complete = {
  enabled: true,
  profile: "gitops",
  agent: {
    ...who,
    saas: { endpoint: "https://demo.kube-zen.io" },
    tls: { existingSecret: "zen-agent-client" },
    gitops: gitOps,
    networkPolicy,
  },
  watcher,
};
export const aws: Complete = {
  enabled: true,
  profile: "aws",
  agent: {
    ...who,
    saas: {
      endpoint: "https://agent.kube-zen.io",
      externalSecret: { storeRef: { name: "aws-secrets-manager" }, remoteKey: "zen/agent" },
    },
    tls: { certManager: { issuerRef: { name: "zen-clients" } } },
    serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/zen-agent" } },
    gitops: gitOps,
    networkPolicy,
  },
  watcher,
};

/** What the system makes of a configuration. */
export const resolved = (given: Given) => resolveZen(zenConfig.parse(given));
