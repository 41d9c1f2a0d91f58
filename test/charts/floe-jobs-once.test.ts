import { strict as assert } from "node:assert";
import { load } from "js-yaml";
import { jobs, pod, reaches } from "./support/floe";
import { only, type PodSpec, type Rendered } from "./support/helm";
import { lets } from "./support/network";

const seed = { name: "seed", args: ["seed"], atDeployment: true };
const verified = (certificate: string) => ({
  existingSecret: "floe-warehouse",
  sslmode: "verify-full",
  ca: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
});
const nameOf = (objects: readonly Rendered[]): string => only(objects, "Job").metadata.name;
const specOf = ({ spec }: Rendered) => spec as unknown as Record<string, unknown> & { template: { spec: PodSpec } };

describe("charts/floe-jobs: once at the deployment", () => {
  it("[FL-02] [FL-44] a job that runs at the deployment is a Job beside its CronJob, with the same pod and the same bounds", async () => {
    const own = { ...seed, command: ["floe-dbt"], activeDeadlineSeconds: 60, backoffLimit: 2 };
    const objects = await jobs({ jobs: [own, { name: "total", args: ["build"] }] });
    const job = specOf(only(objects, "Job"));
    const cron = only(objects, "CronJob", "floe-floe-jobs-seed").spec.jobTemplate as { spec: unknown };
    assert.deepEqual(job, cron.spec);
    assert.deepEqual([job.activeDeadlineSeconds, job.backoffLimit, job.ttlSecondsAfterFinished], [60, 2, 86_400]);
    const [{ command, args }] = job.template.spec.containers;
    assert.deepEqual([command, args], [["floe-dbt"], ["seed"]]);
  });

  it("[FL-44] the same content has the same Job, which nothing runs again; whatever it runs or reads makes another", async () => {
    const name = nameOf(await jobs({ jobs: [seed] }));
    assert.match(name, /^floe-floe-jobs-seed-[0-9a-f]{8}$/);
    assert.equal(nameOf(await jobs({ jobs: [seed, { name: "total", args: ["build"] }] })), name);
    const others: object[] = [
      { jobs: [{ ...seed, args: ["build"] }] },
      { jobs: [{ ...seed, artifacts: "{}" }] },
      { jobs: [seed], artifacts: "{}" },
      { jobs: [seed], project: { "models/total.sql": "select 1" } },
      { jobs: [seed], image: { tag: "1.11.17" } },
      { jobs: [seed], warehouse: { existingSecret: "floe-warehouse", host: "elsewhere" } },
      ...["MIIA", "MIIB"].map((one) => ({ jobs: [seed], warehouse: verified(one) })),
      { jobs: [seed], defaults: { backoffLimit: 1 } },
    ];
    const names = await Promise.all(others.map(async (values) => nameOf(await jobs(values))));
    assert.equal(new Set([name, ...names]).size, others.length + 1, names.join());
  });

  it("[FL-02] without it there are CronJobs alone", async () => {
    const objects = await jobs({ jobs: [{ name: "total", args: ["build"] }] });
    assert.ok(objects.every(({ kind }) => kind !== "Job"));
  });
});

describe("charts/floe-jobs: helm test", () => {
  const destinations = { database: { port: 5432, peers: [{ podSelector: { matchLabels: pod("postgresql") } }] } };

  it("[FL-44] [FL-99] asks dbt for its connection, from a pod hardened as a job's, with its files and its Secret, that ends and has no token", async () => {
    const objects = await jobs({ jobs: [{ name: "total", args: ["build"] }], networkPolicy: { destinations } });
    const test = only(objects, "Pod");
    assert.equal(test.metadata.annotations?.["helm.sh/hook"], "test");
    const cron = only(objects, "CronJob").spec.jobTemplate as { spec: { template: { spec: PodSpec } } };
    const job = cron.spec.template.spec;
    const { containers, volumes, activeDeadlineSeconds, ...rest } = test.spec as unknown as PodSpec;
    assert.equal(activeDeadlineSeconds, 120);
    const { containers: _, volumes: __, ...restOfJob } = job;
    assert.deepEqual(rest, restOfJob);
    const [{ command, args, env, volumeMounts, ...container }] = containers;
    assert.deepEqual([command, args], [["dbt"], ["debug", "--connection"]]);
    const { args: ___, env: ____, volumeMounts: mountsOfJob, ...jobContainer } = job.containers[0];
    assert.deepEqual(container, jobContainer);
    // dbt wants a project, and an image need not have one: it gets one of two lines
    const project = { name: "connection", mountPath: "/connection", readOnly: true };
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
    assert.deepEqual(volumeMounts.toSorted(byName), [...mountsOfJob, project].sort(byName));
    const items = [{ key: "connection.yml", path: "dbt_project.yml" }];
    const own = { name: "connection", configMap: { name: "floe-floe-jobs", items } };
    assert.deepEqual([...volumes].sort(byName), [...job.volumes, own].sort(byName));
    assert.deepEqual(load(only(objects, "ConfigMap").data["connection.yml"] ?? ""), {
      name: "connection",
      profile: "floe",
    });
    assert.deepEqual(
      env?.filter(({ name }) => name === "DBT_PROJECT_DIR"),
      [{ name: "DBT_PROJECT_DIR", value: "/connection" }],
    );
  });

  it("[FL-99] its pod reaches what the jobs reach, and nobody reaches it", async () => {
    const policies = (await jobs({ networkPolicy: { destinations } })).filter(({ kind }) => kind === "NetworkPolicy");
    const end = (labels: Record<string, string>) => ({ namespace: "floe-dev", labels });
    const [test, job, database] = [pod("test", "floe-jobs"), pod("job", "floe-jobs"), pod("postgresql")].map(end);
    assert.ok(test && job && database);
    for (const from of [test, job]) assert.ok(lets(policies, from, "Egress", database, "TCP 5432"));
    assert.ok(!lets(policies, test, "Egress", database, "TCP 5433"));
    assert.ok(!reaches(policies, job, test, 5432));
  });
});
