import { strict as assert } from "node:assert";
import { knownKinds, knownMinors } from "../../../policy/manifest/kind-table";
import { servedByStock } from "../../../policy/render/api-versions";
import { apiEnd, newestMinor, notServed } from "../../../policy/rules/api-lifecycle";

const minors = Array.from({ length: knownMinors.last - knownMinors.first + 1 }, (_, i) => knownMinors.first + i);

describe("what a stock Kubernetes serves", () => {
  it("has what kube-aggregator and the extension server add, and the kinds of subresources", () => {
    for (const minor of minors) {
      const served = servedByStock(`1.${minor}`);
      for (const one of ["v1", "v1/Pod", "v1/Event", "v1/PodExecOptions", "apps/v1/Scale", "apiextensions.k8s.io/v1"])
        assert.ok(served.includes(one), one);
      assert.ok(served.includes("apiregistration.k8s.io/v1/APIService"));
      assert.ok(served.includes("autoscaling/v1/HorizontalPodAutoscaler"));
      assert.equal(new Set(served).size, served.length);
    }
  });

  it("has no alpha version, and no beta but one of before 1.24", () => {
    for (const minor of minors) {
      const unstable = servedByStock(`1.${minor}`).filter((one) => /v\d+(?:alpha|beta)\d+$/.test(one));
      assert.deepEqual(unstable, minor < 32 ? ["flowcontrol.apiserver.k8s.io/v1beta3"] : [], `1.${minor}`);
    }
  });

  for (const [one, first] of [
    ["admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy", 30],
    ["networking.k8s.io/v1/IPAddress", 33],
    ["resource.k8s.io/v1", 34],
    ["resource.k8s.io/v1/ResourceClaim", 34],
    ["storage.k8s.io/v1/VolumeAttributesClass", 34],
    ["admissionregistration.k8s.io/v1/MutatingAdmissionPolicy", 36],
    ["certificates.k8s.io/v1/ClusterTrustBundle", 37],
  ] as const)
    it(`has ${one} from 1.${first} on`, () => {
      for (const minor of minors) assert.equal(servedByStock(`v1.${minor}.0`).includes(one), minor >= first);
    });

  it("is that of the nearest version the table has", () => {
    assert.equal(servedByStock("1.20"), servedByStock(`1.${knownMinors.first}`));
    assert.equal(servedByStock("v1.99.1-eks-1"), servedByStock(`1.${knownMinors.last}`));
    assert.equal(servedByStock("latest"), servedByStock(`1.${knownMinors.last}`));
  });

  it("agrees with what is told of the end of APIs", () => {
    assert.equal(newestMinor, knownMinors.last);
    for (const { apiVersion, kind, scope, to } of knownKinds) {
      if (scope === undefined) continue;
      const removed = apiEnd(apiVersion, kind)?.removed;
      const isGone = to < knownMinors.last && notServed(apiVersion, kind, to + 1) !== undefined;
      const expected =
        removed === undefined ? to === knownMinors.last || isGone : isGone ? removed === to + 1 : removed > to;
      assert.ok(expected, `${apiVersion} ${kind} is served up to 1.${to}, and removed in 1.${removed}`);
    }
  });
});
