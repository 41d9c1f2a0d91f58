import { strict as assert } from "node:assert";
import { admit } from "../../../policy/pod-security/admission";
import { namespacePolicy } from "../../../policy/pod-security/namespace";

const key = "pod-security.kubernetes.io/";
const { policy } = namespacePolicy({
  [`${key}enforce`]: "baseline",
  [`${key}enforce-version`]: "v1.30",
  [`${key}warn`]: "restricted",
  [`${key}audit`]: "restricted",
  [`${key}audit-version`]: "v1.5",
});
const pod = (securityContext: object) => ({ metadata: {}, spec: { containers: [{ name: "a", securityContext }] } });
const confined = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "Localhost" },
};
const nonRoot = 'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)';

describe("pod-security-admission", () => {
  it("[MR-15] refuses a pod with the API server's words, and does not warn then", () => {
    const { allowed, error, warnings, audit } = admit(pod({ privileged: true }), policy, "Pod");
    const privileged = 'privileged (container "a" must not set securityContext.privileged=true)';
    assert.deepEqual(
      { allowed, error, warnings, audit },
      {
        allowed: false,
        error: `violates PodSecurity "baseline:v1.30": ${privileged}`,
        warnings: [],
        audit: `would violate PodSecurity "restricted:v1.5": ${privileged}, ${nonRoot}`,
      },
    );
  });

  it("[MR-15] only warns of a controller, by the warn policy", () => {
    const { allowed, error, warnings } = admit(pod({ ...confined, privileged: true }), policy, "PodTemplate");
    assert.deepEqual(
      { allowed, error, warnings },
      {
        allowed: true,
        error: undefined,
        warnings: [
          'would violate PodSecurity "restricted:latest": privileged (container "a" must not set securityContext.privileged=true)',
        ],
      },
    );
  });

  it("[MR-15] warns of a pod that passes enforce only, and is silent about one that passes all", () => {
    const { runAsNonRoot: _, ...asAnyone } = confined;
    const warned = admit(pod(asAnyone), policy, "Pod");
    assert.deepEqual(
      [warned.allowed, warned.warnings],
      [true, [`would violate PodSecurity "restricted:latest": ${nonRoot}`]],
    );
    const { enforced, ...silent } = admit(pod(confined), policy, "Pod");
    assert.deepEqual(silent, { allowed: true, warnings: [] });
    assert.equal(enforced.allowed, true);
  });

  it("[MR-15] refuses a pod the API server could not read", () => {
    const { allowed, enforced } = admit({ metadata: {}, spec: { hostPID: "yes" } }, policy, "Pod");
    assert.deepEqual([allowed, enforced.problems.length], [false, 1]);
  });
});
