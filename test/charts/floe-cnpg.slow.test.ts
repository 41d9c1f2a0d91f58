import { strict as assert } from "node:assert";
import { cloudNativePg } from "../support/addons/cloudnative-pg-kinds";
import { platform } from "./support/floe";
import { only } from "./support/helm";

describe("charts/floe-platform: what CloudNativePG's own definitions say", function () {
  this.timeout(120_000); // the operator's module is loaded once

  for (const environment of ["prod", "staging"] as const)
    it(`[FL-08] ${environment}: Cluster and Databases fit their schemas, with no field the operator does not know`, async () => {
      const objects = await platform(environment, { postgresql: { storageClassName: "fast" } });
      const [cluster, one] = [await cloudNativePg("clusters"), await cloudNativePg("databases")];
      assert.deepEqual(cluster(only(objects, "Cluster")), []);
      const databases = objects.filter(({ kind }) => kind === "Database");
      assert.equal(databases.length, 3);
      for (const database of databases) assert.deepEqual(one(database), []);
    });

  it("a field of another type, a missing one and one that nobody knows are found", async () => {
    const { spec, ...rest } = only(await platform("prod"), "Cluster");
    const cluster = await cloudNativePg("clusters");
    assert.deepEqual(cluster({ ...rest, spec: { ...spec, instances: "3" } }), [
      "spec.instances: Invalid input: expected number, received string",
    ]);
    assert.match(
      String(cluster({ ...rest, spec: { ...spec, managed: { roles: [{ login: true }] } } })),
      /roles\.0\.name/,
    );
    assert.match(String(cluster({ ...rest, spec: { ...spec, superuser: true } })), /Unrecognized key: "superuser"/);
  });
});
