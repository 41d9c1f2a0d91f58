import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { loadAll } from "js-yaml";
import { applyAddons } from "../../../cluster/local/addons";
import { pki } from "../../../cluster/local/certificates";
import { scratchInstance, standInTools } from "../../support/cluster/scratch-instance";

interface Container {
  readonly args: readonly string[];
  readonly image: string;
  readonly securityContext: object;
}
interface Applied {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly verbs: readonly string[]; readonly resources: readonly string[] }[];
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: { readonly securityContext: object; readonly containers: readonly Container[] };
    };
  };
}

/** What is applied to a cluster that comes up; kube-system takes everything, so no admission would refuse it. */
describe("add-ons of a local cluster", () => {
  const instance = scratchInstance();
  const applied = `${instance.top}/applied`;
  const images = { coredns: "registry/coredns@sha256:1", "metrics-server": "registry/metrics-server@sha256:2" };
  let objects: readonly Applied[];
  const deployment = (name: string): Applied["spec"]["template"] =>
    (objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name) as Applied).spec.template;

  before(async () => {
    for (const file of ["metrics-server.crt", "metrics-server.key", "ca.crt"]) {
      mkdirSync(dirname(pki(instance, file)), { recursive: true });
      writeFileSync(pki(instance, file), file);
    }
    const restore = standInTools(instance.top, { kubectl: `cat > '${applied}'` });
    await applyAddons(instance, images).finally(restore);
    objects = loadAll(readFileSync(applied, "utf8")) as Applied[];
  });
  after(() => instance.remove());

  it("may read, and change nothing", () => {
    const rules = objects.flatMap(({ kind, rules: own = [] }) => (kind === "ClusterRole" ? own : []));
    assert.ok(rules.length > 5);
    for (const { verbs, resources } of rules) {
      assert.ok(
        verbs.every((verb) => ["get", "list", "watch"].includes(verb)),
        `${resources}: ${verbs}`,
      );
      assert.ok(!resources.some((one) => ["*", "secrets"].includes(one)), resources.join());
    }
  });

  it("run restricted, from images by digest", () => {
    for (const [name, image] of Object.entries(images)) {
      const { securityContext, containers } = deployment(name).spec;
      assert.partialDeepStrictEqual(securityContext, {
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const one of containers) {
        assert.deepEqual(one.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        assert.equal(one.image, image);
      }
    }
  });

  it("verify whom they ask: a kubelet by the cluster's authority", () => {
    const args = deployment("metrics-server").spec.containers.flatMap((one) => one.args);
    assert.ok(args.some((arg) => /^--kubelet-certificate-authority=\/.*ca\.crt$/.test(arg)));
    assert.ok(!args.some((arg) => /insecure/.test(arg)));
  });
});
