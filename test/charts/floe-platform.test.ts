import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { type Environment, elsewhere, environments, overlay, platform, tree } from "./support/floe";
import { helm, only, type PodSpec, type Rendered } from "./support/helm";

const name = (suffix: string): string => `floe-floe-platform-${suffix}`;
const short = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.name.replace("floe-floe-platform-", "")}`;
const podOf = ({ kind, spec }: Rendered): PodSpec =>
  kind === "Pod" ? (spec as unknown as PodSpec) : spec.template.spec;
/** The name of the migration's Job ends with a digest of what it is. */
const undated = (object: Rendered): string => short(object).replace(/(dagster-migrate)-[0-9a-f]{8}$/, "$1-*");
const isWorkload = ({ kind }: Rendered): boolean => /^(Deployment|StatefulSet|Job|Pod)$/.test(kind);
const everywhere = [
  ...["code-floe", "daemon", "migrate", "otel", "run", "test", "upgrade", "webserver"].map(
    (one) => `NetworkPolicy ${one}`,
  ),
  ...["artifacts", "dagster", "dagster-migration", "otel"].map((one) => `ConfigMap ${one}`),
  ...["code-floe", "otel", "webserver"].flatMap((one) => [`Service ${one}`, `Deployment ${one}`]),
  ...["Deployment daemon", "Job dagster-migrate-*", "Pod test"],
  ...["run", "webserver"].flatMap((one) => [`Role ${one}`, `RoleBinding ${one}`, `ServiceAccount ${one}`]),
];
const brought = [
  ...["marquez", "minio", "postgresql"].flatMap((one) => [`NetworkPolicy ${one}`, `Service ${one}`]),
  ...["Deployment marquez", "StatefulSet minio", "StatefulSet postgresql"],
];
const outside = [
  ...["otel", "polaris", "webserver"].map((one) => `PodDisruptionBudget ${one}`),
  ...["ConfigMap polaris", "Deployment polaris", "HorizontalPodAutoscaler otel"],
  ...["NetworkPolicy polaris", "Service polaris"],
  ...["LimitRange floe-floe-platform", "ResourceQuota floe-floe-platform"],
  ...["Cluster postgresql", "NetworkPolicy postgresql"],
  ...["floe", "marquez", "polaris"].map((role) => `Database postgresql-${role}`),
];
const expected: Record<Environment, string[]> = { dev: brought, test: brought, staging: outside, prod: outside };

/** Every key of an overlay with its value, beside that of values.yaml. */
function overrides(over: unknown, base: unknown, path = ""): [path: string, over: unknown, base: unknown][] {
  if (typeof over !== "object" || over === null || Array.isArray(over)) return [[path, over, base]];
  return Object.entries(over).flatMap(([key, value]) => {
    const below = typeof base === "object" && base !== null ? (base as Record<string, unknown>)[key] : undefined;
    return overrides(value, below, `${path}.${key}`);
  });
}

describe("charts/floe-platform: environments", () => {
  for (const environment of environments) {
    it(`[FL-38] [FL-85] values-${environment}.yaml has overrides only: keys of values.yaml with another value`, () => {
      const found = overrides(overlay(environment), tree("floe-platform/values.yaml"));
      assert.ok(found.length >= 7 && found.length <= 14, `${found.length} keys`);
      for (const [path, over, base] of found) {
        assert.notEqual(base, undefined, `${path} is no key of values.yaml`);
        assert.notDeepEqual(over, base, `${path} is the default`);
      }
    });

    it(`[FL-01] [FL-37] [FL-43] [FL-49] [FL-51] [FL-52] [FL-54] ${environment}: exactly its objects`, async () => {
      const found = (await platform(environment)).map(undated);
      assert.deepEqual(found.sort(), [...everywhere, ...expected[environment]].sort());
    });

    it(`[FL-82] [FL-86] ${environment}: objects and pod templates say the environment, all in its namespace`, async () => {
      for (const object of await platform(environment)) {
        const { metadata, spec } = object;
        assert.equal(metadata.labels["floe.dev/environment"], environment, short(object));
        assert.equal(metadata.namespace, `floe-${environment}`, `${short(object)}: an object of the whole cluster`);
        if (isWorkload(object) && object.kind !== "Pod")
          assert.equal(spec.template.metadata.labels["floe.dev/environment"], environment, short(object));
        const selected = spec?.selector?.matchLabels ?? {};
        assert.ok(!("floe.dev/environment" in selected), `${short(object)}: a selector cannot be changed`);
      }
    });

    it(`[FL-12] [FL-58] ${environment}: lint finds nothing`, async () => {
      const chart = `${__dirname}/../../charts/floe-platform`;
      const { code, stdout } = await helm(["lint", "--strict", chart, "-f", "-"], overlay(environment));
      assert.equal(code, 0, stdout);
      assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
    });

    it(`[FL-62] ${environment}: credentials come from Secrets by name alone, and no Secret is made`, async () => {
      const objects = await platform(environment);
      assert.ok(objects.every(({ kind }) => kind !== "Secret"));
      for (const object of objects.filter(isWorkload))
        for (const { env = [] } of podOf(object).containers)
          assert.deepEqual(
            env.filter((one) => /PASSWORD|SECRET|TOKEN|CREDENTIALS/.test(one.name)),
            [],
            short(object),
          );
    });
  }

  it("[FL-39] [FL-81] replicas, autoscalers and resources by environment", async () => {
    const seen = async (environment: Environment) => {
      const objects = await platform(environment);
      const web = only(objects, "Deployment", name("webserver"));
      const scaler = objects.find(({ kind }) => kind === "HorizontalPodAutoscaler")?.spec;
      const { limits } = web.spec.template.spec.containers[0].resources as { limits: { memory: string } };
      const otel = only(objects, "Deployment", name("otel")).spec.replicas as number | undefined;
      return [web.spec.replicas, limits.memory, otel, scaler?.minReplicas, scaler?.maxReplicas];
    };
    assert.deepEqual(await Promise.all(environments.map(seen)), [
      [1, "512Mi", 1, undefined, undefined],
      [1, "512Mi", 1, undefined, undefined],
      [2, "1Gi", undefined, 2, 4],
      [2, "2Gi", undefined, 2, 6],
    ]);
  });

  it("[FL-01] lineage and the object store can be removed, and leave nothing behind", async () => {
    const off = { marquez: { enabled: false }, minio: { enabled: false } };
    assert.doesNotMatch(JSON.stringify(await platform("dev", off)), /-marquez|minio|8333/);
  });

  it("[FL-48] [FL-51] the database is a StatefulSet with a volume, or a server elsewhere, never both", async () => {
    const inside = await platform("test");
    const claims = only(inside, "StatefulSet", name("postgresql")).spec.volumeClaimTemplates;
    assert.match(JSON.stringify(claims), /"storage":"1Gi"/);
    const external = await platform("prod", elsewhere);
    assert.ok(external.every(({ kind }) => kind !== "Cluster"));
    assert.ok(external.every(({ kind }) => kind !== "StatefulSet"));
    const hostOf = (objects: Rendered[]): unknown => {
      const text = only(objects, "ConfigMap", name("dagster")).data["dagster.yaml"] ?? "";
      return (load(text) as { storage: { postgres: { postgres_db: { hostname: string } } } }).storage.postgres
        .postgres_db.hostname;
    };
    assert.deepEqual([hostOf(inside), hostOf(external)], [name("postgresql"), "postgresql.example.com"]);
  });

  it("[FL-50] Polaris keeps its catalog in the database, and is told where it is", async () => {
    const properties = only(await platform("prod", elsewhere), "ConfigMap", name("polaris")).data[
      "application.properties"
    ];
    assert.match(properties ?? "", /^polaris\.persistence\.type=relational-jdbc$/m);
    assert.match(
      properties ?? "",
      /^quarkus\.datasource\.jdbc\.url=jdbc:postgresql:\/\/postgresql\.example\.com:5432/m,
    );
    const memory = await platform("dev", {
      polaris: { enabled: true, existingSecret: "floe-polaris", persistence: { type: "in-memory" } },
    });
    assert.match(JSON.stringify(only(memory, "ConfigMap", name("polaris")).data), /persistence\.type=in-memory/);
  });

  it("[FL-09] two pods of a part are kept apart; what an older Kubernetes lacks is left out there", async () => {
    const at = (version: string) => platform("prod", {}, { args: ["--kube-version", version] });
    for (const version of ["1.28.0", "1.30.0"]) {
      const objects = await at(version);
      for (const part of ["webserver", "otel", "polaris"]) {
        const { containers, topologySpreadConstraints } = only(objects, "Deployment", name(part)).spec.template.spec;
        assert.equal((topologySpreadConstraints as unknown[]).length, 2, part);
        const { lifecycle } = containers[0];
        assert.deepEqual(lifecycle, version === "1.28.0" ? undefined : { preStop: { sleep: { seconds: 5 } } }, part);
      }
      // its successor has to be there before the server of a code location goes: what asks it would get no answer
      const [code] = only(objects, "Deployment", name("code-floe")).spec.template.spec.containers;
      assert.deepEqual(
        code.lifecycle,
        only(objects, "Deployment", name("otel")).spec.template.spec.containers[0].lifecycle,
      );
      assert.doesNotMatch(JSON.stringify(objects), /matchLabelKeys/);
    }
  });
});

describe("charts/floe-platform: Dagster", () => {
  it("[FL-109] [FL-111] a plain Job migrates beside the pods, under another name for another version; before an upgrade a hook does", async () => {
    const hooks = (objects: Rendered[]) =>
      Object.fromEntries(
        objects
          .filter(({ kind, metadata }) => kind !== "Pod" && metadata.annotations?.["helm.sh/hook"])
          .map((one) => [short(one), one.metadata.annotations?.["helm.sh/hook-weight"]]),
      );
    const install = await platform("dev");
    assert.deepEqual(hooks(install), {});
    const upgrade = await platform("dev", {}, { args: ["--is-upgrade"] });
    assert.deepEqual(hooks(upgrade), {
      "ConfigMap dagster-upgrade": "-10",
      "Job dagster-upgrade": "-5",
    });
    const hook = only(upgrade, "Job", name("dagster-upgrade"));
    assert.match(hook.metadata.annotations?.["helm.sh/hook"] ?? "", /pre-upgrade/);
    const [plain] = upgrade.filter(({ kind, metadata }) => kind === "Job" && metadata.name !== name("dagster-upgrade"));
    // the same version has the same Job: nothing runs again, and nothing immutable is changed
    assert.deepEqual(plain?.metadata.name, only(install, "Job").metadata.name);
    const other = await platform("dev", { dagster: { dagsterWebserver: { image: { tag: "1.13.28" } } } });
    assert.notEqual(only(other, "Job").metadata.name, plain?.metadata.name);
    const needed = (job: Rendered) => podOf(job).volumes.flatMap(({ configMap }) => configMap?.name ?? []);
    assert.deepEqual(needed(hook), [name("dagster-upgrade")]);
    assert.deepEqual(needed(only(install, "Job")), [name("dagster-migration")]);
    // who asks the database before an upgrade is let in by what was there before it
    const [before, after] = [install, upgrade].map((all) => only(all, "NetworkPolicy", name("postgresql")).spec);
    assert.deepEqual(before, after);
    assert.match(JSON.stringify(before), /"app.kubernetes.io\/component":"upgrade"/);
  });

  it("tables are made by the migration alone", async () => {
    const objects = await platform("dev");
    const makes = (map: string) =>
      /should_autocreate_tables: (\w+)/.exec(only(objects, "ConfigMap", name(map)).data["dagster.yaml"] ?? "")?.[1];
    assert.deepEqual([makes("dagster"), makes("dagster-migration")], ["false", "true"]);
  });

  it("[FL-14] each run's Job is hardened as the pods of the chart", async () => {
    const objects = await platform("dev");
    const text = only(objects, "ConfigMap", name("dagster")).data["dagster.yaml"] ?? "";
    const { config } = (load(text) as { run_launcher: { config: RunLauncher } }).run_launcher;
    const code = only(objects, "Deployment", name("code-floe")).spec.template;
    const [container] = code.spec.containers;
    const run = config.run_k8s_config;
    assert.deepEqual(run.container_config.securityContext, container.securityContext);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    assert.deepEqual(run.pod_spec_config.securityContext, code.spec.securityContext);
    assert.ok(run.container_config.resources);
    assert.equal(run.pod_template_spec_metadata.labels["floe.dev/environment"], "dev");
    assert.equal(run.job_metadata.labels["floe.dev/environment"], "dev");
    assert.equal(config.job_namespace, "floe-dev");
    assert.equal(config.service_account_name, only(objects, "ServiceAccount", name("run")).metadata.name);
    const mounted = run.container_config.volumeMounts.map((mount) => mount.name).sort();
    assert.deepEqual(mounted, run.pod_spec_config.volumes.map((volume) => volume.name).sort());
  });

  it("[FL-53] Dagster may make Jobs in its namespace and reads no Secret; the daemon, the runs and the webserver, which terminates them, have a token", async () => {
    const objects = await platform("prod");
    assert.ok(objects.every(({ kind }) => !/^Cluster./.test(kind)));
    const rulesOf = (role: string) =>
      (only(objects, "Role", name(role)) as unknown as { rules: { resources: string[]; verbs: string[] }[] }).rules;
    const rules = rulesOf("run");
    assert.ok(rules.some(({ resources, verbs }) => resources.includes("jobs") && verbs.includes("create")));
    const terminates = rulesOf("webserver");
    const all = [...rules, ...terminates].flatMap(({ resources, verbs }) => [...resources, ...verbs]);
    for (const word of ["secrets", "*", "pods/exec", "impersonate"]) assert.ok(!all.includes(word), word);
    const changing = terminates.flatMap(({ resources, verbs }) =>
      verbs.filter((verb) => verb !== "get" && verb !== "list").map((verb) => `${verb} ${resources}`),
    );
    assert.deepEqual(changing, ["delete jobs", "delete pods"]);
    const withToken = objects.filter((one) => isWorkload(one) && podOf(one).automountServiceAccountToken === true);
    assert.deepEqual(withToken.map(short), ["Deployment daemon", "Deployment webserver"]);
  });

  it("[FL-08] a connection to the database from before it was away is not used again", async () => {
    const [web] = only(await platform("dev"), "Deployment", name("webserver")).spec.template.spec.containers;
    const recycle = web.command?.indexOf("--db-pool-recycle") ?? -1;
    assert.ok(recycle > 0 && Number(web.command?.[recycle + 1]) <= 5, String(web.command));
  });

  it("[FL-48] the workspace has each code location, by its Service and port", async () => {
    const base = tree("floe-platform/values.yaml") as { dagster: Record<string, { deployments: object[] }> };
    const [first] = base.dagster["dagster-user-deployments"]?.deployments ?? [];
    const deployments = [first, { ...first, name: "sales", port: 4040 }];
    const objects = await platform("dev", { dagster: { "dagster-user-deployments": { deployments } } });
    const { load_from } = load(only(objects, "ConfigMap", name("dagster")).data["workspace.yaml"] ?? "") as {
      load_from: { grpc_server: { host: string; port: number; location_name: string } }[];
    };
    assert.deepEqual(
      load_from.map(({ grpc_server }) => grpc_server),
      [
        { host: name("code-floe"), port: 3030, location_name: "floe" },
        { host: name("code-sales"), port: 4040, location_name: "sales" },
      ],
    );
    for (const { grpc_server } of load_from)
      assert.match(
        JSON.stringify(only(objects, "Service", grpc_server.host).spec.ports),
        RegExp(`${grpc_server.port}`),
      );
  });

  it("[FL-61] artifacts are mounted as they are given, and a change restarts the code server alone", async () => {
    const artifacts = '{\n  "version": "1",\n  "jobs": [] ,"note": "  ü: \\"x\\" "\n}\n\n';
    const [before, after] = [await platform("dev"), await platform("dev", { artifacts })];
    assert.equal(only(after, "ConfigMap", name("artifacts")).data["compiled_artifacts.json"], artifacts);
    const changed = after.filter((one, index) => {
      const old = before[index]?.spec?.template;
      return one.kind === "Deployment" && JSON.stringify(one.spec.template) !== JSON.stringify(old);
    });
    assert.deepEqual(changed.map(short), ["Deployment code-floe"]);
  });

  it("[FL-99] helm test asks the webserver from a pod of its own that ends and has no token", async () => {
    const test = only(await platform("prod"), "Pod");
    assert.equal(test.metadata.annotations?.["helm.sh/hook"], "test");
    const { automountServiceAccountToken, activeDeadlineSeconds, containers } = podOf(test);
    assert.deepEqual([automountServiceAccountToken, activeDeadlineSeconds], [false, 120]);
    assert.ok(containers[0].command?.includes(`http://${name("webserver")}:80`));
  });
});

interface RunLauncher {
  readonly job_namespace: string;
  readonly service_account_name: string;
  readonly run_k8s_config: {
    readonly container_config: Pick<PodSpec["containers"][0], "securityContext" | "resources" | "volumeMounts">;
    readonly pod_spec_config: PodSpec;
    readonly pod_template_spec_metadata: { readonly labels: Record<string, string> };
    readonly job_metadata: { readonly labels: Record<string, string> };
  };
}
