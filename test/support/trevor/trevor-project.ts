import { kubectl, livePods } from "../e2e-cluster";
import { type TestProject, type Tree, testProject } from "../test-project";

/** A test project that runs trevor with servers of its own instead of mailroom. */
export interface TrevorProject extends TestProject {
  /** Namespace of PostgreSQL and Redis. */
  readonly data: string;
  /** Changes `hardened:trevor` of the stack's file. */
  trevor(change: (trevor: Tree) => void): void;
  /** Names of the API's pods that are not being deleted, sorted. */
  apiPods(): Promise<string[]>;
  /** Revision of the database, asked of Alembic, with its word for the newest. */
  revision(): Promise<string>;
  /** When migration Jobs ended well, oldest first. */
  migrated(): Promise<string[]>;
  /** How many times the autoscaler has changed the number of pods. */
  rescaled(): Promise<number>;
}

interface Event {
  readonly lastTimestamp: string;
  readonly reason: string;
  readonly involvedObject: { readonly name: string };
}

/** Makes it on the shared cluster. `name`: unique per test file; `settings`: keys of `hardened:trevor` beside the usual. */
export async function trevorProject(name: string, settings: Tree): Promise<TrevorProject> {
  const project = await testProject(`trevor-${name}`);
  const data = `${project.namespace}-data`;
  const trevor = (change: (trevor: Tree) => void): void =>
    project.mailroom((_, config) => change(config["hardened:trevor"] as Tree));
  project.mailroom((_, config) => {
    config["hardened:mailroom"] = { enabled: false };
    config["hardened:trevor"] = {
      enabled: true,
      namespace: project.namespace,
      image: { repository: "registry.hardened.test/trevor", tag: "local" },
      datastores: true,
      credentials: { from: "generated" },
      ...settings,
    };
  });
  const inside = (...args: string[]): Promise<string> => kubectl(["-n", project.namespace, ...args]);
  const events = async (reason: string): Promise<Event[]> =>
    (JSON.parse(await inside("get", "events", "-o", "json")) as { items: Event[] }).items.filter(
      (event) => event.reason === reason,
    );
  return {
    ...project,
    namespaces: [project.namespace, data],
    data,
    trevor,
    apiPods: async () =>
      (await livePods("-n", project.namespace, "-l", "app.kubernetes.io/component=api"))
        .map(({ metadata }) => metadata.name)
        .sort(),
    revision: async () => {
      // In the worker: what it takes there is no load that the API is scaled for. A pod without the hash is none of the Deployment's.
      const workers = await livePods(
        "-n",
        project.namespace,
        "-l",
        "app.kubernetes.io/component=worker,pod-template-hash",
      );
      const [name = "no worker"] = workers.map(({ metadata }) => metadata.name);
      return (await inside("exec", name, "-c", "worker", "--", "uv", "run", "alembic", "current")).trim();
    },
    migrated: async () =>
      (await events("Completed"))
        .filter(({ involvedObject }) => involvedObject.name === "trevor-migrate")
        .map(({ lastTimestamp }) => lastTimestamp)
        .sort(),
    rescaled: async () => (await events("SuccessfulRescale")).length,
    remove: async () => {
      await project.remove();
      await kubectl(["delete", "namespace", "--ignore-not-found", "--timeout=120s", data]);
    },
  };
}
