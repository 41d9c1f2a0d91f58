import { strict as assert } from "node:assert";
import { exemptBy, namespacePolicy } from "../../../policy/pod-security/namespace";

const key = "pod-security.kubernetes.io/";
const latest = (level: string) => ({ level, version: "latest" });

describe("pod-security-namespace", () => {
  it("[MR-15] reads the six labels", () => {
    const labels = Object.fromEntries(
      ["enforce", "audit", "warn"].flatMap((mode, i) => [
        [key + mode, "restricted"],
        [`${key + mode}-version`, `v1.3${i}`],
      ]),
    );
    const { policy, errors } = namespacePolicy(labels);
    assert.deepEqual(policy, {
      enforce: { level: "restricted", version: "v1.30" },
      audit: { level: "restricted", version: "v1.31" },
      warn: { level: "restricted", version: "v1.32" },
    });
    assert.deepEqual(errors, []);
  });

  it("[MR-15] takes a namespace without labels by the cluster's defaults", () => {
    for (const labels of [null, undefined, {}, { other: "x" }])
      assert.deepEqual(namespacePolicy(labels).policy, {
        enforce: latest("privileged"),
        audit: latest("privileged"),
        warn: latest("privileged"),
      });
    const defaults = {
      enforce: { level: "baseline", version: "v1.20" },
      audit: latest("restricted"),
      warn: latest("restricted"),
    } as const;
    assert.deepEqual(namespacePolicy({}, defaults as never).policy, defaults);
  });

  it("[MR-15] warns at the level enforced when warn says nothing", () => {
    const { policy } = namespacePolicy({ [`${key}enforce`]: "baseline", [`${key}enforce-version`]: "v1.25" });
    assert.deepEqual(policy.warn, { level: "baseline", version: "v1.25" });
    assert.deepEqual(policy.audit, latest("privileged"));
  });

  it("[MR-15] reads a mistake strictly for enforce, loosely for audit and warn, and says so", () => {
    const { policy, errors } = namespacePolicy({
      [`${key}enforce`]: "strict",
      [`${key}audit`]: "",
      [`${key}warn`]: true,
      [`${key}enforce-version`]: "1.25",
    });
    assert.deepEqual(policy, {
      enforce: latest("restricted"),
      audit: latest("privileged"),
      warn: latest("privileged"),
    });
    assert.deepEqual(errors, [
      `metadata.labels[${key}enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
      `metadata.labels[${key}enforce-version]: Invalid value: "1.25": must be "latest" or "v1.x"`,
      `metadata.labels[${key}audit]: Invalid value: "": must be one of privileged, baseline, restricted`,
      `metadata.labels[${key}warn]: Invalid value: boolean: must be one of privileged, baseline, restricted`,
    ]);
  });

  it("[MR-15] exempts by exact name: namespace, then user, then runtime class", () => {
    const exemptions = { namespaces: ["kube-system"], usernames: ["system:admin"], runtimeClasses: ["kata", ""] };
    const all = { namespace: "kube-system", username: "system:admin", runtimeClass: "kata" };
    assert.equal(exemptBy(all, exemptions), "namespace");
    assert.equal(exemptBy({ ...all, namespace: "x" }, exemptions), "user");
    assert.equal(exemptBy({ runtimeClass: "kata" }, exemptions), "runtimeClass");
    for (const request of [{}, { runtimeClass: "" }, { namespace: "kube" }, { username: null, namespace: "kata" }])
      assert.equal(exemptBy(request, exemptions), null);
    assert.equal(exemptBy(all, {}), null);
  });
});
