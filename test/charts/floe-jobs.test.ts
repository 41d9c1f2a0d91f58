import { strict as assert } from "node:assert";
import { join } from "node:path";
import { load } from "js-yaml";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { digest, jobs, jobsNeed } from "./support/floe";
import { charts, helm, only, type PodSpec, type Rendered } from "./support/helm";

const total = { name: "total", args: ["build"], schedule: "0 * * * *" };
const cronSpec = ({ spec }: Rendered) =>
  spec as unknown as {
    schedule: string;
    suspend?: boolean;
    jobTemplate: { spec: Record<string, unknown> & { template: Rendered["spec"]["template"] } };
  };
const podOf = (objects: Rendered[], name = "total"): PodSpec =>
  cronSpec(only(objects, "CronJob", `floe-floe-jobs-${name}`)).jobTemplate.spec.template.spec;

/** Texts that YAML could take for something else, or lose a part of. */
const odd: Readonly<Record<string, string>> = {
  "models/leading.sql": "   select 1\n  from x\n",
  "models/trailing.sql": "select 1   \n\t\nfrom x  ",
  "models/colon.yml": "key: value: more\n- [a, {b: 'c'}]\n# comment\n",
  "models/unicode.sql": "select 'ä ✓ 日本 🦆' -- \u00a0\u2028\n",
  "models/newlines.sql": "\n\nselect 1\n\n\n",
  "models/windows.sql": "select 1\r\nfrom x\r\n",
  "models/jinja.sql": "{{ ref('total') }} {% if x %}{{ \"{{\" }}{% endif %}\n",
  "models/number.txt": "0123",
  "models/truth.txt": "yes",
  "models/document.txt": "---\na: 1\n...\n",
  "models/empty.sql": "",
  zzz: "the last one\n\n",
};

