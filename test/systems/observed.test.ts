import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { ReleaseState } from "../../cluster/helm-records";
import type { StackConfig } from "../../config/stack-schema";
import { checkStackFile } from "../../operations/stack/stack-file";
import type { Registration } from "../../operations/validation/registration";
import type { SystemContext } from "../../systems/define-system";
import { enabledSystems, requirementsOf } from "../../systems/registry";
import { registered, resolved, warnings } from "../support/doubles/registered-resources";
import { root } from "../support/tree";

/** What the systems of a stack register. */
const deployed = (stack: StackConfig, about: Pick<SystemContext, "observed" | "imageLock">): Promise<Registration[]> =>
  registered(async () => {
    for (const { system, config } of enabledSystems(stack)) {
      const { deploy } = await system.component();
      const context = { ...about, stack, owner: "hardened/any", credentials: stack.credentials[system.name] };
      await resolved(deploy(config, context, {}).revision);
    }
  });
const inputsOf = <T>(all: readonly Registration[], type: string): T[] =>
  all.filter(({ resource }) => resource.startsWith(`${type} `)).map(({ inputs }) => inputs as T);
const releaseType = "kubernetes:helm.sh/v3:Release";
const nothing = { releases: {}, namespaces: {} };

/** What the cluster said before, of each release and namespace of every system: each reaches its own resource, and no other. */
describe("systems: what the cluster said of a stack", () => {
  const failedAt = (revision: number): ReleaseState => ({
    status: "failed",
    revision,
    record: "any",
    written: "2026-01-02T03:04:05Z",
  });
  const changed = { web: "2026-01-02T03:04:05Z", accounts: "2026-01-02T03:04:05Z" };

  for (const [stack, folder] of [
    ["dev", root],
    ["floe", join(__dirname, "floe")],
    ["flux", join(__dirname, "options")],
  ] as const)
    it(`stack ${stack}: a failed release is upgraded, edited labels are written again, each by its own name`, async () => {
      const config = { ...checkStackFile(stack, folder), delivery: { with: "release" } as const };
      const wanted = requirementsOf(config);
      const key = ({ namespace, release }: (typeof wanted)[number]): string => `${namespace}/${release}`;
      const releases = Object.fromEntries(
        wanted.map((one, at) => [key(one), { state: failedAt(at + 1), secretChanges: changed }]),
      );
      const places = [...new Set(wanted.map(({ namespace }) => namespace))];
      const namespaces = Object.fromEntries(places.map((name, at) => [name, { drifted: ["a"], repairs: at }]));
      const all = await deployed(config, { observed: { releases, namespaces }, imageLock: {} });
      const made = inputsOf<{ namespace: string; name: string; description: string; values: object }>(all, releaseType);
      assert.deepEqual(
        made
          .map(({ namespace, name, description }) => [`${namespace}/${name}`, description.replace(/, values .*/, "")])
          .sort(),
        wanted.map((one, at) => [key(one), `repair of failed revision ${at + 1}`]).sort(),
      );
      const said = inputsOf<{ metadata: { name: string; annotations?: object } }>(all, "kubernetes:core/v1:Namespace");
      assert.deepEqual(
        said.map(({ metadata }) => [metadata.name, metadata.annotations]).sort(),
        places.map((name, at) => [name, { "hardened.pulumi/repairs": String(at + 1) }]).sort(),
      );
      const told = made.filter(({ values }) => JSON.stringify(values).includes(changed.web)).map(({ name }) => name);
      assert.deepEqual(
        told.sort(),
        [...new Set(enabledSystems(config).map(({ system }) => system.name))]
          .filter((name) => ["mailroom", "companyos", "trevor"].includes(name))
          .sort(),
        "the time of a changed Secret is in the values",
      );
      const setup = all.find(({ resource }) => resource === "kubernetes:batch/v1:Job mailroom-setup");
      if (setup) assert.ok(JSON.stringify(setup.inputs).includes(changed.web), "mailroom is set up again after it");
    });
});

