import { kubectl, objects } from "./e2e-cluster";
import { forward } from "./forward";

/** What runs of floe's jobs leave behind: rows, spans, lineage and files. */
export interface FloeTraces {
  /** The rows of the data product's table, read as dbt's user from this database; fails where the server refuses. */
  rows(database: string): Promise<string>;
  /** How many spans the collector has received, and its metrics about them. */
  spans(): Promise<{ readonly count: number; readonly metrics: string }>;
  /** How the newest run of the job ended whose name matches, and the graph of lineage around it. */
  lineage(namespace: string, job: RegExp): Promise<{ readonly state: string | undefined; readonly graph: string }>;
  /** The files below a path of the object store, each with whether it has more than 1000 bytes; then how the store answers what only its administrator may do. */
  files(prefix: string): Promise<string[]>;
}

/** `namespace`: where the platform runs; `platform`: the name of its release's objects. */
export function floeTraces(namespace: () => string, platform: string): FloeTraces {
  const inside = (args: readonly string[], input?: string): Promise<string> =>
    kubectl(["-n", namespace(), ...args], input);

  const rows = async (database: string): Promise<string> => {
    const { data } =
      (await objects("secrets", "-n", namespace())).find(({ metadata }) =>
        metadata.name.startsWith("floe-credentials-warehouse"),
      ) ?? {};
    const password = Buffer.from(data?.DBT_ENV_SECRET_PASSWORD ?? "", "base64").toString();
    const program = `import psycopg2, sys
connection = psycopg2.connect(host="${platform}-postgresql", dbname="${database}", user="floe", password=sys.stdin.readline().strip())
cursor = connection.cursor()
cursor.execute("select total, orders from total")
print(cursor.fetchall())`;
    const daemon = ["exec", "-i", `deploy/${platform}-daemon`, "-c", "daemon", "--"];
    return inside([...daemon, "python3", "-c", program], `${password}\n`);
  };

  const spans = async () => {
    const collector = await forward(namespace(), `${platform}-otel`, 8888);
    try {
      const text = await (await fetch(`${collector.url}/metrics`)).text();
      const [, count = "0"] = /^otelcol_receiver_accepted_spans(?:_total)?\{[^}]*\} (\d+)/m.exec(text) ?? [];
      return { count: Number(count), metrics: text.match(/^otelcol_receiver.*$/gm)?.join("\n") ?? "" };
    } finally {
      collector.close();
    }
  };

  const lineage = async (of: string, job: RegExp) => {
    const marquez = await forward(namespace(), `${platform}-marquez`, 5000);
    try {
      const read = async (path: string) =>
        (await (await fetch(`${marquez.url}/api/v1${path}`)).json()) as Record<string, unknown>;
      const { jobs } = (await read(`/namespaces/${of}/jobs`)) as {
        jobs: { name: string; latestRun?: { state: string } }[];
      };
      const found = jobs.find(({ name }) => job.test(name));
      if (!found) throw new Error(`no job ${job} among: ${jobs.map(({ name }) => name).join()}`);
      const graph = await read(`/lineage?nodeId=job:${of}:${encodeURIComponent(found.name)}`);
      return { state: found.latestRun?.state, graph: JSON.stringify(graph) };
    } finally {
      marquez.close();
    }
  };

  /** Asked of the store by a pod that may reach it: one of the jobs'. */
  const files = async (prefix: string): Promise<string[]> => {
    const template = ["create", "job", "look", "--from=cronjob/floe-jobs-build", "--dry-run=client", "-o", "json"];
    const job = JSON.parse(await inside(template)) as {
      spec: { template: { spec: { containers: [{ command: string[]; args?: string[] }] } } };
    };
    const [container] = job.spec.template.spec.containers;
    const program = `import boto3, os
store = boto3.client("s3", endpoint_url=os.environ["OBJECT_STORE_ENDPOINT"], region_name="us-east-1")
for one in store.list_objects_v2(Bucket="floe", Prefix="${prefix}")["Contents"]:
    print(one["Key"], one["Size"] > 1000)
for what, refused in (("bucket", lambda: store.create_bucket(Bucket="mine")), ("policy", lambda: store.put_bucket_policy(Bucket="floe", Policy="{}"))):
    try:
        print(what, refused())
    except store.exceptions.ClientError as error:
        print(what, error.response["Error"]["Code"])`;
    container.command = ["python3", "-c", program];
    delete container.args;
    await inside(["create", "-f", "-"], JSON.stringify(job));
    await inside(["wait", "job/look", "--for=condition=complete", "--timeout=60s"]);
    return (await inside(["logs", "job/look"])).trim().split("\n");
  };

  return { rows, spans, lineage, files };
}
