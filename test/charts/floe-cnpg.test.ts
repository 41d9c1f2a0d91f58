import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeAll } from "../../systems/floe/generator/merge";
import type { Values } from "../../systems/floe/generator/tree";
import { elsewhere, overlay, platform, withOperator } from "./support/floe";
import { charts, only, type Rendered, refusal, render } from "./support/helm";
import { notesOf } from "./support/notes";

const name = "floe-floe-platform-postgresql";
const database = (objects: readonly Rendered[]): string[] =>
  objects
    .filter(({ kind, metadata }) => /^(Cluster|Database|StatefulSet)$/.test(kind) && metadata.name.startsWith(name))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const staging = (...args: readonly string[]): Promise<Rendered[]> =>
  render({ chart: "floe-platform", release: "floe", namespace: "floe-staging", values: overlay("staging"), args });
/** Values of one of the chart's overlays, with others over them. */
const over = (environment: "staging" | "prod", values: object): Values =>
  mergeAll([overlay(environment), values as Values]);

interface ClusterSpec {
  readonly instances: number;
  readonly enableSuperuserAccess: boolean;
  readonly enablePDB: boolean;
  readonly affinity: { readonly enablePodAntiAffinity: boolean; readonly topologyKey: string };
  readonly smartShutdownTimeout: number;
  readonly stopDelay: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly bootstrap: {
    readonly initdb: { readonly database: string; readonly owner: string; readonly secret: { readonly name: string } };
  };
  readonly managed: {
    readonly roles: readonly {
      readonly name: string;
      readonly superuser?: boolean;
      readonly passwordSecret: { readonly name: string };
    }[];
    readonly services: {
      readonly additional: readonly { readonly serviceTemplate: { readonly metadata: { readonly name: string } } }[];
    };
  };
  readonly postgresql: { readonly pg_hba: readonly string[]; readonly synchronous?: object };
  readonly storage: { readonly size: string; readonly storageClass?: string };
  readonly resources: { readonly limits: { readonly memory: string } };
}
const specOf = async (environment: "staging" | "prod", values: object = {}): Promise<ClusterSpec> =>
  only(await platform(environment, values), "Cluster").spec as unknown as ClusterSpec;

