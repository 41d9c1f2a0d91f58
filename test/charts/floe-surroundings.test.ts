import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { defaultEnvironments } from "../../systems/floe/environments";
import { mergeAll } from "../../systems/floe/generator/merge";
import type { Values } from "../../systems/floe/generator/tree";
import { type Environment, environments, overlay, platform } from "./support/floe";
import { type Container, only, type PodSpec, type Rendered, refusal, render } from "./support/helm";
import { notesOf } from "./support/notes";

const web = "floe-floe-platform-webserver";
const ingress = {
  enabled: true,
  className: "nginx",
  annotations: { "nginx.ingress.kubernetes.io/auth-url": "https://login.example.com/auth" },
  hosts: [{ host: "dagster.example.com", paths: [{ path: "/", pathType: "Prefix" }] }],
  tls: [{ secretName: "dagster-tls", hosts: ["dagster.example.com"] }],
};
const open = { ingress, networkPolicy: { clients: ["ingress-nginx"] } };
const kindsOf = (objects: readonly Rendered[]): Set<string> => new Set(objects.map(({ kind }) => kind));
const podsOf = (objects: readonly Rendered[]): [name: string, spec: PodSpec][] =>
  objects
    .filter(({ kind }) => /^(Deployment|StatefulSet|Job|Pod)$/.test(kind))
    .map(({ kind, metadata, spec }) => [
      `${kind} ${metadata.name}`,
      kind === "Pod" ? (spec as unknown as PodSpec) : spec.template.spec,
    ]);
/** How many pods stay: an autoscaler's least where there is one. */
const staying = (objects: readonly Rendered[]): number =>
  objects
    .filter(({ kind }) => /^(Deployment|StatefulSet|Cluster)$/.test(kind))
    .reduce((sum, { kind, metadata, spec }) => {
      if (kind === "Cluster") return sum + Number(spec.instances);
      const scaler = objects.find(
        (one) => one.kind === "HorizontalPodAutoscaler" && one.metadata.name === metadata.name,
      );
      return sum + (spec.replicas ?? Number(scaler?.spec.minReplicas));
    }, 0);
const containersOf = ({ containers, initContainers = [] }: PodSpec): Container[] => [
  ...(initContainers as Container[]),
  ...containers,
];

