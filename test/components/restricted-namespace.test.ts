import assert from "node:assert/strict";
import { RestrictedNamespace, type RestrictedNamespaceArgs } from "../../components/restricted-namespace";
import { registered, registrationOf } from "../support/doubles/registered-resources";

describe("restricted-namespace: what is asked of the engine", () => {
  const resources = (more: Partial<RestrictedNamespaceArgs> = {}) =>
    registered(() => {
      const args = { name: "apps", system: "web", podSecurityVersion: "v1.36", ...more };
      assert.equal(new RestrictedNamespace("web", args).name, "apps");
    });
  const namespace = async (more: Partial<RestrictedNamespaceArgs>) =>
    registrationOf(await resources(more), "kubernetes:core/v1:Namespace web");
  const annotationsOf = async (observed: RestrictedNamespaceArgs["observed"]): Promise<object> =>
    ((await namespace({ observed })).inputs as { metadata: { annotations: object } }).metadata.annotations;

  it("it is protected where that is asked for, and only there", async () => {
    assert.equal((await namespace({ protect: true })).options.protect, true);
    for (const protect of [false, undefined])
      assert.equal((await namespace(protect === undefined ? {} : { protect })).options.protect, undefined);
  });

  it("labels edited by hand change an annotation, once for each time, so that all are written again", async () => {
    const repairs = (count: number) => ({ "hardened.pulumi/repairs": String(count) });
    const drifted = ["pod-security.kubernetes.io/enforce"];
    assert.deepEqual(await annotationsOf(undefined), {});
    assert.deepEqual(await annotationsOf({ drifted: [], repairs: 0 }), {});
    assert.deepEqual(await annotationsOf({ drifted, repairs: 0 }), repairs(1));
    assert.deepEqual(await annotationsOf({ drifted: [...drifted, "b"], repairs: 2 }), repairs(3));
    assert.deepEqual(await annotationsOf({ drifted: [], repairs: 3 }), repairs(3));
  });

  it("what is in it goes with it, waits for it, and has the quota that is asked for or the usual one", async () => {
    const all = await resources();
    const inside = all.filter(({ resource }) => /web-(quota|limits|default-deny|allow-dns)$/.test(resource));
    assert.equal(inside.length, 4);
    for (const { resource, options } of inside)
      assert.deepEqual(
        [options.parent, options.deletedwith, options.dependencies],
        [
          "hardened:components:RestrictedNamespace web",
          "kubernetes:core/v1:Namespace web",
          ["kubernetes:core/v1:Namespace web"],
        ],
        resource,
      );
    const quota = (given: typeof all) =>
      (registrationOf(given, "kubernetes:core/v1:ResourceQuota web-quota").inputs as { spec: object }).spec;
    const usual = { pods: "20", "requests.cpu": "4", "requests.memory": "4Gi", "services.loadbalancers": "0" };
    assert.deepEqual(quota(all), { hard: usual });
    assert.deepEqual(quota(await resources({ quota: { pods: "1" } })), { hard: { pods: "1" } });
  });
});
