import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { ReleaseState } from "../../cluster/helm-records";
import { checkStackFile } from "../../operations/stack/stack-file";
import type { Registration } from "../../operations/validation/registration";
import { enabledSystems, requirementsOf } from "../../systems/registry";
import { registered, resolved } from "../support/registered";
import { root } from "../support/tree";

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
      const all = await registered(async () => {
        for (const { system, config: own } of enabledSystems(config)) {
          const { deploy } = await system.component();
          const credentials = config.credentials[system.name];
          const context = {
            stack: config,
            owner: "hardened/any",
            observed: { releases, namespaces },
            imageLock: {},
            credentials,
          };
          const outputs = deploy(own, context, {});
          await resolved(outputs.revision);
        }
      });
      const of = <T>(type: string): T[] =>
        all.filter(({ resource }: Registration) => resource.startsWith(`${type} `)).map(({ inputs }) => inputs as T);
      const made = of<{ namespace: string; name: string; description: string; values: object }>(
        "kubernetes:helm.sh/v3:Release",
      );
      assert.deepEqual(
        made.map(({ namespace, name, description }) => [`${namespace}/${name}`, description]).sort(),
        wanted.map((one, at) => [key(one), `puts failed revision ${at + 1} right`]).sort(),
      );
      const said = of<{ metadata: { name: string; annotations?: object } }>("kubernetes:core/v1:Namespace");
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
    });
});
