import { publishImages } from "../../../cluster/local/images";
import { cluster, instance, object } from "../e2e-cluster";
import { type TestProject, type Tree, testProject } from "../test-project";

/** A test project that runs floe instead of mailroom. */
export interface FloeProject extends TestProject {
  /** Changes `hardened:floe` of the stack's file. */
  floe(change: (floe: Tree) => void): void;
}

/** Makes it on the shared cluster, which is the one its environment is mapped to. `name`: unique per test file; `settings`: keys of `hardened:floe` beside the usual. */
export async function floeProject(name: string, settings: Tree = {}): Promise<FloeProject> {
  await cluster();
  await publishImages({ name: instance.name, systems: ["floe"], log: () => {} });
  const project = await testProject(`floe-${name}`);
  const floe = (change: (floe: Tree) => void): void =>
    project.mailroom((_, config) => change(config["hardened:floe"] as Tree));
  const { metadata } = await object("namespace", "kube-system");
  project.mailroom((_, config) => {
    config["hardened:cluster"] = { name: "nonprod" };
    config["hardened:clusters"] = { nonprod: { context: instance.context, uid: metadata.uid } };
    config["hardened:mailroom"] = { enabled: false };
    config["hardened:floe"] = {
      enabled: true,
      namespace: project.namespace,
      imageRegistry: "registry.hardened.test",
      postgresql: { storage: "1Gi" },
      objectStorage: { storage: "1Gi" },
      ...settings,
    };
  });
  return { ...project, namespaces: [project.namespace], floe };
}