describe("systems: images of the image lock", () => {
  /** A lock that has every image, and what each image in values is with it. */
  const digest = `sha256:${"c".repeat(64)}`;
  const imageLock: Readonly<Record<string, string>> = new Proxy({}, { get: () => digest });
  const without = (value: unknown): string[] => {
    if (typeof value !== "object" || value === null) return [];
    const { repository, digest: own } = value as Record<string, unknown>;
    const open = typeof repository === "string" && "tag" in value && !own ? [repository] : [];
    return [...open, ...Object.values(value).flatMap(without)];
  };

  for (const [stack, folder] of [
    ["dev", root],
    ["floe", join(__dirname, "floe")],
    ["flux", join(__dirname, "options")],
  ] as const)
    it(`stack ${stack}: every image in the values and in the Jobs before them has its digest`, async () => {
      const config = { ...checkStackFile(stack, folder), delivery: { with: "release" } as const };
      const all = await deployed(config, { observed: nothing, imageLock });
      const open = inputsOf<{ values: object }>(all, releaseType).flatMap(({ values }) => without(values));
      assert.deepEqual(open, []);
      for (const { spec } of inputsOf<Job>(all, "kubernetes:batch/v1:Job"))
        for (const { image } of spec.template.spec.containers) assert.match(image, /@sha256:[0-9a-f]{64}$/);
    });
});

interface Job {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

describe("systems: what production does not let go of", () => {
  it("namespaces of systems are protected, those of servers for trials are not", async () => {
    const config = { ...checkStackFile("dev", root), environment: "prod" } as const;
    const all = await deployed(config, { observed: nothing, imageLock: {} });
    const namespaces = all.filter(({ resource }) => resource.startsWith("kubernetes:core/v1:Namespace "));
    assert.deepEqual(
      namespaces.filter(({ options }) => !options.protect).map(({ resource }) => resource.split(" ")[1]),
      ["mailroom-mail-server", "trevor-datastores"],
    );
    assert.equal(namespaces.length, 5);
  });
});

describe("systems: the quota of their namespaces", () => {
  for (const [stack, folder, name, part, key] of [
    ["dev", root, "trevor", "", "replicaCount"],
    ["dev", root, "trevor", "worker", "replicaCount"],
    ["zen-local", join(__dirname, "zen"), "zen", "agent", "replicaCount"],
  ] as const)
    it(`${name}: grows with ${part}${part && "."}${key}`, async () => {
      const config = checkStackFile(stack, folder);
      const system = config.systems[name] as Record<string, object>;
      const changed = part === "" ? { [key]: 50 } : { [part]: { ...system[part], [key]: 50 } };
      const grown = { ...config, systems: { ...config.systems, [name]: { ...system, ...changed } } };
      const apiServer = { cidrs: ["10.0.0.1/32"], ports: [6443] };
      const all = await deployed(grown, { observed: { ...nothing, apiServer }, imageLock: {} });
      const { inputs } =
        all.find(({ resource }) => resource === `kubernetes:core/v1:ResourceQuota ${name}-quota`) ?? {};
      const { pods } = (inputs as { spec: { hard: { pods: string } } }).spec.hard;
      assert.ok(Number(pods) >= 100, pods);
    });

  it("mailroom: grows with its requests", async () => {
    const config = checkStackFile("dev", root);
    const mailroom = { ...(config.systems.mailroom as object), resources: { requests: { cpu: "1", memory: "4Gi" } } };
    const grown = { ...config, systems: { ...config.systems, mailroom } };
    const all = await deployed(grown, { observed: nothing, imageLock: {} });
    const { inputs } = all.find(({ resource }) => resource.endsWith("ResourceQuota mailroom-quota")) ?? {};
    // the service and its setup, both twice
    assert.equal((inputs as { spec: { hard: Record<string, string> } }).spec.hard["requests.memory"], "16384Mi");
  });
});

describe("systems: what a person is warned of", () => {
  it("trevor: a variable that names a host no destination leads to", async () => {
    const config = checkStackFile("dev", root);
    const trevor = { ...(config.systems.trevor as object), env: { S3: "https://s3.example.com:9000" } };
    const alone = { ...config, systems: { ...config.systems, trevor } };
    const said = await warnings(() => deployed(alone, { observed: nothing, imageLock: {} }));
    assert.equal(said.length, 1, said.join());
    assert.match(said[0] ?? "", /^hardened:trevor\.env\.S3 names s3\.example\.com:9000/);
  });
});
