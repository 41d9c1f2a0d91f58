import { strict as assert } from "node:assert";
import fc from "fast-check";
import { evaluatePod, fieldInObject, verdictOnPod } from "../../../policy/pod-security/evaluate-pod";
import { PodGenerator } from "../parity/pod-generator";
import { Random } from "../parity/random";

const pod = (spec: object, metadata: object = {}) => ({ metadata, spec });

describe("evaluate-pod", () => {
  it("[MR-34] tells of each failing check its ids, containers, places, and the change that mends it", () => {
    const { findings } = evaluatePod(
      pod({ initContainers: [{ name: "a", ports: [{ hostPort: 1 }, { hostPort: 2 }] }], containers: [{ name: "b" }] }),
      "baseline",
      "latest",
    );
    assert.deepEqual(findings, [
      {
        check: "host-ports",
        upstream: "hostPorts",
        severity: "high",
        title: "Host ports are forbidden.",
        containers: ["a"],
        field: "initContainers[0].ports[0].hostPort",
        got: "1",
        want: "0 or unset",
        fix: "remove hostPort and expose the pod by a Service",
        outcome: "fail",
        places: [
          { container: "a", field: "initContainers[0].ports[0].hostPort", got: "1" },
          { container: "a", field: "initContainers[0].ports[1].hostPort", got: "2" },
        ],
      },
    ]);
  });

  it("[MR-34] joins what every check says, in upstream's order", () => {
    const { reasons, detail } = evaluatePod(pod({ hostIPC: true, containers: [{ name: "a" }] }), "restricted", "v1.22");
    assert.deepEqual(reasons, [
      "host namespaces",
      "allowPrivilegeEscalation != false",
      "unrestricted capabilities",
      "runAsNonRoot != true",
      "seccompProfile",
    ]);
    assert.equal(
      detail,
      'host namespaces (hostIPC=true), allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });

  it("[MR-34] says where every type the API server refuses stands, and evaluates nothing then", () => {
    const spec = {
      hostNetwork: "true",
      containers: [{ name: 7, securityContext: [] }, null, "x"],
      volumes: [{ name: "v", hostPath: "/" }],
      securityContext: { runAsUser: 1.5, sysctls: {} },
    };
    for (const level of ["privileged", "baseline", "restricted"] as const) {
      const { allowed, reasons, detail, findings, problems } = evaluatePod(
        pod(spec, { annotations: { a: 1 } }),
        level,
        "latest",
      );
      assert.deepEqual(
        { allowed, reasons, detail, findings },
        { allowed: false, reasons: [], detail: "", findings: [] },
      );
      assert.deepEqual(problems, [
        { field: 'metadata.annotations["a"]', got: "1", want: "a string" },
        { field: "spec.hostNetwork", got: "a string", want: "true or false" },
        { field: "spec.containers[0].name", got: "7", want: "a string" },
        { field: "spec.containers[0].securityContext", got: "a list", want: "an object" },
        { field: "spec.containers[2]", got: "a string", want: "an object" },
        { field: "spec.volumes[0].hostPath", got: "a string", want: "an object" },
        { field: "spec.securityContext.runAsUser", got: "1.5", want: "a 64-bit integer" },
        { field: "spec.securityContext.sysctls", got: "an object", want: "a list" },
      ]);
    }
  });

  it("[MR-34] takes null and absent alike: a pod of nothing passes, as upstream has it", () => {
    for (const nothing of [null, undefined, {}, { metadata: null, spec: null }])
      assert.equal(evaluatePod(nothing, "restricted", "latest").allowed, true);
    assert.deepEqual(evaluatePod(3, "restricted", "latest").problems, [{ field: "pod", got: "3", want: "an object" }]);
  });

  it("[FL-14] clamps later versions and latest to the newest known, and to an emulated cluster's", () => {
    const probed = pod({ containers: [{ name: "a", livenessProbe: { httpGet: { host: "x" } } }] });
    const allowedAt = (version: string, emulation?: string) =>
      evaluatePod(probed, "baseline", version, emulation === undefined ? {} : { emulation }).allowed;
    assert.deepEqual(
      ["v1.33", "v1.34", "v1.37", "v1.4000", "latest"].map((version) => allowedAt(version)),
      [true, false, false, false, false],
    );
    assert.deepEqual(
      ["v1.33", "v1.34", "latest"].map((emulation) => allowedAt("latest", emulation)),
      [true, false, false],
    );
    assert.equal(allowedAt("v1.30", "v1.37"), true);
  });

  it("[FL-14] refuses a version that is none, and says what one is", () => {
    for (const bad of ["1.30", "v2.0", "v1.01", "v1.", "Latest", "", "v1.9223372036854775808"]) {
      const message = `Pod Security version must be "latest" or "v1.x", got ${JSON.stringify(bad)}`;
      assert.throws(() => evaluatePod(pod({}), "baseline", bad), { name: "RangeError", message });
      assert.throws(() => evaluatePod(pod({}), "baseline", "latest", { emulation: bad }), {
        name: "RangeError",
        message,
      });
    }
  });

  it("[FL-14] never throws, whatever the JSON, and verdictOnPod says the same", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.constantFrom("Pod", "PodTemplate") as fc.Arbitrary<"Pod" | "PodTemplate">,
        (json, kind) => {
          for (const hostile of [
            json,
            { metadata: json, spec: json },
            pod({ containers: json, volumes: json, securityContext: json }),
            pod({ containers: [json, { securityContext: json, ports: json, lifecycle: json }] }, { annotations: json }),
          ]) {
            const { allowed, reasons, detail, problems } = evaluatePod(hostile, "restricted", "latest", { kind });
            const evaluated = verdictOnPod(hostile, "restricted", "latest", { kind });
            assert.deepEqual(
              { allowed, reasons, detail, problems },
              {
                allowed: evaluated.allowed,
                reasons: evaluated.reasons,
                detail: evaluated.detail,
                problems: evaluated.problems,
              },
            );
          }
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  it("[FL-14] leaves the pod as it was, and says the same again", () => {
    const generator = new PodGenerator(new Random(3), 0.3, 0.01);
    for (let i = 0; i < 2_000; i++) {
      const random = generator.pod();
      const before = structuredClone(random);
      const first = evaluatePod(random, "restricted", "latest", { kind: "Pod" });
      evaluatePod(generator.pod(), "baseline", "v1.10");
      assert.deepEqual(evaluatePod(random, "restricted", "latest", { kind: "Pod" }), first);
      assert.deepEqual(random, before);
    }
  });

  it("[FL-14] evaluates a pod with a depth, a width and keys made to hurt", () => {
    let deep: object = {};
    for (let i = 0; i < 100_000; i++) deep = { a: deep };
    const keys = JSON.parse('{"__proto__": {"hostNetwork": true}, "constructor": {"x": 1}, "toString": 1}');
    const wide = Array.from({ length: 20_000 }, (_, i) => ({
      name: `c${i}`,
      securityContext: { privileged: i === 19_999 },
    }));
    assert.equal(
      evaluatePod(pod({ ...keys, volumes: [{ name: "v", hostPath: deep }], x: deep }), "restricted", "latest").reasons
        .length,
      1,
    );
    assert.equal(
      evaluatePod(pod(keys, { annotations: JSON.parse('{"__proto__": "x"}') }), "restricted", "latest").allowed,
      true,
    );
    assert.equal(
      evaluatePod(pod({ containers: wide }), "baseline", "latest").detail,
      'privileged (container "c19999" must not set securityContext.privileged=true)',
    );
  });

  it("[FL-14] places a field in the object the pod came from", () => {
    assert.equal(fieldInObject("", "hostPID"), "spec.hostPID");
    assert.equal(fieldInObject("spec.template", "containers[0].name"), "spec.template.spec.containers[0].name");
    assert.equal(
      fieldInObject("spec.template", 'metadata.annotations["a"]'),
      'spec.template.metadata.annotations["a"]',
    );
    assert.equal(fieldInObject("spec.template", "spec"), "spec.template.spec");
    assert.equal(fieldInObject("template", ""), "template");
  });
});
