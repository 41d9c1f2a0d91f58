import { strict as assert } from "node:assert";
import { admit, readConfiguration, review } from "../../../policy/pod-security/admission";
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

  describe("of a whole API server", () => {
    const privileged = {
      ...pod({ privileged: true }),
      spec: { ...pod({ privileged: true }).spec, runtimeClassName: "kata" },
    };
    const given = {
      defaults: { enforce: "baseline", "enforce-version": "v1.20", warn: "", "warn-version": null },
      exemptions: { usernames: ["robot"], namespaces: ["spared"], runtimeClasses: ["kata"] },
    };
    const { configuration, mistakes } = readConfiguration(given);
    const ask = (name: string, more: object = {}, settings = configuration) =>
      review({ pod: privileged, kind: "Pod", namespace: { name }, ...more }, settings);

    it("[MR-15] evaluates a namespace without labels by the defaults, and by privileged when there are none", () => {
      assert.deepEqual(mistakes, []);
      const { error } = ask("x", {}, { ...configuration, exemptions: {} });
      assert.match(error ?? "", /^violates PodSecurity "baseline:v1\.20": privileged/);
      assert.equal(ask("x", {}, {}).allowed, true);
      assert.deepEqual(readConfiguration(undefined).configuration.defaults?.enforce, {
        level: "privileged",
        version: "latest",
      });
    });

    it("[MR-15] says nothing of who is exempt: by namespace, user and runtime class, each matched whole", () => {
      const { exemptions } = configuration;
      for (const [name, user, settings, exempt] of [
        ["spared", "robot", configuration, "namespace"],
        ["x", "robot", configuration, "user"],
        ["x", "robots", configuration, "runtimeClass"],
        ["spare", undefined, { ...configuration, exemptions: { ...exemptions, runtimeClasses: ["kat"] } }, undefined],
      ] as const) {
        const labels = Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [key + mode, "restricted"]));
        const found = ask(name, { user, namespace: { name, labels } }, settings);
        assert.equal(found.exempt, exempt);
        assert.deepEqual(
          [found.allowed, found.warnings, found.audit === undefined],
          [exempt !== undefined, [], exempt !== undefined],
        );
      }
    });

    it("[MR-15] knows no later checks than an older API server", () => {
      const sysctls = [{ name: "net.ipv4.tcp_notsent_lowat" }];
      const tuned = { metadata: {}, spec: { securityContext: { sysctls } } };
      const labels = { [`${key}enforce`]: "baseline", [`${key}enforce-version`]: "latest" };
      const allowedBy = (emulation?: string) =>
        review(
          { pod: tuned, kind: "Pod", namespace: { name: "x", labels } },
          { ...configuration, ...(emulation !== undefined && { emulation }) },
        ).allowed;
      assert.deepEqual([allowedBy(), allowedBy("v1.37"), allowedBy("v1.36")], [true, true, false]);
    });

    it("[MR-15] names labels it cannot read and goes on with what they fall back to", () => {
      const { allowed, error, labels } = ask(
        "x",
        { namespace: { name: "x", labels: { [`${key}enforce`]: "Baseline" } } },
        {},
      );
      assert.equal(allowed, false);
      assert.match(error ?? "", /^violates PodSecurity "restricted:latest": /);
      assert.deepEqual(labels, [
        `metadata.labels[${key}enforce]: Invalid value: "Baseline": must be one of privileged, baseline, restricted`,
      ]);
    });

    it("[MR-15] refuses a configuration the API server would not start with", () => {
      const wrong = {
        defaults: { enforce: "base", "audit-version": "1.2" },
        exemptions: { usernames: "robot", namespaces: [""], runtimeClasses: [7] },
      };
      assert.deepEqual(readConfiguration(wrong).mistakes, [
        'defaults.enforce: Invalid value: "base": must be one of privileged, baseline, restricted',
        'defaults.audit-version: Invalid value: "1.2": must be "latest" or "v1.x"',
        "exemptions.usernames must be a list of names",
        "exemptions.namespaces must be a list of names",
        "exemptions.runtimeClasses must be a list of names",
      ]);
    });
  });
});
