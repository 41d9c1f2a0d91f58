import assert from "node:assert/strict";
import { podSecurityLabels } from "../../cluster/pod-security-labels";

describe("pod-security-labels", () => {
  it("[MR-15] are six: all restricted, enforced at the version given, warned and audited at the latest", () =>
    assert.deepEqual(podSecurityLabels("v1.36"), {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "v1.36",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/audit-version": "latest",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/warn-version": "latest",
    }));

  it("[MR-15] are all latest for latest", () => {
    const versions = Object.entries(podSecurityLabels("latest")).filter(([key]) => key.endsWith("-version"));
    assert.deepEqual(
      versions.map(([, version]) => version),
      ["latest", "latest", "latest"],
    );
  });
});
