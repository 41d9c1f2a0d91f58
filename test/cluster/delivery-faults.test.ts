import assert from "node:assert/strict";
import type { Cluster } from "../../cluster/cluster";
import { deliveryFaults, heldByHelm } from "../../cluster/delivery-faults";
import type { ReleaseState } from "../../cluster/helm-records";

const cluster = (namespaces: readonly string[]) =>
  ({
    context: "here",
    get: async (_: string, name: string) => (namespaces.includes(name) ? {} : undefined),
  }) as unknown as Cluster;
const place = { namespace: "apps", release: "web" };
const state = (writer: string) => ({ status: "deployed", revision: 1, writer }) as unknown as ReleaseState;

describe("delivery-faults: before a controller installs a stack's charts", () => {
  it("names Argo CD's namespace when it is not there", async () => {
    const controller = { with: "argocd", namespace: "argocd" };
    assert.deepEqual(await deliveryFaults(cluster(["argocd"]), controller), []);
    assert.match(
      String(await deliveryFaults(cluster([]), controller)),
      /^hardened:delivery\.namespace: namespace argocd does not exist in the cluster of context "here"; name the one/,
    );
  });

  it("asks for no namespace where the controller's objects are in those of the releases", async () =>
    assert.deepEqual(await deliveryFaults(cluster([]), { with: "flux" }), []));

  it("names a release that Helm or this program has installed, and where the way over is told", () => {
    for (const writer of ["Helm", "pulumi-kubernetes"])
      assert.match(
        String(heldByHelm(place, state(writer), { with: "flux" })),
        /^release apps\/web is installed by Helm, and hardened:delivery now says flux: .*deliver-with-gitops\.md#change-who-installs$/,
      );
  });

  it("passes none, and Flux's own", () => {
    assert.deepEqual(heldByHelm(place, undefined, { with: "argocd" }), []);
    assert.deepEqual(heldByHelm(place, state("helm-controller"), { with: "flux" }), []);
  });
});