describe("charts/floe-platform: what is fixed, and how much there is", () => {
  it("[FL-19] [FL-27] the collector is part of every environment and cannot be switched off; lineage is a part that can", async () => {
    for (const environment of environments) only(await platform(environment), "Deployment", "floe-floe-platform-otel");
    const off = { chart: "floe-platform", release: "floe", values: { ...overlay("dev"), otel: { enabled: false } } };
    assert.match(await refusal(off), /\/otel'?: additional properties 'enabled' not allowed/);
    const marquez = async (enabled: boolean) =>
      (await platform("dev", { marquez: { enabled } })).filter(({ metadata }) => metadata.name.endsWith("-marquez"));
    assert.deepEqual([(await marquez(true)).length > 0, (await marquez(false)).length], [true, 0]);
  });

  it("[FL-15] each of the mapped environments has about ten pods that stay", async () => {
    const counts = await Promise.all(
      Object.values(defaultEnvironments).map(async (one): Promise<[string, number]> => {
        const objects = await platform(one.overlay as Environment, { global: { environment: one.name } });
        return [one.name, staying(objects)];
      }),
    );
    assert.deepEqual(Object.fromEntries(counts), { dev: 7, test: 7, qa: 7, uat: 9, staging: 9, prod: 11 });
  });

  it("[FL-115] a volume is of the class that is named, else of the cluster's default", async () => {
    const claimOf = (objects: readonly Rendered[], part: string) =>
      (
        only(objects, "StatefulSet", `floe-floe-platform-${part}`).spec.volumeClaimTemplates as {
          spec: { storageClassName?: string };
        }[]
      )[0]?.spec.storageClassName;
    const named = await platform("dev", {
      postgresql: { storageClassName: "fast" },
      minio: { storageClassName: "cheap" },
    });
    assert.deepEqual(
      ["postgresql", "minio"].map((part) => claimOf(named, part)),
      ["fast", "cheap"],
    );
    const plain = await platform("dev");
    assert.deepEqual(
      ["postgresql", "minio"].map((part) => claimOf(plain, part)),
      [undefined, undefined],
    );
  });
});

describe("charts/floe-platform: the way in", () => {
  it("[FL-54] production has autoscalers, budgets and network policies, and an Ingress where one is asked for; dev has network policies alone", async () => {
    const all = ["HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "Ingress"];
    const found = async (environment: Environment, values: object = {}): Promise<string[]> => {
      const kinds = kindsOf(await platform(environment, values));
      return all.filter((kind) => kinds.has(kind));
    };
    assert.deepEqual(await found("prod", open), all);
    assert.deepEqual(await found("prod"), all.slice(0, 3));
    assert.deepEqual(await found("dev"), ["NetworkPolicy"]);
  });

  it("[FL-43] [FL-54] the Ingress leads each host to the webserver's Service, with its class and its certificate", async () => {
    const objects = await platform("prod", open);
    const { metadata, spec } = only(objects, "Ingress", web);
    assert.deepEqual(metadata.annotations, ingress.annotations);
    assert.equal(spec.ingressClassName, "nginx");
    assert.deepEqual(spec.tls, ingress.tls);
    const { port } = (only(objects, "Service", web).spec.ports as { port: number }[])[0] ?? {};
    const backend = { service: { name: web, port: { number: port } } };
    assert.deepEqual(spec.rules, [
      { host: "dagster.example.com", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } },
    ]);
  });

  it("[FL-115] without a class and a certificate the Ingress names none: the cluster's default holds", async () => {
    const { className: _, tls: __, ...bare } = ingress;
    const { spec } = only(await platform("dev", { ...open, ingress: bare }), "Ingress");
    assert.deepEqual(["ingressClassName" in spec, "tls" in spec], [false, false]);
  });
});

describe("charts/floe-platform: NOTES.txt", () => {
  const notes = notesOf("floe-platform");

  it("[FL-43] says where the Ingress leads and that the page asks nobody who they are, and what is lost with one pod", async () => {
    const dev = await notes(mergeAll([overlay("dev"), open as Values]));
    assert.match(dev, /no authentication of its own; .*\n +https:\/\/dagster\.example\.com\/$/m);
    assert.match(dev, /^PostgreSQL is one pod with one volume/m);
    assert.match(dev, /kubectl port-forward -n post svc\/prod-floe-platform-webserver 3000:80/);
    const memory = { polaris: { enabled: true, existingSecret: "floe-polaris" } };
    assert.match(await notes(mergeAll([overlay("dev"), memory])), /^Polaris keeps its catalog in memory: it is lost/m);
    const prod = await notes(mergeAll([overlay("prod"), { postgresql: { cnpg: { served: true } } }]));
    assert.doesNotMatch(prod, /one pod|in memory|no authentication/);
  });
});

/** Resources of the Job of a run. */
function runOf(objects: readonly Rendered[]): unknown {
  const text = only(objects, "ConfigMap", "floe-floe-platform-dagster").data["dagster.yaml"] ?? "";
  const launcher = load(text) as {
    run_launcher: { config: { run_k8s_config: { container_config: { resources: unknown } } } };
  };
  return launcher.run_launcher.config.run_k8s_config.container_config.resources;
}
/** Memory that is asked for. */
function mebibytes(resources: unknown): number {
  const { memory } = (resources as { requests: { memory: string } }).requests;
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? assert.fail(memory);
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}

describe("charts/floe-platform: the bounds of the namespace", () => {
  for (const environment of environments) {
    it(`[FL-55] ${environment}: every container, those of init containers and runs too, has requests and limits, so that a quota admits its pod`, async () => {
      const objects = await platform(environment);
      const run = runOf(objects);
      const pods = podsOf(objects);
      assert.ok(pods.some(([, { initContainers = [] }]) => (initContainers as unknown[]).length > 0));
      const all: [where: string, resources: unknown][] = pods.flatMap(([name, spec]) =>
        containersOf(spec).map((one): [string, unknown] => [`${name} ${one.name}`, one.resources]),
      );
      for (const [where, resources] of [...all, ["run", run]] as [string, Record<string, object>][])
        for (const part of ["requests", "limits"])
          assert.deepEqual(Object.keys(resources[part] ?? {}).sort(), ["cpu", "memory"], `${where} ${part}`);
    });
  }

  for (const environment of ["dev", "prod"] as const)
    it(`[FL-55] ${environment}: a quota has to hold every pod, one more of each part that rolls over, and a run`, async () => {
      const objects = await platform(environment);
      const most = ({ kind, metadata, spec }: Rendered): number => {
        if (kind === "Cluster") return Number(spec.instances) + 1; // a Job fills the volume of each
        const scaler = objects.find(
          (one) => one.kind === "HorizontalPodAutoscaler" && one.metadata.name === metadata.name,
        );
        const rolls = kind === "Deployment" && (spec.strategy as { type: string }).type === "RollingUpdate";
        return Number(scaler?.spec.maxReplicas ?? spec.replicas ?? 1) + (rolls ? 1 : 0);
      };
      const asks = objects
        .filter(({ kind }) => /^(Deployment|StatefulSet|Job|Cluster)$/.test(kind))
        .map((one) => {
          const own = (one.kind === "Cluster" ? one.spec : one.spec.template.spec.containers[0]).resources;
          return { pods: most(one), memory: mebibytes(own) };
        });
      asks.push({ pods: 1, memory: mebibytes(runOf(objects)) });
      const pods = asks.reduce((sum, one) => sum + one.pods, 0);
      const memory = asks.reduce((sum, one) => sum + one.pods * one.memory, 0);
      const hard = { pods: String(pods - 1), "requests.memory": `${memory - 1}Mi` };
      const quota = (given: object) => {
        const served = { postgresql: { cnpg: { served: true } } };
        const values = mergeAll([
          overlay(environment),
          served,
          { resourceQuota: { enabled: true, hard: given } } as Values,
        ]);
        return { chart: "floe-platform", release: "floe", namespace: `floe-${environment}`, values };
      };
      const said = await refusal(quota(hard));
      assert.match(said, new RegExp(`hard\\.pods \\(${pods - 1}\\) is below .* \\(${pods}\\)`));
      assert.match(said, new RegExp(`hard\\.requests\\.memory \\(${memory - 1}Mi\\) is below .* \\(${memory}Mi\\)`));
      only(await render(quota({ pods: String(pods), "requests.memory": `${memory}Mi` })), "ResourceQuota");
    });

  it("[FL-43] [FL-55] staging and production have a quota, with defaults for what it bounds; dev and test have neither", async () => {
    for (const environment of ["staging", "prod"] as const) {
      const objects = await platform(environment);
      const { hard } = only(objects, "ResourceQuota").spec as unknown as { hard: Record<string, string> };
      assert.equal(hard["services.loadbalancers"], "0");
      const [limits] = only(objects, "LimitRange").spec.limits as Record<string, Record<string, string>>[];
      for (const key of Object.keys(hard).filter((one) => one.startsWith("requests.")))
        assert.ok(limits?.defaultRequest?.[key.replace("requests.", "")], key);
    }
    for (const environment of ["dev", "test"] as const)
      assert.deepEqual(
        [...kindsOf(await platform(environment))].filter((kind) => /^(ResourceQuota|LimitRange)$/.test(kind)),
        [],
      );
  });
});

describe("charts/floe-platform: Secrets from a store", () => {
  const externalSecrets = { enabled: true, store: { name: "vault" }, prefix: "floe/" };
  for (const environment of environments) {
    it(`[FL-23] [FL-43] ${environment}: exactly the Secrets that its pods and its database read, each with the entries of its own name`, async () => {
      const objects = await platform(environment, { externalSecrets });
      const made = objects
        .filter(({ kind }) => kind === "ExternalSecret")
        .map(({ spec }) => spec as unknown as ExternalSecret);
      const read = podsOf(objects)
        .flatMap(([, spec]) => containersOf(spec))
        .flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef.name));
      const roles = JSON.stringify(objects.filter(({ kind }) => kind === "Cluster"));
      const ofRoles = [...roles.matchAll(/"(?:secret|passwordSecret)":\{"name":"([^"]+)"\}/g)].map(([, name]) => name);
      assert.deepEqual(made.map(({ target }) => target.name).sort(), [...new Set([...read, ...ofRoles])].sort());
      for (const { target, secretStoreRef, data } of made) {
        assert.deepEqual(secretStoreRef, { kind: "ClusterSecretStore", name: "vault" });
        for (const { secretKey, remoteRef } of data)
          assert.deepEqual(remoteRef, { key: `floe/${target.name}`, property: secretKey });
      }
      assert.ok(objects.every(({ kind }) => kind !== "Secret"));
    });
  }

  it("[FL-43] the server's Secret has the password of each role, and the catalog's its own", async () => {
    const polaris = { enabled: true, existingSecret: "floe-polaris", persistence: { type: "database" } };
    const keysOf = async (values: object) =>
      Object.fromEntries(
        (await platform("dev", { externalSecrets, ...values }))
          .filter(({ kind }) => kind === "ExternalSecret")
          .map(({ metadata, spec }) => [
            metadata.name,
            (spec as unknown as ExternalSecret).data.map(({ secretKey }) => secretKey),
          ]),
      );
    const roles = ["PASSWORD_dagster", "PASSWORD_floe", "PASSWORD_marquez"];
    assert.deepEqual((await keysOf({}))["floe-postgresql"], roles);
    const withCatalog = await keysOf({ polaris });
    assert.deepEqual(withCatalog["floe-postgresql"], [...roles, "PASSWORD_polaris"]);
    assert.deepEqual(withCatalog["floe-polaris"], [
      "POLARIS_BOOTSTRAP_CREDENTIALS",
      "POLARIS_TOKEN_KEY",
      "QUARKUS_DATASOURCE_PASSWORD",
    ]);
  });
});

interface ExternalSecret {
  readonly target: { readonly name: string };
  readonly secretStoreRef: unknown;
  readonly data: readonly { readonly secretKey: string; readonly remoteRef: unknown }[];
}
