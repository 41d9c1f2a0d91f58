import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { profiles, requirements } from "../../systems/zen/profiles";
import { useHelm } from "../policy/support/helm";
import { charts, refusal } from "./support/helm";
import { apis, refusalOf, valuesOf, who } from "./support/zen-agent";
import { cases, endpoints, images, type Tree } from "./support/zen-agent-wrong-values";

describe("charts/zen-agent: refusals", () => {
  before(useHelm);

  for (const [title, profile, changes, ...words] of cases)
    it(title, async () => {
      const said = await refusalOf(profile, changes);
      for (const one of words) assert.match(said, one);
      assert.ok(!said.includes(who.saas.clusterToken));
    });

  for (const [endpoint, words, profile = "gitops"] of endpoints)
    it(`[ZN-35] the endpoint "${endpoint}", with a valid example`, async () => {
      const said = await refusalOf(profile, { saas: { endpoint } });
      assert.match(said, words);
      assert.match(said, /such as https:\/\/agent\.kube-zen\.io/);
      assert.ok(!said.includes("a:b"));
    });

  for (const [repository, full] of images)
    it(`[ZN-64] the image ${repository}, as the runtime completes it, with what is allowed`, async () => {
      for (const key of ["image", "zen-watcher"]) {
        const image = { repository };
        const said = await refusalOf("aws", key === "image" ? { image } : { "zen-watcher": { image } });
        assert.ok(said.includes(`(${repository}) is ${full}, which is of no allowed registry`), said);
        assert.match(said, /profile aws has: docker\.io\/kubezen\/\*/);
      }
    });

  it("[ZN-62] [ZN-63] registries by profile: the internal one in local, that of CI in gitops, one's own by name", async () => {
    const { objectsOf } = await import("./support/zen-agent");
    const of = (repository: string) => ({ image: { repository } });
    for (const [profile, repository] of [
      ...(["local", "gitops", "aws"] as const).flatMap((one) =>
        ["kubezen/zen-agent", "docker.io/kubezen/zen-agent", "index.docker.io/kubezen/zen-agent"].map(
          (name) => [one, name] as const,
        ),
      ),
      ["local", "registry.kube-zen.io:5000/zen-agent"],
      ["local", "ghcr.io/kube-zen/zen-agent"],
      ["gitops", "ghcr.io/kube-zen/zen-agent"],
    ] as const)
      assert.ok(await objectsOf(profile, of(repository)), `${profile} ${repository}`);
    for (const [profile, repository] of [
      ["gitops", "registry.kube-zen.io:5000/zen-agent"],
      ["aws", "ghcr.io/kube-zen/zen-agent"],
    ] as const)
      assert.match(await refusalOf(profile, of(repository)), /of no allowed registry/);
    const image = {
      repository: "registry.example/zen/zen-agent",
      registryPolicy: ["registry.example/zen/*", "kubezen/*"],
    };
    assert.ok(await objectsOf("aws", { image }));
    for (const acme of ["docker.io/acme/*", "index.docker.io:443/acme/*", "registry.hub.docker.com:0443/acme/*"]) {
      const hub = { ...image, registryPolicy: [acme, "registry.example/zen/*"] };
      assert.match(await refusalOf("aws", { image: hub }), /image\.registryPolicy\[0\].*of Docker Hub only kubezen/);
    }
  });

  it("an unknown profile, and none: which there are", async () => {
    assert.match(await refusalOf("aws", { profile: "prod" }), /profile \("prod"\) is none of local, gitops, aws/);
    assert.match(await refusalOf("aws", { profile: "" }), /profile \(""\) is none of local, gitops, aws/);
  });

  it("aws where the cluster has neither operator: both, with the way out", async () => {
    const said = await refusalOf("aws", {}, []);
    assert.match(said, /saas\.externalSecret needs the External Secrets Operator, .* external-secrets\.io\/v1;/);
    assert.match(said, /tls\.certManager needs cert-manager, .* cert-manager\.io\/v1;/);
  });

  it("everything that is wrong at once, the watcher's part too", async () => {
    const said = await refusal({ chart: "zen-agent", release: "zen-agent", namespace: "zen", values: {} });
    for (const key of [
      "profile",
      "saas\\.endpoint",
      "saas\\.clusterToken",
      "tenant\\.id",
      "cluster\\.id",
      "tls\\.existingSecret",
      "networkPolicy\\.apiServer\\.cidrs",
      "networkPolicy\\.saasCIDRs",
      "zen-watcher\\.networkPolicy\\.apiServer\\.cidrs",
    ])
      assert.match(said, new RegExp(`^${key} `, "m"), key);
  });

  const off: Readonly<Record<string, Tree>> = {
    "tls.enabled": { tls: { enabled: false } },
    "rbac.mode": { rbac: { mode: "broad" } },
    "networkPolicy.enabled": { networkPolicy: { enabled: false } },
    replicaCount: { replicaCount: 1 },
    "saas.externalSecret.enabled": { saas: { externalSecret: { enabled: false } } },
  };
  for (const { keys, controls, production } of requirements) {
    if (!production) continue;
    it(`[ZN-45] [ZN-67] [ZN-81] aws with ${keys[0]} off is one mandatory violation of the pack, which names ${controls.join(", ")}`, async () => {
      const values = valuesOf("aws", off[keys[0]] ?? assert.fail(keys[0])) as JsonObject;
      const request = {
        chart: join(charts, "zen-agent"),
        name: "zen-agent",
        namespace: "zen",
        values,
        kubeVersion: "1.36",
        apiVersions: apis,
      };
      const podSecurity = { level: "restricted", version: "latest" } as const;
      const words = await evaluateChart(request, { profile: profiles.aws.environment, podSecurity }).then(
        () => assert.fail("it renders"),
        ({ message }: Error) => message,
      );
      assert.equal(words.match(/contradicts profile/g)?.length, 1, words);
      assert.ok(words.includes(`${keys[0]} `) && words.includes("profile (aws)"), words);
      for (const control of controls) assert.ok(words.includes(control), words);
    });
  }
});