describe("charts/floe-platform: a database of CloudNativePG", () => {
  it("[FL-08] production and staging have a Cluster, dev and test a StatefulSet, an external server neither: never two", async () => {
    const roles = ["floe", "marquez", "polaris"];
    const cluster = [`Cluster ${name}`, ...roles.map((role) => `Database ${name}-${role}`)];
    for (const environment of ["prod", "staging"] as const)
      assert.deepEqual(database(await platform(environment)), cluster, environment);
    for (const environment of ["dev", "test"] as const)
      assert.deepEqual(database(await platform(environment)), [`StatefulSet ${name}`], environment);
    assert.deepEqual(database(await platform("prod", elsewhere)), []);
  });

  it("[FL-112] without the operator staging has a StatefulSet, and its clients find it by the same name", async () => {
    const [without, with_] = [await staging(), await staging(...withOperator)];
    assert.deepEqual(database(without), [`StatefulSet ${name}`]);
    assert.equal(only(without, "Service", name).spec.selector !== undefined, true);
    const hostOf = (objects: readonly Rendered[]): string =>
      /hostname: (\S+)/.exec(
        only(objects, "ConfigMap", "floe-floe-platform-dagster").data["dagster.yaml"] ?? "",
      )?.[1] ?? "";
    assert.deepEqual([hostOf(without), hostOf(with_)], [name, name]);
    const { additional } = (only(with_, "Cluster").spec as unknown as ClusterSpec).managed.services;
    assert.deepEqual(
      additional.map(({ serviceTemplate }) => serviceTemplate.metadata.name),
      [name],
    );
  });

  it("[FL-08] [FL-112] in production a missing operator is an error that names the API, and a StatefulSet is never made of it", async () => {
    const values = overlay("prod");
    const setting = { chart: "floe-platform", release: "floe", namespace: "floe-prod" };
    const said = await refusal({ ...setting, values });
    assert.match(
      said,
      /^postgresql\.mode \(cnpg\) needs the CloudNativePG operator, and the cluster does not serve postgresql\.cnpg\.io\/v1; install it first/m,
    );
    const checked = mergeAll([values, { postgresql: { cnpg: { served: true } } }]);
    assert.ok(database(await render({ ...setting, values: checked })).includes(`Cluster ${name}`));
  });

  it("[FL-112] a fallback without the StatefulSet's Secret says why it is asked for", async () => {
    const values = over("staging", { postgresql: { auth: { existingSecret: "" } } });
    assert.match(
      await refusal({ chart: "floe-platform", values }),
      /^postgresql\.auth\.existingSecret is empty while postgresql\.mode is cnpg and the cluster does not serve postgresql\.cnpg\.io\/v1, so that the database is a StatefulSet: name a Secret/m,
    );
  });

  it("[FL-08] three servers in production, no superuser, each role with a Secret of its own, over TLS to its own database alone", async () => {
    const spec = await specOf("prod");
    assert.deepEqual([spec.instances, spec.enableSuperuserAccess, spec.enablePDB], [3, false, true]);
    assert.deepEqual(
      [spec.affinity.enablePodAntiAffinity, spec.affinity.topologyKey],
      [true, "kubernetes.io/hostname"],
    );
    assert.deepEqual(spec.bootstrap.initdb, {
      ...{ database: "dagster", owner: "dagster", secret: { name: "floe-postgresql-dagster" } },
      ...{ dataChecksums: true, encoding: "UTF8" },
    });
    assert.deepEqual(
      spec.managed.roles.map(({ name: role, passwordSecret, superuser }) => [role, passwordSecret.name, superuser]),
      ["floe", "marquez", "polaris"].map((role) => [role, `floe-postgresql-${role}`, undefined]),
    );
    assert.deepEqual(spec.postgresql.pg_hba, ["hostssl sameuser all all scram-sha-256", "host all all all reject"]);
    assert.ok(spec.postgresql.synchronous);
    assert.equal(spec.securityContext.readOnlyRootFilesystem, true);
    assert.equal(spec.securityContext.allowPrivilegeEscalation, false);
    assert.equal(spec.resources.limits.memory, "4Gi");
    const one = await specOf("staging");
    assert.deepEqual([one.instances, one.postgresql.synchronous, one.resources.limits.memory], [1, undefined, "1Gi"]);
  });

  it("[FL-08] a server that is told to stop cuts its clients off after seconds, and is gone within minutes", async () => {
    const { smartShutdownTimeout, stopDelay } = await specOf("prod");
    assert.ok(smartShutdownTimeout <= 30, `new connections are refused for ${smartShutdownTimeout} s`);
    assert.ok(stopDelay - smartShutdownTimeout >= 120 && stopDelay <= 600, `${stopDelay} s`);
  });

  it("[FL-115] size and class of the volumes are values; without a class the cluster's default is taken", async () => {
    assert.deepEqual((await specOf("prod")).storage, { size: "10Gi" });
    const storage = await specOf("prod", { postgresql: { storage: "100Gi", storageClassName: "fast" } });
    assert.deepEqual(storage.storage, { size: "100Gi", storageClass: "fast" });
  });

  it("[FL-23] its clients ask for TLS; those of a StatefulSet, which has none, do not", async () => {
    const modeOf = (objects: readonly Rendered[]): (string | undefined)[] =>
      ["daemon", "webserver"].map(
        (part) =>
          only(objects, "Deployment", `floe-floe-platform-${part}`).spec.template.spec.containers[0].env?.find(
            (one) => one.name === "PGSSLMODE",
          )?.value,
      );
    assert.deepEqual(modeOf(await platform("prod")), ["require", "require"]);
    assert.deepEqual(modeOf(await staging()), [undefined, undefined]);
    const properties = only(await platform("prod"), "ConfigMap", "floe-floe-platform-polaris").data;
    assert.match(properties["application.properties"] ?? "", /\/polaris\?sslmode=require$/m);
  });
});