describe("charts/floe-jobs", () => {
  it("[FL-44] without jobs: its files, its network policy and the test alone", async () => {
    const found = (await jobs()).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    assert.deepEqual(found.sort(), [
      "ConfigMap floe-floe-jobs",
      "NetworkPolicy floe-floe-jobs",
      "NetworkPolicy floe-floe-jobs-test",
      "Pod floe-floe-jobs-test",
    ]);
  });

  it("[FL-02] [FL-60] [FL-82] each job is a CronJob; objects and pods say the environment", async () => {
    const objects = await jobs({ jobs: [total, { name: "test", args: ["test"] }], project: { "a.sql": "select 1" } });
    assert.deepEqual(
      objects.filter(({ kind }) => kind === "CronJob").map(({ metadata }) => metadata.name),
      ["floe-floe-jobs-total", "floe-floe-jobs-test"],
    );
    for (const object of objects) {
      assert.equal(object.metadata.labels["floe.dev/environment"], "dev");
      assert.equal(object.metadata.namespace, "floe-dev");
      if (object.kind !== "CronJob") continue;
      const { metadata } = cronSpec(object).jobTemplate.spec.template;
      assert.equal(metadata.labels["floe.dev/environment"], "dev");
    }
  });

  it("[FL-02] CronJobs are suspended when Dagster starts them; else those with a schedule run by themselves", async () => {
    const all = { jobs: [total, { name: "by-hand", args: ["run"] }, { ...total, name: "daily", schedule: "@daily" }] };
    const suspended = async (scheduler?: string) =>
      (await jobs({ ...all, ...(scheduler && { scheduler }) }))
        .filter(({ kind }) => kind === "CronJob")
        .map((one) => [cronSpec(one).schedule, cronSpec(one).suspend ?? false]);
    const dagster = [
      ["0 * * * *", true],
      ["0 0 1 1 *", true],
      ["@daily", true],
    ];
    assert.deepEqual(await suspended("dagster"), dagster);
    assert.deepEqual(await suspended(), dagster, "the default");
    assert.deepEqual(await suspended("kubernetes"), [
      ["0 * * * *", false],
      ["0 0 1 1 *", true],
      ["@daily", false],
    ]);
  });

  it("[FL-59] [FL-63] command, image, resources and limits of a job are its own, or the defaults", async () => {
    const resources = { requests: { cpu: "2", memory: "3Gi" }, limits: { cpu: "4", memory: "5Gi" } };
    const own = {
      ...{ name: "own", command: ["dbt"], args: ["run", "--select", "a b; touch x"], resources },
      ...{ activeDeadlineSeconds: 60, backoffLimit: 2, image: { repository: "registry.example.com/dbt", digest } },
    };
    const objects = await jobs({ jobs: [total, own] });
    const seen = (name: string) => {
      const { activeDeadlineSeconds, backoffLimit, template } = cronSpec(
        only(objects, "CronJob", `floe-floe-jobs-${name}`),
      ).jobTemplate.spec;
      const { image, command, args, resources: amounts } = template.spec.containers[0];
      return { image, command, args, amounts, activeDeadlineSeconds, backoffLimit };
    };
    assert.deepEqual(seen("own"), {
      image: `registry.example.com/dbt@${digest}`,
      command: ["dbt"],
      args: ["run", "--select", "a b; touch x"],
      amounts: resources,
      activeDeadlineSeconds: 60,
      backoffLimit: 2,
    });
    assert.deepEqual(seen("total"), {
      image: "dbt:1.11.16",
      command: undefined,
      args: ["build"],
      amounts: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } },
      activeDeadlineSeconds: 3600,
      backoffLimit: 0,
    });
  });

  it("a job may say that it is not tried again where the default is otherwise", async () => {
    const objects = await jobs({ jobs: [{ ...total, backoffLimit: 0 }], defaults: { backoffLimit: 3 } });
    assert.equal(cronSpec(only(objects, "CronJob")).jobTemplate.spec.backoffLimit, 0);
  });

  it("[FL-61] artifacts are mounted as they are given", async () => {
    const artifacts = ' {"version": "1",\n\t"jobs": []}  \n\n\n';
    const objects = await jobs({ artifacts, jobs: [total] });
    const { name } = only(objects, "ConfigMap").metadata;
    assert.equal(only(objects, "ConfigMap").data["compiled_artifacts.json"], artifacts);
    const { containers, volumes } = podOf(objects);
    const mount = containers[0].volumeMounts.find(({ mountPath }) => mountPath === "/etc/floe");
    assert.equal(mount?.readOnly, true);
    const sources = volumes.find((volume) => volume.name === mount?.name)?.projected?.sources ?? [];
    assert.deepEqual(
      sources.map(({ configMap }) => [configMap.name, configMap.items.map(({ path }) => path)]),
      [[name, ["profiles.yml", "compiled_artifacts.json"]]],
    );
  });

  it("[FL-61] a job with artifacts of its own reads those, and the others those of all", async () => {
    const own = { ...total, name: "own", artifacts: '{"version":"1","jobs":["own"]}' };
    const objects = await jobs({ artifacts: "all", jobs: [own] });
    const maps = Object.fromEntries(
      objects.filter(({ kind }) => kind === "ConfigMap").map(({ metadata, data }) => [metadata.name, data]),
    );
    const { volumes } = podOf(objects, "own");
    const sources = volumes.find((volume) => volume.name === "files")?.projected?.sources ?? [];
    const [artifacts] = sources.filter(({ configMap }) =>
      configMap.items.some(({ key }) => key.startsWith("compiled")),
    );
    assert.equal(sources.length, 2);
    assert.equal(maps[artifacts?.configMap.name ?? ""]?.["compiled_artifacts.json"], own.artifacts);
  });

  it("[FL-61] files of a project survive byte for byte, and lie at their paths", async () => {
    const objects = await jobs({ project: odd, jobs: [total] });
    const { data } = only(objects, "ConfigMap", "floe-floe-jobs-project");
    const volume = podOf(objects).volumes.find(({ name }) => name === "project") as unknown as {
      configMap: { items: { key: string; path: string }[] };
    };
    const mounted = Object.fromEntries(volume.configMap.items.map(({ key, path }) => [path, data[key]]));
    assert.deepEqual(mounted, odd);
    for (const key of Object.keys(data)) assert.match(key, /^[-._a-zA-Z0-9]+$/);
  });

  it("[FL-62] [FL-65] the password is a variable from a Secret, for dbt's profile too", async () => {
    const objectStorage = { endpoint: "http://s3.example.com", existingSecret: "floe-object-store" };
    const objects = await jobs({ objectStorage, jobs: [{ ...total, envFromSecrets: ["crm-token"] }] });
    const [container] = podOf(objects).containers;
    assert.deepEqual(
      container.envFrom?.map(({ secretRef }) => secretRef.name),
      ["floe-warehouse", "floe-object-store", "crm-token"],
    );
    assert.ok(!container.env?.some(({ name }) => /PASSWORD|SECRET|TOKEN/.test(name)));
    const profiles = load(only(objects, "ConfigMap").data["profiles.yml"] ?? "") as {
      floe: { target: string; outputs: Record<string, Record<string, unknown>> };
    };
    const output = profiles.floe.outputs[profiles.floe.target];
    assert.equal(output?.password, "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}");
    assert.equal(output?.host, "floe-platform-postgresql");
    assert.ok(objects.every(({ kind }) => kind !== "Secret"));
  });

  it("lineage is sent where it is told, under the environment's name", async () => {
    const env = async (lineage: object) => {
      const found = podOf(await jobs({ lineage, jobs: [total] })).containers[0].env ?? [];
      return found.filter(({ name }) => name.startsWith("OPENLINEAGE")).map(({ name, value }) => `${name}=${value}`);
    };
    assert.deepEqual(await env({}), []);
    const url = "http://marquez:5000";
    assert.deepEqual(await env({ url }), ["OPENLINEAGE_NAMESPACE=floe-dev", `OPENLINEAGE_URL=${url}`]);
    assert.deepEqual((await env({ url, namespace: "sales" }))[0], "OPENLINEAGE_NAMESPACE=sales");
  });

  for (const profile of ["dev", "staging", "prod"] as const) {
    it(`[FL-14] ${profile}: the policy pack finds nothing`, async () => {
      const image = { digest };
      const atDeployment = { ...total, name: "seed", atDeployment: true };
      const given = {
        ...{ ...jobsNeed, global: { environment: profile }, image, scheduler: "kubernetes" },
        jobs: [total, atDeployment],
      };
      const request = { chart: join(charts, "floe-jobs"), name: "floe", namespace: `floe-${profile}` };
      const context = { profile, podSecurity: { level: "restricted", version: "latest" } } as const;
      const { verdict } = await evaluateChart(
        { ...request, values: given as unknown as JsonObject, kubeVersion: "1.36" },
        context,
      );
      assert.deepEqual([verdict.findings, verdict.pods], [[], 4]);
    });
  }

  it("[FL-12] [FL-64] lint finds nothing", async () => {
    const given = { ...jobsNeed, jobs: [total], project: odd };
    const { code, stdout } = await helm(["lint", "--strict", join(charts, "floe-jobs"), "-f", "-"], given);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
  });
});
