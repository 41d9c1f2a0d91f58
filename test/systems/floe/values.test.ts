import { strict as assert } from "node:assert";
import { floeConfig, type PlatformImage } from "../../../systems/floe/config";
import { resolveFloe } from "../../../systems/floe/resolve";
import {
  defaultValues,
  imageOf,
  jobsName,
  jobsValues,
  platformName,
  platformValues,
} from "../../../systems/floe/values";
import { only, type Rendered, render } from "../../charts/support/helm";

const secrets = {
  server: "floe-server",
  dagster: "floe-dagster",
  warehouse: "floe-warehouse",
  lineage: "floe-lineage",
  objectStore: "floe-store",
  jobsStore: "floe-jobs-store",
};
const parse = (given: object = {}) =>
  resolveFloe(floeConfig.parse({ enabled: true, imageRegistry: "registry.example/floe", ...given }), "dev").value;
type Config = ReturnType<typeof parse>;
const platform = (config: Config): Promise<Rendered[]> =>
  render({
    chart: "floe-platform",
    release: config.release,
    namespace: config.namespace,
    values: platformValues(config, secrets, (part) => imageOf(config, part)),
  });
const jobs = (config: Config): Promise<Rendered[]> =>
  render({
    chart: "floe-jobs",
    release: config.jobsRelease,
    namespace: config.namespace,
    values: { ...jobsValues(config, secrets, imageOf(config, "dbt")), jobs: [{ name: "build", args: ["build"] }] },
  });
const names = (objects: readonly Rendered[], kind: string): string[] =>
  objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);