describe("charts/floe-platform: a server elsewhere", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  const postgresql = {
    ...elsewhere.postgresql,
    ...{ sslmode: "verify-full", ca, port: 6432 },
    roles: { dagster: { database: "floe_dagster", user: "dagster@floe" } },
  };

  it("[FL-23] [FL-48] verified by the certificates that are given, in every pod that connects and in every run", async () => {
    const marquez = { marquez: { enabled: true }, postgresql: { auth: { marquezSecret: "floe-marquez" } } };
    const objects = await platform("prod", mergeAll([marquez, { ...elsewhere, postgresql }]));
    assert.equal(only(objects, "ConfigMap", "floe-floe-platform-database").data["ca.crt"], ca);
    const connects = objects.filter(
      ({ kind, metadata }) => /^(Deployment|Job)$/.test(kind) && !metadata.name.endsWith("-otel"),
    );
    assert.equal(connects.length, 6);
    for (const { metadata, spec } of connects) {
      const { containers, volumes } = spec.template.spec;
      const text = JSON.stringify(containers);
      assert.ok(
        volumes.some((one) => one.configMap?.name === "floe-floe-platform-database"),
        metadata.name,
      );
      assert.ok(
        containers[0].volumeMounts.some(({ mountPath }) => mountPath === "/etc/database"),
        metadata.name,
      );
      if (!metadata.name.endsWith("-polaris")) assert.match(text, /"PGSSLMODE","value":"verify-full"/, metadata.name);
    }
    const { data } = only(objects, "ConfigMap", "floe-floe-platform-dagster");
    assert.match(data["dagster.yaml"] ?? "", /- PGSSLROOTCERT=\/etc\/database\/ca\.crt$/m);
    assert.match(data["dagster.yaml"] ?? "", /username: dagster@floe\n[\s\S]*db_name: floe_dagster\n\s+port: 6432/);
  });

  it("names of roles and databases elsewhere are not those of the chart's own server", async () => {
    const own = only(
      await platform("dev", { postgresql: { roles: postgresql.roles } }),
      "ConfigMap",
      "floe-floe-platform-dagster",
    );
    assert.match(own.data["dagster.yaml"] ?? "", /username: dagster\n/);
  });

  it("all replicas of Polaris sign tokens with the key of the Secret, which is in no value and no ConfigMap", async () => {
    const text =
      only(await platform("prod"), "ConfigMap", "floe-floe-platform-polaris").data["application.properties"] ?? "";
    assert.match(text, /^polaris\.authentication\.token-broker\.type=symmetric-key$/m);
    assert.match(text, /^polaris\.authentication\.token-broker\.symmetric-key\.secret=\$\{POLARIS_TOKEN_KEY\}$/m);
  });
});

describe("charts/floe-platform: NOTES", () => {
  const notes = notesOf("floe-platform");

  it("[FL-112] say which database there is and, where it is not what was asked for, why", async () => {
    const fallback = await notes(overlay("staging"));
    assert.match(
      fallback,
      /mode is cnpg, and the cluster does not serve postgresql\.cnpg\.io\/v1: PostgreSQL is a StatefulSet/,
    );
    assert.match(fallback, /one pod with one volume/);
    const one = await notes(overlay("staging"), withOperator);
    assert.match(one, /PostgreSQL is a Cluster of CloudNativePG with 1 server\. The chart makes no backup of it/);
    assert.doesNotMatch(one, /StatefulSet|one pod with one volume/);
    assert.match(await notes(overlay("prod"), withOperator), /CloudNativePG with 3 servers/);
    assert.doesNotMatch(await notes(overlay("dev")), /cnpg\.io|Cluster/);
  });

  it("[FL-54] say that the port of a server is open to any address, until its addresses are named", async () => {
    const cidrs = ["192.0.2.0/24"];
    const open = await notes(over("prod", elsewhere));
    assert.match(open, /PostgreSQL is postgresql\.example\.com:5432, with sslmode require/);
    assert.match(open, /port 5432 of any address; name those of the server in postgresql\.cidrs/);
    assert.match(open, /objectStorage\.endpoint at any address; name those of the store in objectStorage\.cidrs/);
    const closed = over("prod", {
      postgresql: { ...elsewhere.postgresql, cidrs },
      objectStorage: { ...elsewhere.objectStorage, cidrs },
    });
    assert.doesNotMatch(await notes(closed), /any address/);
  });
});

