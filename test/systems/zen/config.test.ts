import { strict as assert } from "node:assert";
import { checkStack } from "../../../config/stack-schema";
import { systems } from "../../../systems/registry";
import { profileNames, profiles, requirements } from "../../../systems/zen/profiles";
import { supplyChain } from "../../support/supply-chain";
import { aws, type Given, gitops, local, resolved } from "./configurations";

/** What a whole stack file with this configuration is told. */
function mistakes(given: Given, credentials: object | undefined = undefined, environment?: string): readonly string[] {
  const raw = {
    environment: environment ?? profiles[given.profile as "local"]?.environment ?? "dev",
    cluster: { context: "here" },
    ...supplyChain,
    mailroom: { enabled: false },
    zen: given,
    ...(credentials && { zenCredentials: credentials }),
  };
  const checked = checkStack("test", raw, systems);
  return "mistakes" in checked ? checked.mistakes : [];
}
const token = { clusterToken: "8f2d9a7c4e5b" };

describe("systems/zen: configuration", () => {
  it("is off unless a stack enables it", () => assert.deepEqual(mistakes({}), []));

  it("[ZN-78] each profile is complete with little more than who and where, and takes the rest from its table", () => {
    assert.deepEqual(mistakes(local, token), []);
    assert.deepEqual(mistakes(gitops, token), []);
    assert.deepEqual(mistakes(aws), []);
    const of = (given: Given) => resolved(given).value;
    assert.deepEqual(
      [local, gitops, aws].map(of).map(({ agent, watcher }) => ({
        replicas: [agent.replicaCount, watcher.replicaCount],
        policies: [agent.networkPolicy.enabled, watcher.networkPolicy.enabled],
        rbac: agent.rbac.mode,
        tls: [agent.tls.enabled, agent.tls.source],
        memory: agent.resources.limits.memory,
      })),
      [
        { replicas: [1, 1], policies: [false, false], rbac: "broad", tls: [false, "existing"], memory: "256Mi" },
        { replicas: [2, 2], policies: [true, true], rbac: "scoped", tls: [true, "existing"], memory: "512Mi" },
        { replicas: [2, 2], policies: [true, true], rbac: "scoped", tls: [true, "cert-manager"], memory: "1Gi" },
      ],
    );
  });

  it("[ZN-78] there is no default profile", () => {
    const { profile: _, ...without } = aws;
    assert.match(
      mistakes(without, undefined, "prod").join("\n"),
      /^hardened:zen\.profile: missing; local, gitops or aws/,
    );
    assert.match(
      mistakes({ ...aws, profile: "prod" }, undefined, "prod").join("\n"),
      /zen\.profile: expected local, gitops, aws/,
    );
  });

  it("[ZN-79] the pack is as strict as the profile asks: the stack's environment has to be its", () => {
    for (const [given, strict, lax] of [
      [gitops, "staging", "dev"],
      [aws, "prod", "staging"],
      [local, "dev", "prod"],
    ] as const)
      assert.match(
        mistakes(given, given === aws ? undefined : token, lax).join("\n"),
        new RegExp(
          `hardened:zen\\.profile: ${given.profile} has to be as strict as ${strict}; set hardened:environment`,
        ),
      );
  });

  it("[ZN-43] [ZN-79] what local lets be is told, each with its control; aws lets nothing be", () => {
    const { relaxed } = resolved(local).value;
    assert.deepEqual(
      relaxed.map((line) => /hardened:zen\.(\S+) /.exec(line)?.[1]),
      [
        ...["agent.tls.enabled", "agent.rbac.mode", "agent.networkPolicy.enabled", "watcher.networkPolicy.enabled"],
        ...["agent.replicaCount", "agent.saas.externalSecret"],
      ],
    );
    assert.match(relaxed.join("\n"), /no scoped RBAC.*\(SOC2 CC6\.1, RM-HELM-001\)/);
    assert.deepEqual(resolved(aws).value.relaxed, []);
  });

  const off: Readonly<Record<string, Given>> = {
    "agent.tls.enabled": { tls: { enabled: false } },
    "agent.rbac.mode": { rbac: { mode: "broad" } },
    "agent.networkPolicy.enabled": { networkPolicy: { ...(aws.agent.networkPolicy as object), enabled: false } },
    "agent.replicaCount": { replicaCount: 1 },
    "agent.saas.externalSecret": { saas: { endpoint: "https://agent.kube-zen.io" } },
  };
  for (const [key, change] of Object.entries(off))
    it(`[ZN-81] aws with ${key} off is refused once, by name and control`, () => {
      const given = { ...aws, agent: { ...aws.agent, ...change } };
      const found = mistakes(given, key === "agent.saas.externalSecret" ? token : undefined);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(
        found[0] ?? "",
        new RegExp(`^hardened:zen\\.${key}: .* contradicts profile \\(aws\\).* \\(.*[A-Z0-9].*\\)$`),
      );
    });
  it("[ZN-81] these are the five of the production target", () =>
    assert.deepEqual(requirements.filter((one) => one.production).length, Object.keys(off).length));

  for (const [title, given, words] of [
    [
      "a wildcard (SOC2 CC6.1)",
      { agent: { rbac: { remediationKinds: ["*"] } } },
      /remediationKinds\[0\]: a wildcard.*SOC2 CC6\.1/,
    ],
    ["Secrets to change", { agent: { rbac: { remediationKinds: ["secrets"] } } }, /never reads nor changes Secrets/],
    [
      "Secrets to watch",
      { watcher: { observe: { resources: [{ apiGroups: [""], resources: ["secrets"] }] } } },
      /Secrets are never observed/,
    ],
    ["a placeholder tenant", { agent: { tenant: { id: "TENANT_ID" } } }, /agent\.tenant\.id: still a placeholder/],
    ["a placeholder cluster", { agent: { cluster: { id: "CLUSTER_ID" } } }, /agent\.cluster\.id: still a placeholder/],
    [
      "scheduled GitOps",
      { agent: { execution: { modes: ["scheduled-gitops"] } } },
      /not available.*there are: ssa-immediate, ssa-scheduled, gitops-immediate/,
    ],
    [
      "an unknown mode",
      { agent: { rollback: { modes: ["never"] } } },
      /rollback\.modes\[0\]: expected one of automatic, manual, git-revert/,
    ],
    [
      "a mode of another profile",
      { agent: { rollback: { modes: ["git-revert"] } } },
      /agent\.rollback\.modes\[0\]: git-revert is none of profile \(aws\), which has: automatic, manual/,
    ],
    [
      "a role that is none",
      { agent: { serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "zen" } } } },
      /no ARN of a role.*arn:aws:iam::111122223333:role\/zen-agent/,
    ],
    [
      "Docker Hub",
      { agent: { image: { repository: "index.docker.io/acme/zen-agent" } } },
      /agent\.image\.repository: .* is docker\.io\/acme\/zen-agent, .*docker\.io\/kubezen\/\*/,
    ],
    [
      "Docker Hub by policy",
      { registryPolicy: ["nginx"] },
      /registryPolicy\[0\]: docker\.io\/library\/nginx: of Docker Hub only kubezen/,
    ],
    [
      "Docker Hub by policy and by its default port",
      { registryPolicy: ["kubezen/*", "registry-1.docker.io:443/acme/*"] },
      /registryPolicy\[1\]: docker\.io\/acme\/\*: of Docker Hub only kubezen/,
    ],
    [
      "an autoscaler without election",
      { watcher: { hpa: { enabled: true }, leaderElection: { enabled: false } } },
      /watcher\.hpa\.enabled: is true and leaderElection\.enabled is false/,
    ],
    [
      "a CA of one's own in aws",
      { agent: { caMount: { enabled: true, secretName: "mkcert" } } },
      /agent\.caMount\.enabled: true, which contradicts profile \(aws\)/,
    ],
    [
      "an insecure agent",
      { agent: { tls: { insecure: true } } },
      /agent\.tls\.insecure: true, which contradicts profile \(aws\).*ISO A\.8\.5/,
    ],
    [
      "no one who signs",
      { agent: { tls: { source: "cert-manager", certManager: { issuerRef: { name: "" } } } } },
      /issuerRef\.name: missing/,
    ],
    ["an unknown key", { watcher: { replicas: 2 } }, /did you mean "replicaCount"/],
    [
      "an address without a length",
      { watcher: { networkPolicy: { apiServer: { cidrs: ["10.0.0.1"] } } } },
      /cidrs\[0\]: expected/,
    ],
    ["nothing at all", { agent: { enabled: false }, watcher: { enabled: false } }, /both false/],
  ] as const)
    it(`refuses ${title}`, () => {
      const part = (key: "agent" | "watcher") => ({
        ...(aws[key] as object),
        ...((given as Given)[key] as object | undefined),
      });
      assert.match(mistakes({ ...aws, ...given, agent: part("agent"), watcher: part("watcher") }).join("\n"), words);
    });

  for (const [endpoint, words] of [
    ["agent.kube-zen.io", /no scheme: write https:\/\//],
    ["https://10.0.0.1", /an IP address/],
    ["https://[fd00::1]", /an IP address/],
    ["https://agent.kube-zen.io/api", /has a path/],
    ["https://user:pass@agent.kube-zen.io", /user or a password \(not shown\)/],
    ["https://agent.zen.svc.cluster.local", /a name of the cluster itself/],
    ["https://agent.zen.svc", /a name of the cluster itself/],
    ["https://localhost", /localhost.*host\.k3d\.internal/],
    ["https://agent", /no full name \(FQDN\)/],
    ["http://agent.kube-zen.io", /begins with http:\/\/ and profile is aws: TLS is required/],
  ] as const)
    it(`[ZN-35] refuses the endpoint ${endpoint}, with a valid example`, () => {
      const saas = { ...(aws.agent.saas as object), endpoint };
      const text = mistakes({ ...aws, agent: { ...aws.agent, saas } }).join("\n");
      assert.match(text, words);
      assert.match(text, /such as https:\/\/agent\.kube-zen\.io/);
    });

  it("[ZN-07] the token is a secret of the stack's, exactly when nobody else keeps it, and no placeholder", () => {
    assert.match(mistakes(gitops).join("\n"), /zenCredentials\.clusterToken: missing; .*pulumi config set --secret/);
    assert.match(mistakes(aws, token).join("\n"), /zenCredentials\.clusterToken: nothing of hardened:zen reads it/);
    for (const clusterToken of ["YOUR_TOKEN", "CLUSTER_TOKEN", "<token>", "changeme"])
      assert.match(mistakes(gitops, { clusterToken }).join("\n"), /clusterToken: still a placeholder/, clusterToken);
    for (const clusterToken of ["8f2d 9a7c", " 8f2d9a7c", "8f2d9a7c\n\n", "8f2d\n9a7c"])
      assert.match(mistakes(gitops, { clusterToken }).join("\n"), /clusterToken: white space in it/, clusterToken);
    for (const end of ["\n", "\r\n"]) assert.deepEqual(mistakes(gitops, { clusterToken: `8f2d9a7c${end}` }), []);
  });

  for (const profile of profileNames)
    it(`[ZN-36] ${profile}: the watcher alone needs nothing of the agent's`, () =>
      assert.deepEqual(mistakes({ enabled: true, profile, agent: { enabled: false } }), []));
});