describe("systems/floe: values", () => {
  describe("images", () => {
    const own = { repository: "registry.example/own", tag: "2" };
    const table: [title: string, given: object, part: PlatformImage, expected: object][] = [
      ["by its usual name below the registry", {}, "minio", { repository: "registry.example/floe/object-store" }],
      [
        "with a tag of its own",
        { images: { otel: { tag: "1" } } },
        "otel",
        { repository: "registry.example/floe/otel-collector", tag: "1" },
      ],
      ["of its own, registry or not", { images: { dbt: own } }, "dbt", own],
      [
        "of its own, the others below the registry",
        { images: { dbt: own } },
        "dagster",
        { repository: "registry.example/floe/dagster" },
      ],
    ];
    for (const [title, given, part, expected] of table)
      it(`[FL-115] ${part} ${title}`, () => assert.deepEqual(imageOf(parse(given), part), expected));
  });

  it("the names the stack needs before the releases are those the charts make of them", async () => {
    for (const given of [{}, { release: "data", jobsRelease: "nightly" }, { release: "floe-platform-eu" }]) {
      const config = parse(given);
      assert.ok(names(await platform(config), "Service").includes(`${platformName(config)}-postgresql`));
      assert.deepEqual(names(await jobs(config), "CronJob"), [`${jobsName(config)}-build`]);
    }
  });

  it("[FL-65] the jobs find the platform: services by name, and each destination is pods the platform has", async () => {
    const config = parse({ release: "data" });
    const objects = await platform(config);
    const services = names(objects, "Service");
    const { warehouse, lineage, objectStorage, networkPolicy } = jobsValues(
      config,
      secrets,
      imageOf(config, "dbt"),
    ) as unknown as {
      warehouse: { host: string };
      lineage: { url: string };
      objectStorage: { endpoint: string };
      networkPolicy: { destinations: Record<string, { peers: { podSelector: { matchLabels: object } }[] }> };
    };
    const hosts = [warehouse.host, new URL(lineage.url).hostname, new URL(objectStorage.endpoint).hostname];
    for (const host of hosts) assert.ok(services.includes(host), `${host} is none of ${services.join(", ")}`);
    const labels = objects.flatMap(({ spec }) => {
      const found = spec?.template?.metadata.labels;
      return found === undefined ? [] : [found];
    });
    assert.deepEqual(Object.keys(networkPolicy.destinations), ["database", "traces", "lineage", "objects", "catalog"]);
    for (const [name, { peers }] of Object.entries(networkPolicy.destinations)) {
      const wanted = Object.entries(peers[0]?.podSelector.matchLabels ?? assert.fail(name));
      assert.ok(
        labels.some((one) => wanted.every(([key, value]) => one[key] === value)),
        `${name}: no pod has ${JSON.stringify(wanted)}`,
      );
    }
  });

  const switches: [title: string, given: object, kinds: [string, boolean][], destinations: string[]][] = [
    [
      "everything",
      {},
      [
        ["marquez", true],
        ["minio", true],
      ],
      ["database", "traces", "lineage", "objects", "catalog"],
    ],
    [
      "no lineage",
      { lineage: false },
      [
        ["marquez", false],
        ["minio", true],
      ],
      ["database", "traces", "objects", "catalog"],
    ],
  ];
  for (const [title, given, parts, destinations] of switches)
    it(`[FL-08] [FL-120] ${title}: the platform's parts, and what the jobs may reach`, async () => {
      const config = parse(given);
      const objects = await platform(config);
      const workloads = [...names(objects, "Deployment"), ...names(objects, "StatefulSet")];
      for (const [part, isThere] of parts)
        assert.equal(workloads.includes(`${platformName(config)}-${part}`), isThere, part);
      const { networkPolicy } = jobsValues(config, secrets, imageOf(config, "dbt"));
      assert.deepEqual(Object.keys((networkPolicy as { destinations: object }).destinations), destinations);
    });

  it("[FL-120] without an object store the jobs keep nothing, and get no Secret of one", async () => {
    const config = parse({ objectStorage: { mode: "none" }, lineage: false });
    const text = JSON.stringify(await jobs(config));
    assert.doesNotMatch(text, /OBJECT_STORE|OPENLINEAGE|floe-store|floe-jobs-store/);
    assert.match(text, /floe-warehouse/);
  });

  it("[FL-62] [FL-65] each kind of pod reads its own Secret alone", async () => {
    const config = parse();
    const found: Record<string, Set<string>> = {};
    for (const { spec } of [...(await platform(config)), ...(await jobs(config))]) {
      const job = (spec as { jobTemplate?: { spec: { template: Rendered["spec"]["template"] } } } | undefined)
        ?.jobTemplate;
      const template = spec?.template ?? job?.spec.template;
      if (template === undefined) continue;
      const part = template.metadata.labels["app.kubernetes.io/component"] ?? "";
      const own = Object.values(secrets).filter((name) => JSON.stringify(template.spec).includes(`"${name}"`));
      found[part] = new Set([...(found[part] ?? []), ...own]);
    }
    const read = Object.fromEntries(Object.entries(found).map(([part, own]) => [part, [...own].sort()]));
    assert.deepEqual(read.postgresql, ["floe-server"]);
    assert.deepEqual(read.marquez, ["floe-lineage"]);
    assert.deepEqual(read.minio, ["floe-store"]);
    // dbt has a key of its own, never the administrator's
    assert.deepEqual(read.job, ["floe-jobs-store", "floe-warehouse"]);
    assert.deepEqual(read.otel, []);
    for (const part of Object.keys(read).filter((name) => /webserver|daemon|code|migrate/.test(name)))
      assert.deepEqual(read[part], ["floe-dagster"], part);
  });

  it("[FL-82] every object has the label of its environment", async () => {
    for (const object of [...(await platform(parse())), ...(await jobs(parse()))])
      assert.equal(object.metadata.labels["floe.dev/environment"], "dev", `${object.kind} ${object.metadata.name}`);
  });

  it("[FL-120] a file of values may replace the code server, which is Dagster's own image otherwise", async () => {
    const config = parse();
    const image = imageOf(config, "dagster");
    const values = {
      ...platformValues(config, secrets, (part) => imageOf(config, part)),
      dagster: {
        ...(defaultValues(image).dagster as object),
        dagsterWebserver: { image },
        dagsterDaemon: { image },
      },
    };
    const objects = await render({ chart: "floe-platform", release: "floe", namespace: "floe-dev", values });
    const code = only(objects, "Deployment", "floe-floe-platform-code-floe");
    assert.match(code.spec.template.spec.containers[0].image, /^registry\.example\/floe\/dagster/);
  });
});
