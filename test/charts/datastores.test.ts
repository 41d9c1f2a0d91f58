import { strict as assert } from "node:assert";
import { join } from "node:path";
import { charts, helm, mailroom, only, type Rendered, refusal, render } from "./support/helm";

const chart = "datastores";
const values = { postgresql: { existingSecret: "database" }, redis: { existingSecret: "queue" } };
const rendered = (more: object = {}): Promise<Rendered[]> =>
  render({ chart, release: chart, values: { ...values, ...more } });
const named = (objects: readonly Rendered[], kind: string, server: string): Rendered =>
  only(objects, kind, `datastores-${server}`);

describe("charts/datastores", () => {
  it("lint finds nothing", async () => {
    const set = ["--set", "postgresql.existingSecret=a", "--set", "redis.existingSecret=b"];
    const { code, stdout } = await helm(["lint", "--strict", join(charts, chart), ...set]);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
  });

  it("both servers are hardened like a service, and one pod each that is never there twice", async () => {
    const objects = await rendered();
    const model = only(await mailroom(), "Deployment").spec.template.spec;
    for (const server of ["postgresql", "redis"]) {
      const { spec } = named(objects, "Deployment", server);
      const pod = spec.template.spec;
      assert.deepEqual([spec.replicas, spec.strategy], [1, { type: "Recreate" }]);
      assert.deepEqual(pod.securityContext, {
        ...model.securityContext,
        fsGroup: 10001,
        fsGroupChangePolicy: "OnRootMismatch",
      });
      assert.deepEqual(pod.containers[0].securityContext, model.containers[0].securityContext);
      assert.equal(pod.automountServiceAccountToken, false);
      for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
        assert.ok(pod.containers[0][probe], probe);
    }
  });

  it("each gets the password of its own Secret and not the other's, and refuses to start without", async () => {
    const objects = await rendered();
    for (const [server, secret] of [
      ["postgresql", "database"],
      ["redis", "queue"],
    ] as const) {
      const [container] = named(objects, "Deployment", server).spec.template.spec.containers;
      assert.deepEqual(container.envFrom, [{ secretRef: { name: secret } }]);
      assert.ok(!container.env?.some(({ name }) => /PASSWORD/.test(name)));
      const without = { ...values, [server]: {} };
      assert.match(await refusal({ chart, values: without }), new RegExp(`${server}\\.existingSecret is empty`));
    }
  });

  it("the database's data is in a volume of the cluster when a size is given, else it goes with the pod", async () => {
    const volume = (objects: readonly Rendered[]) =>
      named(objects, "Deployment", "postgresql").spec.template.spec.volumes.find(({ name }) => name === "data");
    assert.deepEqual(volume(await rendered()), { name: "data", emptyDir: { sizeLimit: "1Gi" } });
    const kept = await rendered({ postgresql: { existingSecret: "database", storage: "2Gi" } });
    assert.deepEqual(volume(kept), { name: "data", persistentVolumeClaim: { claimName: "datastores-postgresql" } });
    assert.deepEqual(named(kept, "PersistentVolumeClaim", "postgresql").spec.resources, {
      requests: { storage: "2Gi" },
    });
    assert.match(await refusal({ chart, values: { ...values, postgresql: { storage: "much" } } }), /storage/);
  });

  it("only the clients' namespaces reach a server, at its port; neither server reaches anybody", async () => {
    const objects = await rendered({ networkPolicy: { enabled: true, clients: ["app"] } });
    for (const [server, port] of [
      ["postgresql", 5432],
      ["redis", 6379],
    ] as const) {
      const { spec } = named(objects, "NetworkPolicy", server);
      const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "app" } } }];
      assert.deepEqual(spec.ingress, [{ from, ports: [{ protocol: "TCP", port }] }]);
      assert.deepEqual([spec.egress, spec.policyTypes], [[], ["Ingress", "Egress"]]);
      assert.deepEqual(spec.podSelector, {
        matchLabels: named(objects, "Deployment", server).spec.selector.matchLabels,
      });
      assert.deepEqual(
        named(objects, "Service", server).spec.selector,
        named(objects, "Deployment", server).spec.selector.matchLabels,
      );
    }
  });
});
