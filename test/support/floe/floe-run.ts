import { strict as assert } from "node:assert";
import { podMemory } from "../cluster/memory";
import { type KubeObject, kubectl, objects } from "../e2e-cluster";
import { type Forward, forward } from "../network/forward";
import { eventually } from "../run";
import type { Dagster } from "./dagster";

/** Full name of the objects of floe's platform in a test project. */
export const platform = "floe-floe-platform";

/** A pod, as far as tests of runs look at it. */
export interface RunPod extends KubeObject {
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
}

/** Names the files of a run in a bucket, each with whether it is of more than 1000 bytes; for a pod of the jobs. */
export const listing = (runId: string, bucket = "floe"): string => `import boto3, os
store = boto3.client("s3", endpoint_url=os.environ["OBJECT_STORE_ENDPOINT"], region_name="us-east-1")
for one in store.list_objects_v2(Bucket="${bucket}", Prefix="runs/${runId}/").get("Contents", []):
    print(one["Key"], one["Size"] > 1000)
`;

/** What dbt keeps of a run, as that prints it. */
export const keptFiles = (runId: string): string[] =>
  ["manifest.json", "run_results.json"].map((file) => `runs/${runId}/${file} True`);

/** Secret and key of a role's password. */
const passwords = {
  dbt: ["floe-credentials-warehouse", "DBT_ENV_SECRET_PASSWORD"],
  dagster: ["floe-credentials-dagster", "DAGSTER_PG_PASSWORD"],
} as const;
type Role = keyof typeof passwords;

/** Runs of the data product on a platform of floe, and what they leave behind, read where it is. */
export interface FloeRuns {
  /** kubectl in the platform's namespace. */
  inside(...args: string[]): Promise<string>;
  pods(labels: string): Promise<RunPod[]>;
  jobLog(job: string, runId: string): Promise<string>;
  /** Runs a program of Python in a pod of the jobs, and returns its lines. */
  asJob(program: string): Promise<string[]>;
  /** What a query gives, asked by a pod of Dagster with the password of a role. `connection`: of psycopg2, beside that */
  query(role: Role, sql: string, connection?: Readonly<Record<string, string>>): Promise<string>;
  /** The row of the table `total`, as dbt's role reads it. */
  rows(connection?: Readonly<Record<string, string>>): Promise<string>;
  /** How many spans the collector says it has taken. */
  acceptedSpans(): Promise<number>;
  /** What the lineage server knows of the model `total`. */
  lineage(): Promise<{ readonly state?: string | undefined; readonly graph: string }>;
  /** Seconds from the trigger to dbt's pod running, of five runs one after the other: the least first, and the same in words. */
  fiveStarts(dagster: Dagster): Promise<{ readonly seconds: readonly number[]; readonly said: string }>;
  /** MiB that all its pods take, by the kubelets' figures. */
  memory(): Promise<number>;
}

/** `namespace`: where the platform is. */
export function floeRuns(namespace: string): FloeRuns {
  const inside = (...args: string[]): Promise<string> => kubectl(["-n", namespace, ...args]);
  const pods = (labels: string): Promise<RunPod[]> => objects<RunPod>("pods", "-n", namespace, "-l", labels);
  async function through<T>(component: string, port: number, read: (at: Forward) => Promise<T>): Promise<T> {
    const at = await forward(namespace, `${platform}-${component}`, port);
    try {
      return await read(at);
    } finally {
      at.close();
    }
  }
  const query: FloeRuns["query"] = async (role, sql, connection = {}) => {
    const [name, key] = passwords[role];
    const { data } =
      (await objects("secrets", "-n", namespace)).find(({ metadata }) => metadata.name.startsWith(name)) ?? {};
    const password = Buffer.from(data?.[key] ?? "", "base64").toString();
    const program = `import json, psycopg2, sys
connection = psycopg2.connect(password=sys.stdin.readline().strip(), **json.loads(sys.argv[1]))
cursor = connection.cursor()
cursor.execute(sys.argv[2])
print(cursor.fetchall())`;
    const daemon = ["exec", "-i", `deploy/${platform}-daemon`, "-c", "daemon", "--", "python3", "-c", program];
    const own = { host: `${platform}-postgresql`, dbname: "floe", user: "floe" };
    const words = [JSON.stringify({ ...own, ...connection }), sql];
    return (await kubectl(["-n", namespace, ...daemon, ...words], `${password}\n`)).trim();
  };
  return {
    inside,
    pods,
    query,
    rows: (connection) => query("dbt", "select total, orders from total", connection),
    jobLog: (job, runId) => inside("logs", `job/floe-jobs-${job}-${runId.slice(0, 8)}`, "--tail=-1"),
    asJob: async (program) => {
      const template = ["create", "job", "look", "--from=cronjob/floe-jobs-build", "--dry-run=client", "-o", "json"];
      const job = JSON.parse(await inside(...template)) as {
        spec: { template: { spec: { containers: [{ command: string[]; args?: string[] }] } } };
      };
      const [container] = job.spec.template.spec.containers;
      container.command = ["python3", "-c", program];
      delete container.args;
      await kubectl(["-n", namespace, "create", "-f", "-"], JSON.stringify(job));
      await inside("wait", "job/look", "--for=condition=complete", "--timeout=60s");
      const said = (await inside("logs", "job/look")).trim();
      await inside("delete", "job", "look");
      return said === "" ? [] : said.split("\n");
    },
    acceptedSpans: () =>
      through("otel", 8888, async ({ url }) => {
        const text = await (await fetch(`${url}/metrics`)).text();
        const [, spans = "0"] = /^otelcol_receiver_accepted_spans(?:_total)?\{[^}]*\} (\d+)/m.exec(text) ?? [];
        return Number(spans);
      }),
    lineage: () =>
      through("marquez", 5000, async ({ url }) => {
        const read = async (path: string) =>
          (await (await fetch(`${url}/api/v1${path}`)).json()) as Record<string, unknown>;
        const { jobs } = (await read("/namespaces/floe-dev/jobs")) as {
          jobs: { name: string; latestRun?: { state: string } }[];
        };
        const built = jobs.find(({ name }) => name.endsWith("total.build.run") || /\.total\./.test(name));
        assert.ok(built, jobs.map(({ name }) => name).join());
        const graph = await read(`/lineage?nodeId=job:floe-dev:${encodeURIComponent(built.name)}`);
        return { state: built.latestRun?.state, graph: JSON.stringify(graph) };
      }),
    fiveStarts: async ({ launch, ended }) => {
      const seconds: number[] = [];
      while (seconds.length < 5) {
        const start = Date.now();
        const id = await launch("build");
        const started = async () => {
          const [pod] = await pods(`dagster/run-id=${id},app.kubernetes.io/name=floe-jobs`);
          return pod !== undefined && pod.status.phase !== "Pending";
        };
        await eventually("dbt's pod runs", started, 120_000);
        seconds.push((Date.now() - start) / 1000);
        assert.equal(await ended(id), "SUCCESS");
      }
      seconds.sort((a, b) => a - b);
      return { seconds, said: `p50 ${seconds[2]?.toFixed(1)} s, max ${seconds[4]?.toFixed(1)} s` };
    },
    memory: () => podMemory(namespace),
  };
}
