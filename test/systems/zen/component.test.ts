import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ObservedCluster } from "../../../cluster/observed";
import type { StackConfig } from "../../../config/stack-schema";
import type { Registration } from "../../../operations/validation/registration";
import { deploy } from "../../../systems/zen/component";
import {
  registered,
  registrationOf,
  resolved,
  secretContents,
  warnings,
} from "../../support/doubles/registered-resources";
import { aws, type Given, local, resolved as resolvedConfig } from "./configurations";

const releaseType = "kubernetes:helm.sh/v3:Release";
const secretType = "kubernetes:core/v1:Secret";
const storeType = "kubernetes:external-secrets.io/v1:ExternalSecret";
const nothing: ObservedCluster = { releases: {}, namespaces: {} };
const address = { cidrs: ["10.0.0.9/32"], ports: [6443] };

interface About {
  readonly observed?: ObservedCluster;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly imageLock?: Readonly<Record<string, string>>;
  readonly isPreview?: boolean;
  readonly environment?: "dev" | "prod";
}
interface Values {
  readonly image: object;
  readonly saas?: { readonly existingSecret?: string };
  readonly networkPolicy: { readonly apiServer: object; readonly saasCIDRs?: readonly string[] };
  readonly podAnnotations?: object;
  readonly cluster?: object;
  readonly "zen-watcher"?: Values;
}

/** What zen registers and warns of, and what a person is told of it. */
async function made(given: Given, { observed = nothing, isPreview = true, environment = "dev", ...about }: About = {}) {
  const { value, mistakes } = resolvedConfig(given);
  assert.deepEqual(mistakes, []);
  const stack = {
    environment,
    cluster: { context: "here" },
    podSecurityVersion: "latest",
    delivery: { with: "release" },
  } as unknown as StackConfig;
  const context = {
    stack,
    owner: "hardened/any",
    observed,
    imageLock: {},
    credentials: { clusterToken: "t" },
    ...about,
  };
  const { secrets, seen } = secretContents();
  let hints: Readonly<Record<string, string>> = {};
  let all: readonly Registration[] = [];
  const warned = await warnings(async () => {
    all = await registered(
      async () => {
        const outputs = deploy(value, context, {});
        hints = outputs.hints;
        await resolved(outputs.revision);
      },
      isPreview,
      seen,
    );
  });
  const values = (release = "zen"): Values =>
    (registrationOf(all, `${releaseType} ${release}`).inputs as { values: Values }).values;
  const has = (resource: string): boolean => all.some((one) => one.resource === resource);
  return { all, secrets, hints, warned, values, has, relaxed: value.relaxed };
}
const agent = (config: Given, more: Given): Given => ({ ...config, agent: { ...(config.agent as Given), ...more } });

