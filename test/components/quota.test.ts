import assert from "node:assert/strict";
import { quotaOf, roomyQuotaOf, usualQuota } from "../../components/quota";

describe("components/quota", () => {
  const requests = { cpu: "250m", memory: "512Mi" };

  it("holds every workload at its maximum twice", () => {
    assert.deepEqual(
      quotaOf([{ pods: 3, requests }, { pods: 1, requests: { cpu: "1", memory: "1Gi" } }, { pods: 2 }]),
      {
        pods: "12",
        "requests.cpu": "3500m",
        "requests.memory": "5120Mi",
        "services.loadbalancers": "0",
      },
    );
  });

  it("is nowhere below the usual one, and above it only where that is needed", () => {
    assert.deepEqual(roomyQuotaOf([]), usualQuota);
    assert.deepEqual(roomyQuotaOf([{ pods: 10, requests: { cpu: "200m", memory: "64Mi" } }]), usualQuota);
    assert.deepEqual(roomyQuotaOf([{ pods: 50, requests: { cpu: "1", memory: "10Mi" } }]), {
      ...usualQuota,
      pods: "100",
      "requests.cpu": "100000m",
    });
    assert.deepEqual(roomyQuotaOf([{ pods: 1, requests: { cpu: "100m", memory: "3Gi" } }]), {
      ...usualQuota,
      "requests.memory": "6144Mi",
    });
  });
});
