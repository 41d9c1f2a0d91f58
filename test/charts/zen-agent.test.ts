import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { blocking } from "../../policy/evaluate/evaluate";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { type ProfileName, profileNames, profiles } from "../../systems/zen/profiles";
import { useHelm } from "../policy/support/helm";
import { charts, helm, only, type Rendered, render } from "./support/helm";
import { notesOf } from "./support/notes";
import { apis, merged, objectsOf, valuesOf, who } from "./support/zen-agent";

const names = (objects: readonly Rendered[], kind: string): string[] =>
  objects.filter((one) => one.kind === kind).map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`);
const agent = (objects: readonly Rendered[]) => only(objects, "Deployment", "zen-agent").spec.template;
const environment = (objects: readonly Rendered[]): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries((agent(objects).spec.containers[0].env ?? []).map(({ name, value }) => [name, value]));
const evaluate = (profile: ProfileName, changes: object = {}) =>
  evaluateChart(
    {
      chart: join(charts, "zen-agent"),
      name: "zen-agent",
      namespace: "zen",
      values: valuesOf(profile, changes as JsonObject) as JsonObject,
      kubeVersion: "1.36",
      apiVersions: apis,
    },
    {
      profile: profiles[profile].environment,
      podSecurity: { level: "restricted", version: "latest" },
      now: new Date(),
    },
  );

describe("charts/zen-agent", () => {
  before(useHelm);
  const notes = notesOf("zen-agent");
  /** Said on the command line, or pinned by the stack. */
  const ofThePerson = ["secret-in-values", "image-digest"];

  for (const profile of profileNames)
    it(`[ZN-20] [ZN-41] ${profile}: at the strictness of the profile, nothing of the pack stands in the way`, async () => {
      const { verdict } = await evaluate(profile);
      const found = blocking(verdict, profiles[profile].environment).filter(({ rule }) => !ofThePerson.includes(rule));
      assert.deepEqual(found, []);
      assert.equal(verdict.pods, 2);
    });

  it("[ZN-79] what local lets be is advisory there, and mandatory elsewhere", async () => {
    const { verdict } = await evaluate("local");
    const rules = new Set(verdict.findings.map(({ rule }) => rule));
    for (const rule of ["rbac-workload-creation", "default-deny-present"]) {
      assert.ok(rules.has(rule), rule);
      assert.ok(
        blocking(verdict, "staging").some((one) => one.rule === rule),
        rule,
      );
      assert.ok(!blocking(verdict, "dev").some((one) => one.rule === rule), rule);
    }
  });

  it("[ZN-01] [ZN-02] has the watcher as a dependency with a condition, in both versions", async () => {
    const { stdout } = await helm(["show", "chart", join(charts, "zen-agent")]);
    assert.match(stdout, /^version: 1\.0\.2$/m);
    assert.match(stdout, /condition: zen-watcher\.enabled\n +name: zen-watcher\n +repository: ""\n +version: 1\.0\.1/);
    assert.deepEqual(names(await objectsOf("local"), "Deployment"), ["zen/zen-agent-zen-watcher", "zen/zen-agent"]);
    const served = apis.flatMap((api) => ["--api-versions", api]);
    for (const profile of profileNames) {
      // nothing else is said of it: a subchart that is off has no values of its own
      const values = { ...valuesOf(profile), "zen-watcher": { enabled: false } };
      const made = await render({ chart: "zen-agent", release: "zen-agent", namespace: "zen", values, args: served });
      assert.deepEqual(names(made, "Deployment"), ["zen/zen-agent"], profile);
    }
  });

  for (const profile of profileNames)
    it(`[ZN-48] ${profile}: exactly the modes of the table reach the pod, by the example and by the profile alone`, async () => {
      const none = {
        execution: { modes: [] },
        approval: { modes: [] },
        validation: { probes: [] },
        rollback: { modes: [] },
      };
      for (const changes of [{}, none]) {
        const env = environment(await objectsOf(profile, changes));
        const { modes } = profiles[profile];
        assert.equal(env.ZEN_AGENT_EXECUTION_MODES, modes["execution.modes"].join(","));
        assert.equal(env.ZEN_AGENT_APPROVAL_MODES, modes["approval.modes"].join(","));
        assert.equal(env.ZEN_AGENT_VALIDATION_PROBES, modes["validation.probes"].join(","));
        assert.equal(env.ZEN_AGENT_ROLLBACK_MODES, modes["rollback.modes"].join(","));
      }
    });

  it("[ZN-38] [ZN-39] [ZN-40] the examples differ as the table of profiles says", async () => {
    const [local, gitops, aws] = await Promise.all(profileNames.map((profile) => objectsOf(profile)));
    const limits = (objects: readonly Rendered[] = []) =>
      (agent(objects).spec.containers[0].resources as { limits: object }).limits;
    assert.deepEqual(limits(local), { cpu: "200m", memory: "256Mi" });
    assert.equal(environment(local ?? []).ZEN_AGENT_TLS_ENABLED, "false");
    assert.equal(environment(gitops ?? []).ZEN_AGENT_TLS_ENABLED, "true");
    assert.equal(environment(gitops ?? []).ZEN_AGENT_SAAS_ENDPOINT, "https://demo.kube-zen.io");
    assert.ok(
      environment(gitops ?? [])
        .ZEN_AGENT_EXECUTION_MODES?.split(",")
        .includes("gitops-immediate"),
    );
    assert.deepEqual(limits(gitops), { cpu: "500m", memory: "512Mi" });
    assert.deepEqual(
      [local, gitops, aws].map((all = []) => names(all, "NetworkPolicy").length),
      [0, 2, 2],
    );
    assert.deepEqual(
      [local, gitops, aws].map((all = []) => names(all, "ClusterRole").includes("/zen.zen-agent-targets")),
      [true, false, false],
    );
    const account = only(aws ?? [], "ServiceAccount", "zen-agent").metadata.annotations;
    assert.match(account?.["eks.amazonaws.com/role-arn"] ?? "", /^arn:aws:iam::\d{12}:role\//);
  });

  it("[ZN-34] endpoint, tenant and cluster reach the pod, and whether TLS and the own authority are on", async () => {
    const changes = {
      saas: { endpoint: "https://saas.example.com:8443" },
      tenant: { id: "one-tenant" },
      cluster: { id: "one-cluster" },
      caMount: { enabled: true, secretName: "ca" },
    };
    const env = environment(await objectsOf("gitops", changes));
    assert.deepEqual(
      [env.ZEN_AGENT_SAAS_ENDPOINT, env.ZEN_AGENT_TENANT_ID, env.ZEN_AGENT_CLUSTER_ID],
      ["https://saas.example.com:8443", "one-tenant", "one-cluster"],
    );
    assert.deepEqual([env.ZEN_AGENT_TLS_ENABLED, env.ZEN_AGENT_CA_FILE], ["true", "/etc/zen/ca/ca.crt"]);
  });

  it("[ZN-25] [ZN-05] the agent is told the kinds of its roles, for commits, which no role holds back, and where it may commit", async () => {
    const remediationKinds = ["services", "ingresses.networking.k8s.io"];
    const repositories = ["https://git.example.com/shop/", "https://git.example.com/web.git"];
    const objects = await objectsOf("gitops", {
      rbac: { remediationKinds, namespaces: ["shop", "mail"] },
      gitops: { repositories, branches: ["main", "release/1"] },
    });
    const env = environment(objects);
    assert.equal(env.ZEN_AGENT_REMEDIATION_KINDS, remediationKinds.join(","));
    assert.equal(env.ZEN_AGENT_NAMESPACES, "shop,mail");
    assert.equal(env.ZEN_AGENT_GIT_REPOSITORIES, repositories.join(","));
    assert.equal(env.ZEN_AGENT_GIT_BRANCHES, "main,release/1");
    assert.equal(environment(await objectsOf("gitops", {})).ZEN_AGENT_GIT_BRANCHES ?? "", "");
  });

  it("[ZN-06] [ZN-07] the token comes by reference, and no key is made of it anywhere", async () => {
    const objects = await objectsOf("local");
    const { env = [] } = agent(objects).spec.containers[0];
    const given = env.find(({ name }) => name === "ZEN_AGENT_BOOTSTRAP_TOKEN") as object;
    assert.deepEqual(given, {
      name: "ZEN_AGENT_BOOTSTRAP_TOKEN",
      valueFrom: { secretKeyRef: { name: "zen-agent-token", key: "token" } },
    });
    const elsewhere = objects.filter(({ kind }) => kind !== "Secret");
    assert.ok(!JSON.stringify(elsewhere).includes(who.saas.clusterToken));
    assert.doesNotMatch(JSON.stringify(objects), /hmac/i);
    assert.deepEqual(only(objects, "Secret").stringData, { token: who.saas.clusterToken });
  });

  it("[ZN-08] an ExternalSecret keeps it, or a Secret that is there", async () => {
    const objects = await objectsOf("aws");
    assert.deepEqual(names(objects, "Secret"), []);
    const { target, secretStoreRef, data } = only(objects, "ExternalSecret").spec as Record<string, unknown>;
    assert.deepEqual(target, { name: "zen-agent-token", creationPolicy: "Owner" });
    assert.deepEqual(secretStoreRef, { kind: "ClusterSecretStore", name: "aws-secrets-manager" });
    assert.deepEqual(data, [{ secretKey: "token", remoteRef: { key: "zen/agent/bootstrap-token" } }]);
    const kept = await objectsOf("gitops", {
      saas: { clusterToken: "", existingSecret: "kept", existingSecretKey: "t" },
    });
    assert.deepEqual(names(kept, "Secret"), []);
    assert.match(JSON.stringify(agent(kept)), /"secretKeyRef":\{"name":"kept","key":"t"\}/);
    assert.equal(
      only(kept, "Deployment", "zen-agent").metadata.annotations?.["secret.reloader.stakater.com/reload"],
      "kept",
    );
  });

  it("a changed token restarts the pods", async () => {
    const of = async (clusterToken: string) =>
      agent(await objectsOf("local", { saas: { clusterToken } })).metadata.annotations;
    assert.notDeepEqual(await of("one-token"), await of("another-token"));
  });

  it("[ZN-09] [ZN-10] [ZN-12] [ZN-13] [ZN-66] certificates are mounted where they are on, from a Secret or from cert-manager", async () => {
    const volumes = (objects: readonly Rendered[]) => agent(objects).spec.volumes.map(({ name }) => name);
    assert.deepEqual(volumes(await objectsOf("local")), ["tmp"]);
    assert.deepEqual(volumes(await objectsOf("gitops")), ["tls", "git", "tmp"]);
    const more = { caMount: { enabled: true, secretName: "ca" }, gitops: { existingSecret: "git" } };
    const objects = await objectsOf("gitops", more);
    assert.deepEqual(volumes(objects), ["tls", "ca", "git", "tmp"]);
    assert.deepEqual(
      agent(objects).spec.containers[0].volumeMounts.map(({ mountPath, readOnly }) => [mountPath, readOnly]),
      [...["tls", "ca", "git"].map((name) => [`/etc/zen/${name}`, true]), ["/tmp", undefined]],
    );
    assert.equal(environment(objects).ZEN_AGENT_CA_FILE, "/etc/zen/ca/ca.crt");
    const { spec } = only(await objectsOf("aws"), "Certificate") as unknown as { spec: Record<string, unknown> };
    assert.deepEqual(
      [spec.secretName, spec.duration, spec.renewBefore, spec.usages, spec.dnsNames],
      ["zen-agent-tls", "24h", "8h", ["digital signature", "client auth"], ["zen-agent.zen"]],
    );
  });

  it("[ZN-16] [ZN-17] two replicas elect, have a budget and stand apart", async () => {
    const objects = await objectsOf("aws");
    assert.ok(names(objects, "PodDisruptionBudget").includes("zen/zen-agent"));
    assert.equal((only(objects, "Deployment", "zen-agent").spec as { replicas?: number }).replicas, 2);
    assert.equal(environment(objects).ZEN_AGENT_LEADER_ELECTION, "true");
    assert.equal(environment(objects).ZEN_AGENT_INSTANCE, "zen-agent");
    assert.ok(agent(objects).spec.topologySpreadConstraints);
    assert.match(
      JSON.stringify(only(objects, "Role", "zen-agent")),
      /"resourceNames":\["zen-agent"\],"resources":\["leases"\]/,
    );
  });

  it("[ZN-16] without an election a pod goes before the next comes: never two of them act", async () => {
    const off = { leaderElection: { enabled: false } };
    const alone = { ...off, replicaCount: 1, "zen-watcher": { ...off, replicaCount: 1 } };
    const strategies = async (changes: object) =>
      (await objectsOf("gitops", changes as JsonObject))
        .filter(({ kind }) => kind === "Deployment")
        .map(({ spec }) => (spec as unknown as { strategy: object }).strategy);
    assert.deepEqual(await strategies(alone), [{ type: "Recreate" }, { type: "Recreate" }]);
    const rolling = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    assert.deepEqual(await strategies({}), [rolling, rolling]);
  });

  it("[ZN-21] [ZN-22] [ZN-23] it reaches DNS, the API server, the SaaS and the Git server, and nothing else", async () => {
    const policy = async (changes: object = {}) =>
      only(await objectsOf("aws", changes as JsonObject), "NetworkPolicy", "zen-agent").spec as Record<string, unknown>;
    const { egress, ingress } = await policy();
    const to = (...cidrs: string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    const ports = (...all: number[]) => all.map((port) => ({ protocol: "TCP", port }));
    assert.deepEqual((egress as object[]).slice(1), [
      { to: to("10.0.0.0/16", "172.20.0.1/32"), ports: ports(443) },
      { to: to("203.0.113.10/32"), ports: ports(443) },
      { to: to("203.0.113.20/32"), ports: ports(443) },
    ]);
    assert.deepEqual(JSON.stringify((egress as object[])[0]).match(/"port":\d+/g), ['"port":53', '"port":53']);
    assert.deepEqual(JSON.stringify(ingress).match(/metadata\.name":"[^"]+/g), [
      'metadata.name":"monitoring',
      'metadata.name":"ingress-nginx',
    ]);
    const without = await policy({
      execution: { modes: ["ssa-immediate"] },
      saas: { endpoint: "https://agent.kube-zen.io:8443" },
    });
    assert.deepEqual((without.egress as object[]).slice(2), [{ to: to("203.0.113.10/32"), ports: ports(8443) }]);
  });

  it("[ZN-18] [ZN-31] metrics are on in every profile, by annotations or by an operator's kind", async () => {
    for (const profile of profileNames) {
      const { metadata } = only(await objectsOf(profile), "Service", "zen-agent");
      assert.equal(metadata.annotations?.["prometheus.io/scrape"], "true", profile);
    }
    for (const [key, api] of [
      ["serviceMonitor", "monitoring.coreos.com/v1/ServiceMonitor"],
      ["vmServiceScrape", "operator.victoriametrics.com/v1beta1/VMServiceScrape"],
    ] as const) {
      const objects = await objectsOf("local", { [key]: { enabled: true } }, ["--api-versions", api]);
      assert.ok(
        objects.some(({ kind }) => api.endsWith(`/${kind}`)),
        key,
      );
    }
  });

  it("[ZN-37] [ZN-51] [ZN-61] takes the product's images, nothing of the host, and nothing from elsewhere", async () => {
    const objects = await objectsOf("aws");
    const images = objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ spec }) => spec.template.spec.containers[0].image);
    assert.deepEqual(images, ["kubezen/zen-watcher:1.0.1", "kubezen/zen-agent:1.0.2"]);
    assert.doesNotMatch(JSON.stringify(objects), /hostPath|hostNetwork|hostPID/);
  });

  it("[ZN-19] [ZN-43] its notes warn of what local lets be, of the plain token, and of probes without Prometheus", async () => {
    const local = await notes(valuesOf("local"));
    for (const key of [
      "tls.enabled",
      "rbac.mode",
      "networkPolicy.enabled",
      "saas.clusterToken",
      "zen-watcher.networkPolicy.enabled",
    ])
      assert.match(local, new RegExp(`^WARNING: ${key} is `, "m"));
    const gitops = await notes(valuesOf("gitops"));
    assert.match(gitops, /^WARNING: validation\.probes has metrics, and the cluster shows no Prometheus/m);
    const served = ["--api-versions", "monitoring.coreos.com/v1"];
    const asked = { validation: { prometheusUrl: "http://prometheus.monitoring:9090" } };
    assert.doesNotMatch(await notes(valuesOf("gitops", asked), served), /no Prometheus|prometheusUrl/);
    assert.match(await notes(valuesOf("gitops"), served), /prometheusUrl is empty: that probe is left out/);
    const kept = merged(valuesOf("gitops"), { saas: { clusterToken: "", existingSecret: "kept" } });
    assert.doesNotMatch(await notes(kept, served), /clusterToken/);
    assert.match(await notes(kept, served), /When Secret kept changes/);
  });
});