describe("systems/zen: what a stack registers", () => {
  it("[ZN-58] a trial SaaS is a release of its own with the agent's token; the agent's waits for it, and its page has a hint", async () => {
    const trial = { enabled: true, profile: "local", namespace: "zen-dev", trialSaas: true };
    const { all, secrets, hints, has } = await made(trial, { credentials: undefined, environment: "prod" });
    const { options } = registrationOf(all, "hardened:systems:ZenSaas zen-saas");
    assert.equal(options.parent, "hardened:systems:Zen zen");
    const release = registrationOf(all, `${releaseType} zen-saas`).inputs as Record<string, unknown>;
    const { existingSecret, cluster, chartDigest } = release.values as Record<string, unknown>;
    assert.deepEqual(
      [release.chart, release.name, release.namespace, existingSecret, cluster, typeof chartDigest],
      ["./charts/zen-saas", "zen-saas", "zen-dev-saas", "zen-saas-token", { id: "zen-dev" }, "string"],
    );
    const namespace = (name: string) => registrationOf(all, `kubernetes:core/v1:Namespace ${name}`);
    assert.deepEqual(
      ["zen", "zen-saas"].map((name) => namespace(name).options.protect),
      [true, undefined],
    );
    const { metadata } = namespace("zen-saas").inputs as { metadata: { labels: Record<string, string> } };
    assert.equal(metadata.labels["app.kubernetes.io/name"], "zen-saas");
    const before = registrationOf(all, "hardened:components:HardenedRelease zen").options.dependencies as string[];
    assert.ok(before.includes(`${releaseType} zen-saas`), before.join(", "));
    assert.ok(has("random:index/randomPassword:RandomPassword zen-token-token"));
    const own = registrationOf(all, `${secretType} zen-saas-token`).inputs as {
      metadata: Record<string, object>;
    };
    assert.deepEqual(secrets["zen-saas-token"], secrets["zen-token"]);
    assert.deepEqual(Object.keys(secrets["zen-token"] ?? {}), ["token"]);
    assert.equal(own.metadata.namespace, "zen-dev-saas");
    assert.equal((own.metadata.labels as Record<string, string>)["app.kubernetes.io/name"], "zen-saas");
    assert.equal(
      registrationOf(all, "hardened:components:AppSecret zen-saas-token").options.parent,
      "hardened:systems:ZenSaas zen-saas",
    );
    assert.equal(hints.saas, "kubectl port-forward -n zen-dev-saas svc/zen-saas 8081:8081");
    assert.ok(!("saas" in (await made(local)).hints));
  });

  it("the token is that of the configuration, of a Secret that is there, or of the kind of store that is named", async () => {
    const own = await made(local);
    assert.ok(own.has(`${secretType} zen-token`));
    assert.equal(own.values().saas?.existingSecret, "zen-token");
    await assert.rejects(made(local, { credentials: undefined }), /^Error: credentials are missing: token/);
    const saas = { ...((local.agent as Given).saas as Given), existingSecret: "kept" };
    const kept = await made(agent(local, { saas }), { credentials: undefined });
    assert.equal(kept.values().saas?.existingSecret, "kept");
    assert.ok(!kept.has(`${secretType} zen-token`));
    const storeRef = { kind: "SecretStore", name: "vault" };
    const external = { endpoint: "https://agent.kube-zen.io", externalSecret: { storeRef, remoteKey: "zen/agent" } };
    const { all } = await made(agent(aws, { saas: external }), { credentials: undefined });
    const { spec } = registrationOf(all, `${storeType} zen-token`).inputs as { spec: { secretStoreRef: object } };
    assert.deepEqual(spec.secretStoreRef, storeRef);
  });

  it("policies that name no address of the API server get those the cluster says, and others keep theirs", async () => {
    const saasCIDRs = ["203.0.113.10/32"];
    const open = { ...agent(aws, { networkPolicy: { saasCIDRs } }), watcher: {} };
    const observed = { ...nothing, apiServer: address };
    const both = (await made(open, { observed })).values();
    assert.deepEqual([both.networkPolicy.apiServer, both.networkPolicy.saasCIDRs], [address, saasCIDRs]);
    assert.deepEqual(both["zen-watcher"]?.networkPolicy.apiServer, address);
    const given = (await made(aws, { observed })).values();
    assert.notDeepEqual(given.networkPolicy.apiServer, address);
    for (const [part, config] of [
      ["agent", open],
      ["watcher", { ...aws, watcher: {} }],
    ] as const)
      await assert.rejects(made(config), (error: unknown) => {
        assert.ok(error instanceof pulumi.ResourceError && error.hideStack);
        assert.match(error.message, new RegExp(`^hardened:zen\\.${part}\\.networkPolicy\\.apiServer\\.cidrs: missing`));
        return true;
      });
    const none = { networkPolicy: { enabled: false } };
    await made({ ...agent(local, none), watcher: none });
  });

  it("images of the image lock are pinned by its digests", async () => {
    const [ofAgent, ofWatcher] = [`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`];
    const imageLock = { "kubezen/zen-agent": ofAgent, "kubezen/zen-watcher": ofWatcher };
    const values = (await made(local, { imageLock })).values();
    assert.deepEqual(
      [values.image, values["zen-watcher"]?.image].map((image) => (image as { digest: string }).digest),
      [ofAgent, ofWatcher],
    );
  });

  it("what is left open, and an agent that may change nothing, is warned of", async () => {
    const empty = "hardened:zen.agent.rbac.namespaces is empty: the agent may change nothing";
    const scoped = (namespaces: readonly string[]): Given => agent(local, { rbac: { mode: "scoped", namespaces } });
    const { warned, relaxed } = await made(scoped([]));
    assert.ok(relaxed.length > 0);
    assert.deepEqual(warned, [...relaxed, empty]);
    for (const config of [
      scoped(["shop"]),
      agent(local, { rbac: { mode: "broad" } }),
      agent(scoped([]), { enabled: false }),
    ])
      assert.ok(!(await made(config)).warned.includes(empty));
  });

  it("pods start again after their Secret changed, and have no annotation before", async () => {
    assert.ok(!("podAnnotations" in (await made(local)).values()));
    const secretChanges = { "zen-agent": "2026-01-02T03:04:05Z" };
    const { values } = await made(local, {
      observed: { ...nothing, releases: { "zen/zen-agent": { secretChanges } } },
    });
    assert.deepEqual(Object.values(values().podAnnotations ?? {}), ["2026-01-02T03:04:05Z"]);
  });

  for (const [what, first, second, isClosed] of [
    ["both parts have a policy", {}, {}, true],
    ["the agent has none", { networkPolicy: { enabled: false } }, {}, false],
    ["the watcher has none", {}, { networkPolicy: { enabled: false } }, false],
    ["the agent, which has none, is off", { enabled: false, networkPolicy: { enabled: false } }, {}, true],
    ["the watcher, which has none, is off", {}, { enabled: false, networkPolicy: { enabled: false } }, true],
  ] as const)
    it(`the namespace is ${isClosed ? "closed" : "left open"} where ${what}`, async () => {
      const apiServer = { cidrs: ["10.0.0.1/32"] };
      const policy = { networkPolicy: { enabled: true, apiServer, saasCIDRs: ["203.0.113.10/32"] } };
      const { saasCIDRs: _, ...watching } = policy.networkPolicy;
      const config = { ...agent(local, { ...policy, ...first }), watcher: { networkPolicy: watching, ...second } };
      const { has, hints } = await made(config);
      assert.equal(has("kubernetes:networking.k8s.io/v1:NetworkPolicy zen-default-deny"), isClosed);
      assert.deepEqual(
        ["remediations" in hints, "observations" in hints],
        [!("enabled" in first), !("enabled" in second)],
        "hints are of the parts that run",
      );
    });

  it("[ZN-29] its kinds are looked after in the stack's own cluster", async () => {
    const folder = mkdtempSync(join(tmpdir(), "zen-kinds-"));
    const path = process.env.PATH;
    const stored = `{"spec": {"versions": [{"name": "v1", "storage": true}]}, "status": {"storedVersions": ["v1"]}}`;
    const script = `#!/bin/sh\necho "$@" >> "${folder}/asked"\necho '${stored}'\n`;
    writeFileSync(join(folder, "kubectl"), script, { mode: 0o755 });
    process.env.PATH = [folder, path].join(delimiter);
    try {
      await made(local, { isPreview: false });
      assert.match(readFileSync(join(folder, "asked"), "utf8"), /--context here /);
    } finally {
      process.env.PATH = path;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
