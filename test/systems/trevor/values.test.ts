import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { egressRules } from "../../../systems/destinations";
import type { EgressRules } from "../../../systems/schema";
import { chartValues } from "../../../systems/trevor/chart-values";
import { trevorConfig } from "../../../systems/trevor/config";
import { datastoresChartValues } from "../../../systems/trevor/datastores-chart-values";
import { datastores, datastoresValues } from "../../../systems/trevor/datastores-values";
import { defaultDestinations, destinationsOf } from "../../../systems/trevor/destinations";
import {
  accountName,
  fullName,
  ingressUrls,
  migrationPod,
  releaseTimeout,
  values,
} from "../../../systems/trevor/values";
import { charts, only, type Rendered, render } from "../../charts/support/helm";

const names = { secretName: "trevor-credentials-1a2b3c4" };
const parse = (given: object = {}) =>
  trevorConfig.parse({ enabled: true, image: { repository: "registry.example/team/trevor", tag: "1.2.0" }, ...given });
const rendered = (given: object = {}, release = "trevor"): Promise<Rendered[]> =>
  render({ chart: "trevor", release, namespace: "trevor", values: values(parse(given), names) });
const kinds = (objects: readonly Rendered[]): string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

describe("systems/trevor: values", () => {
  const variants: [title: string, given: object][] = [
    ["the least", {}],
    [
      "variables and more Secrets",
      { env: { WORKERS: 4, LOG_LEVEL: "debug", HOME: "/elsewhere" }, envFromSecrets: [{ secretName: "s3" }] },
    ],
    [
      "a digest and other resources",
      {
        image: { repository: "a.example/b", digest: `sha256:${"cd".repeat(32)}`, runAsUser: 99 },
        resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } },
      },
    ],
    ["an account of someone else's", { serviceAccount: { create: false, name: "theirs" } }],
    ["another command", { migrations: { command: ["alembic", "upgrade", "head"] } }],
  ];
  for (const [title, given] of variants) {
    it(`[TR-49] the Job the stack awaits is field by field the chart's own hook: ${title}`, async () => {
      const job = only(
        await rendered({ ...given, migrations: { ...(given as { migrations?: object }).migrations, mode: "hook" } }),
        "Job",
      );
      const own = JSON.parse(JSON.stringify(migrationPod(parse(given), names))) as typeof job.spec.template.spec;
      const { serviceAccountName, ...hook } = job.spec.template.spec;
      const { serviceAccountName: ownAccount, ...pod } = own;
      assert.deepEqual(pod, hook);
      assert.equal(ownAccount, serviceAccountName);
    });
  }

  it("[TR-51] the mode decides who migrates: a hook, an init container, the stack, nobody", async () => {
    const found = async (mode: string) => {
      const objects = await rendered({ migrations: { mode } });
      const pod = only(
        objects.filter(({ metadata }) => metadata.name === "trevor"),
        "Deployment",
      ).spec.template.spec;
      return [
        kinds(objects).some((one) => one.startsWith("Job")),
        (pod.initContainers as unknown[] | undefined)?.length ?? 0,
      ];
    };
    assert.deepEqual(await found("hook"), [true, 0]);
    assert.deepEqual(await found("init"), [false, 1]);
    assert.deepEqual(await found("job"), [false, 0]);
    assert.deepEqual(await found("none"), [false, 0]);
  });

  it("[TR-51] the stacks of this project: an init container in dev, a hook in staging and prod", () => {
    const golden = (stack: string, file: string): string =>
      readFileSync(join(__dirname, "../../golden", stack, file), "utf8");
    assert.match(golden("dev", "trevor-dev_trevor.yaml"), /initContainers:/);
    assert.doesNotMatch(golden("dev", "trevor-dev_trevor.yaml"), /kind: Job/);
    for (const [stack, file] of [
      ["staging", "trevor-staging_trevor.yaml"],
      ["prod", "trevor_trevor.yaml"],
    ] as const) {
      assert.doesNotMatch(golden(stack, file), /initContainers:/);
      assert.match(golden(stack, file), /helm\.sh\/hook: pre-install,pre-upgrade/);
      assert.match(golden(stack, file), /kind: HorizontalPodAutoscaler/);
      assert.match(golden(stack, file), /kind: PodDisruptionBudget/);
    }
  });

  it("[TR-47] credentials come from Secrets alone, in every container, and no value holds one", async () => {
    const given = { envFromSecrets: [{ secretName: "s3" }], migrations: { mode: "init" } };
    const sources = [{ secretRef: { name: names.secretName } }, { secretRef: { name: "s3" } }];
    const deployments = (await rendered(given)).filter(({ kind }) => kind === "Deployment");
    assert.equal(deployments.length, 2);
    for (const { spec } of deployments) {
      const { containers, initContainers = [] } = spec.template.spec as unknown as Record<
        string,
        { envFrom: unknown }[]
      >;
      for (const { envFrom } of [...(containers ?? []), ...initContainers]) assert.deepEqual(envFrom, sources);
    }
    const all = values(parse(given), names);
    assert.deepEqual(JSON.parse(JSON.stringify(all)), all);
  });

  it("every value is one the chart knows, with every key of the configuration in use", () => {
    const known = chartValues.shape;
    for (const [, given] of variants)
      for (const [key, value] of Object.entries(values(parse(given), names))) {
        const type = known[key as keyof typeof known];
        assert.ok(type, key);
        if (!["migrations", "networkPolicy", "ingress"].includes(key)) assert.ok(type.safeParse(value).success, key);
      }
  });

  it("[TR-18] [TR-29] the stack's defaults are the chart's", () => {
    const file = load(readFileSync(join(charts, "trevor/values.yaml"), "utf8")) as Record<string, unknown>;
    const given: Record<string, unknown> = values(parse(), names);
    const same = ["resources", "service", "env", "stopDelaySeconds", "worker", "ingress", "autoscaling"];
    for (const key of same) assert.deepEqual(given[key], file[key], key);
    // a key that is not given is no key for Helm
    assert.deepEqual(JSON.parse(JSON.stringify(given.probes)), file.probes);
  });

  it("the names the stack needs before the release are those the chart makes of it", async () => {
    for (const release of ["trevor", "team-trevor", "shop", `${"x".repeat(50)}-a`]) {
      const config = parse({ release });
      const service = only(await rendered({ release }, release), "Service");
      assert.equal(fullName(config), service.metadata.name);
      assert.equal(accountName(config), service.metadata.name);
    }
    assert.equal(fullName(parse({ fullnameOverride: "own" })), "own");
    assert.equal(accountName(parse({ serviceAccount: { create: false } })), "");
    const pods = only(await rendered({ serviceAccount: { create: false } }), "Job").spec.template.spec;
    assert.equal(pods.serviceAccountName, "default");
  });

  it("the destinations are the chart's own, and the rules of the awaited Job those the chart writes", async () => {
    const file = load(readFileSync(join(charts, "trevor/values.yaml"), "utf8")) as {
      networkPolicy: { destinations: object };
    };
    assert.deepEqual(defaultDestinations, file.networkPolicy.destinations);
    const config = parse();
    const policy = (await rendered()).find(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "trevor",
    );
    const byPort = (rules: unknown): EgressRules =>
      (rules as EgressRules).toSorted((a, b) => (a.ports?.[0]?.port ?? 0) - (b.ports?.[0]?.port ?? 0));
    assert.deepEqual(byPort(egressRules(destinationsOf(config))), byPort(policy?.spec.egress));
  });

  it("waits longer for a hook than the hook may take", () => {
    assert.equal(releaseTimeout(parse()), 300);
    assert.equal(releaseTimeout(parse({ migrations: { activeDeadlineSeconds: 1000 } })), 1060);
    assert.equal(releaseTimeout(parse({ migrations: { mode: "job", activeDeadlineSeconds: 1000 } })), 180);
  });

  it("[TR-52] names the addresses of an ingress, https where a certificate is for the host", () => {
    const path = (name: string) => ({ path: name, pathType: "Prefix" });
    const ingress = {
      enabled: true,
      hosts: [
        { host: "a.example.com", paths: [path("/"), path("/v2")] },
        { host: "b.other.example", paths: [path("/")] },
      ],
      tls: [{ secretName: "certificate", hosts: ["a.example.com"] }],
    };
    assert.deepEqual(ingressUrls(parse({ ingress })), [
      "https://a.example.com/",
      "https://a.example.com/v2",
      "http://b.other.example/",
    ]);
    const wild = {
      ...ingress,
      hosts: [
        { host: "x.example.com", paths: [path("/")] },
        { host: "*.example.com", paths: [path("/")] },
      ],
      tls: [{ secretName: "c", hosts: ["*.example.com"] }],
    };
    assert.deepEqual(ingressUrls(parse({ ingress: wild })), ["https://x.example.com/", "https://*.example.com/"]);
    assert.deepEqual(ingressUrls(parse()), []);
  });

  it("the servers for trials stand beside the service's image, in a namespace only the service reaches", () => {
    const config = parse({ datastores: true, credentials: { from: "generated" } });
    const { images, namespace, databaseUrl, redisUrl } = datastores(config);
    assert.deepEqual(
      [images.postgresql.repository, images.redis.repository, images.redis.tag],
      ["registry.example/team/postgres", "registry.example/team/redis", "1.2.0"],
    );
    assert.equal(databaseUrl("word"), "postgresql://trevor:word@datastores-postgresql.trevor-data.svc:5432/trevor");
    assert.equal(redisUrl("word"), "redis://:word@datastores-redis.trevor-data.svc:6379/0");
    const given = datastoresValues(config, images, { postgresql: "a", redis: "b" });
    assert.deepEqual(given.networkPolicy, { enabled: true, clients: ["trevor"] });
    assert.ok(Object.keys(given).every((key) => key in datastoresChartValues.shape));
    assert.equal(namespace, "trevor-data");
  });
});
