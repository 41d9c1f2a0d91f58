import { publishImages } from "../../../cluster/local/images";
import { definitions } from "../../../systems/zen/crds/all";
import { cluster, instance, kubectl } from "../e2e-cluster";
import { type TestProject, type Tree, testProject } from "../test-project";

/** A test project that runs zen instead of mailroom. */
export interface ZenProject extends TestProject {
  /** Changes `hardened:zen` of the stack's file. */
  zen(change: (zen: Tree) => void): void;
}

/** Takes the kinds of zen away, with all their objects. */
export const removeZenKinds = (): Promise<string> =>
  kubectl(["delete", "crd", "--ignore-not-found", ...definitions.map(({ metadata }) => metadata.name)]);

/** Makes it on the shared cluster, with the watcher alone; the program looks up the API server's addresses. `name`: unique per test file; `settings`: keys of
 *  `hardened:zen` beside the usual. */
export async function zenProject(name: string, settings: Tree = {}): Promise<ZenProject> {
  await cluster();
  await publishImages({ name: instance.name, systems: ["zen"], log: () => {} });
  const project = await testProject(`zen-${name}`);
  const zen = (change: (zen: Tree) => void): void =>
    project.mailroom((_, config) => change(config["hardened:zen"] as Tree));
  project.mailroom((_, config) => {
    config["hardened:mailroom"] = { enabled: false };
    config["hardened:zen"] = {
      enabled: true,
      profile: "local",
      namespace: project.namespace,
      registryPolicy: ["registry.hardened.test/*"],
      agent: { enabled: false },
      watcher: {
        image: { repository: "registry.hardened.test/zen-watcher", tag: "local" },
        replicaCount: 2,
        networkPolicy: { enabled: true },
      },
      ...settings,
    };
  });
  return { ...project, namespaces: [project.namespace], zen };
}
