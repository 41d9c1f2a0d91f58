import { strict as assert } from "node:assert";
import { liveCluster } from "../../../policy/settings/live-cluster";

describe("live cluster", () => {
  it("is nothing when nobody says anything", () => assert.deepEqual(liveCluster({}), { mistakes: [] }));

  it("takes a version and a list, however it is separated", () => {
    const env = {
      HARDENED_KUBE_VERSION: "v1.35.2",
      HARDENED_API_VERSIONS: "v1 apps/v1/Deployment,example.com/v1beta1\n",
    };
    const apiVersions = ["v1", "apps/v1/Deployment", "example.com/v1beta1"];
    assert.deepEqual(liveCluster(env), { kubeVersion: "v1.35.2", apiVersions, mistakes: [] });
  });

  it("takes nothing it cannot read, and says so", () => {
    const env = { HARDENED_KUBE_VERSION: "new", HARDENED_API_VERSIONS: "apps/v1 --post-renderer" };
    assert.deepEqual(liveCluster(env), {
      mistakes: [
        "HARDENED_KUBE_VERSION must be a version such as v1.36.3",
        "HARDENED_API_VERSIONS must hold versions such as apps/v1, got --post-renderer",
      ],
    });
  });
});