describe("charts/floe-platform: a change of the database's mode", () => {
  const folder = mkdtempSync(join(tmpdir(), "floe-mode-"));
  const chart = join(folder, "floe-platform");
  const found =
    '{{ include "floe-platform.modeProblem" (dict "root" . "statefulSet" .Values.found.statefulSet "cluster" .Values.found.cluster) | toJson }}';
  before(() => {
    cpSync(charts, folder, { recursive: true, verbatimSymlinks: true });
    renameSync(join(chart, "values.schema.json"), join(chart, "schema"));
    writeFileSync(join(chart, "templates/found.yaml"), `problem: ${found}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));
  /** What an upgrade is refused for, where the cluster has these. */
  const problem = async (mode: string, there: object, more: object = {}): Promise<string> => {
    const postgresql = { ...elsewhere.postgresql, mode, ...more };
    const values = over("prod", {
      postgresql,
      found: { statefulSet: {}, cluster: {}, ...there },
      global: { environment: "staging" },
    });
    const objects = await render({ chart, values, args: withOperator });
    return (objects.find((one) => "problem" in one) as unknown as { problem: string }).problem.trim();
  };
  const one = { kind: "any" };

  it("[FL-112] the notes ask the cluster for a database of each kind by the release's name, and stop the upgrade for it", async () => {
    const notes = readFileSync(join(chart, "templates/NOTES.txt"), "utf8");
    const asks = /lookup "(\S+)" "(\w+)" \.Release\.Namespace \$host/g;
    const asked = [...notes.matchAll(asks)].map(([, api, kind]) => `${api} ${kind}`);
    assert.deepEqual(asked, ["postgresql.cnpg.io/v1 Cluster", "apps/v1 StatefulSet"]);
    const [file, template] = [join(chart, "notes"), join(chart, "templates/notes.yaml")];
    writeFileSync(file, notes.replaceAll(asks, 'index .Values.found.answers "$2"'));
    writeFileSync(template, 'notes: {{ tpl (.Files.Get "notes") . | toJson }}\n');
    try {
      for (const [kind, mode, words] of [
        ["StatefulSet", "cnpg", /the database of this release is a StatefulSet, .*\(cnpg\)/],
        ["Cluster", "external", /the database of this release is a Cluster of CloudNativePG, .*\(external\)/],
      ] as const) {
        const found = { statefulSet: {}, cluster: {}, answers: { StatefulSet: {}, Cluster: {}, [kind]: one } };
        const values = over("prod", {
          postgresql: { ...elsewhere.postgresql, mode },
          found,
          global: { environment: "staging" },
        });
        assert.match(await refusal({ chart, values, args: withOperator }), words);
      }
    } finally {
      for (const made of [file, template]) rmSync(made);
    }
  });

  const table: [mode: string, there: object, words: RegExp][] = [
    [
      "cnpg",
      { statefulSet: one },
      /^postgresql\.mode: the database of this release is a StatefulSet, and .* \(cnpg\); take a dump/,
    ],
    ["external", { statefulSet: one }, /is a StatefulSet, .* \(external\)/],
    ["external", { cluster: one }, /is a Cluster of CloudNativePG, .* \(external\)/],
    ["statefulset", { cluster: one }, /is a Cluster of CloudNativePG, .* \(statefulset\)/],
    ["cnpg", { cluster: one }, /^$/],
    ["statefulset", { statefulSet: one }, /^$/],
    ["external", {}, /^$/],
    ["cnpg", {}, /^$/],
  ];
  for (const [mode, there, words] of table)
    it(`[FL-112] to ${mode} with ${Object.keys(there).join() || "nothing"} there`, async () => {
      const auth = { existingSecret: "floe-postgresql" };
      assert.match(await problem(mode, there, { auth }), words);
      assert.equal(await problem(mode, there, { auth, allowModeChange: true }), "");
    });
});
