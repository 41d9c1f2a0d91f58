import { strict as assert } from "node:assert";
import { addressOf } from "../../cluster/api-server-address";

const slice = (addresses: readonly string[], port: number) => ({ endpoints: [{ addresses }], ports: [{ port }] });
const service = { spec: { clusterIPs: ["10.96.0.1"], ports: [{ port: 443 }] } };

describe("api-server-address: where pods reach the API server", () => {
  it("[ZN-22] is its endpoints and the address of its Service, as blocks of one address each, with the ports of both", () => {
    assert.deepEqual(addressOf([slice(["10.0.0.2"], 6443), slice(["10.0.0.1", "10.0.0.2"], 6443)], service), {
      cidrs: ["10.0.0.1/32", "10.0.0.2/32", "10.96.0.1/32"],
      ports: [443, 6443],
    });
    assert.deepEqual(addressOf([slice(["fd00::1"], 6443)], { spec: { clusterIPs: ["None"] } }), {
      cidrs: ["fd00::1/128"],
      ports: [6443],
    });
  });

  it("is nothing where the cluster says none: a Service alone leads nowhere", () => {
    assert.equal(addressOf([], service), undefined);
    assert.equal(addressOf([{ endpoints: null, ports: null }], service), undefined);
  });
});
