import { publishImages } from "../../cluster/local/images";
import { cluster, instance, kubectl } from "./e2e-cluster";
import { type TestProject, type Tree, testProject } from "./test-project";

/** A test project that runs zen instead of mailroom. */
export interface ZenProject extends TestProject {
  /** Changes `hardened:zen` of the stack's file. */
  zen(change: (zen: Tree) => void): void;
}

/** Addresses of the API server, as a person finds them. */
async function apiServer(): Promise<{ readonly cidrs: readonly string[]; readonly ports: readonly number[] }> {
  const path = "{.endpoints[*].addresses[*]} {.ports[*].port}";
  const said = await kubectl(["get", "endpointslices", "-n", "default", "kubernetes", "-o", `jsonpath=${path}`]);
  const [address = "", port = ""] = said.trim().split(/\s+/);
  return { cidrs: [`${address}/32`], ports: [Number(port)] };
}

/** Makes it on the shared cluster. `name`: unique per test file; `settings`: keys of `hardened:zen` beside the usual. */
export async function zenProject(name: string, settings: Tree = {}): Promise<ZenProject> {
  await cluster();
  await publishImages({ name: instance.name, systems: ["zen"], log: () => {} });
  const project = await testProject(`zen-${name}`);
  const zen = (change: (zen: Tree) => void): void =>
    project.mailroom((_, config) => change(config["hardened:zen"] as Tree));
  const networkPolicy = { apiServer: await apiServer() };
  project.mailroom((_, config) => {
    config["hardened:mailroom"] = { enabled: false };
    config["hardened:zen"] = {
      enabled: true,
      namespace: project.namespace,
      image: { repository: "registry.hardened.test/zen-watcher", tag: "local" },
      networkPolicy,
      ...settings,
    };
  });
  return { ...project, namespaces: [project.namespace], zen };
}
