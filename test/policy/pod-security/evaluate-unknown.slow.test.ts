import { strict as assert } from "node:assert";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { evaluatePod } from "../../../policy/pod-security/evaluate-pod";
import { podSchema, type Schema } from "../../../policy/pods/pod-schema";
import { PodGenerator } from "../parity/pod-generator";
import { Random } from "../parity/random";

const good = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const pod = (spec: object, metadata: object = {}) => ({ metadata, spec });
const evaluate = (subject: unknown) => {
  const { allowed, detail, findings } = evaluatePod(subject, "restricted", "latest", { kind: "Pod" });
  return {
    allowed,
    detail,
    findings: findings.map(({ check, outcome, places }) =>
      [check, outcome, ...places.map(({ field }) => field)].join(" "),
    ),
  };
};
const passes = { allowed: true, detail: "", findings: [] };

describe("evaluate-unknown", () => {
  it("[MR-34] leaves undetermined only the rules that depend on the value, and says where it stands", () => {
    assert.deepEqual(
      evaluate(pod({ containers: [{ name: "a", securityContext: { ...good, privileged: UNKNOWN } }] })),
      {
        allowed: false,
        detail: "",
        findings: ["privileged undetermined containers[0].securityContext.privileged"],
      },
    );
    const { field, got, want, fix } = evaluatePod(pod({ hostPID: UNKNOWN }), "baseline", "latest").findings[0] ?? {};
    assert.deepEqual(
      { field, got, want, fix },
      {
        field: "hostPID",
        got: "unknown",
        want: "false or unset",
        fix: "give the field a value that is known before deployment",
      },
    );
  });

  it("[MR-34] names the container an unknown value belongs to", () => {
    const containers = [{ name: "a" }, { name: "b", securityContext: UNKNOWN }, UNKNOWN];
    const { findings } = evaluatePod(pod({ containers }), "baseline", "v1.10");
    const privileged = findings.find(({ check }) => check === "privileged");
    assert.deepEqual(privileged?.containers, ["b"]);
    assert.deepEqual(
      privileged?.places.map(({ field }) => field),
      ["containers[1].securityContext", "containers[2]"],
    );
  });

  it("[MR-34] fails by what is known, in upstream's words, whatever the unknown", () => {
    const spec = {
      containers: [
        { name: "a", securityContext: { ...good, privileged: UNKNOWN } },
        { name: "b", securityContext: { ...good, privileged: true } },
      ],
    };
    assert.deepEqual(evaluate(pod(spec)), {
      allowed: false,
      detail: 'privileged (container "b" must not set securityContext.privileged=true)',
      findings: ["privileged fail containers[1].securityContext.privileged"],
    });
  });

  it("[MR-34] passes when no value could break the rule", () => {
    const container = { name: UNKNOWN, image: UNKNOWN, env: UNKNOWN, securityContext: good };
    assert.deepEqual(
      evaluate(
        pod({ containers: [container], volumes: [{ name: "v", emptyDir: UNKNOWN, secret: {} }] }, { labels: UNKNOWN }),
      ),
      passes,
    );
  });

  it("[MR-33] knows that false on the pod is forbidden even where every container says true", () => {
    const securityContext = { runAsNonRoot: UNKNOWN, fsGroup: UNKNOWN };
    assert.deepEqual(evaluate(pod({ securityContext, containers: [{ name: "a", securityContext: good }] })).findings, [
      "run-as-non-root undetermined securityContext.runAsNonRoot",
    ]);
  });

  it("[MR-33] names an unknown relaxation", () => {
    const spec = { hostUsers: UNKNOWN, containers: [{ name: "a", securityContext: { ...good, runAsUser: 0 } }] };
    assert.deepEqual(evaluate(pod(spec)), {
      allowed: false,
      detail: "",
      findings: ["run-as-user undetermined hostUsers"],
    });
  });

  it("[MR-34] takes unknown objects, lists, elements and whole pods", () => {
    const all = (subject: unknown) => evaluate(subject).findings.filter((text) => text.includes("undetermined")).length;
    assert.equal(all(UNKNOWN), 15);
    assert.equal(all(pod({ containers: UNKNOWN })), 12);
    assert.equal(all(pod({ containers: [UNKNOWN] })), 12);
    assert.equal(all({ metadata: UNKNOWN, spec: {} }), 1);
    assert.deepEqual(
      evaluate(
        pod({
          containers: [{ name: "a", securityContext: { ...good, capabilities: { drop: ["ALL"], add: [UNKNOWN] } } }],
        }),
      ).findings,
      ["capabilities-restricted undetermined containers[0].securityContext.capabilities.add[0]"],
    );
    assert.deepEqual(evaluate(pod({ volumes: [{ name: "v", hostPath: UNKNOWN }] })).findings, [
      "restricted-volumes undetermined volumes[0].hostPath",
    ]);
    assert.deepEqual(
      evaluate(pod({}, { annotations: { "container.apparmor.security.beta.kubernetes.io/a": UNKNOWN } })).findings,
      ['app-armor-profile undetermined metadata.annotations["container.apparmor.security.beta.kubernetes.io/a"]'],
    );
  });

  it("[MR-34] names all unknowns that break a rule only together", () => {
    const spec = { hostUsers: UNKNOWN, containers: [{ name: "a", securityContext: { ...good, runAsUser: UNKNOWN } }] };
    assert.deepEqual(evaluate(pod(spec)).findings, [
      "run-as-user undetermined hostUsers containers[0].securityContext.runAsUser",
    ]);
  });

  it("[MR-34] names no unknown that does not matter to the rule", () => {
    const spec = {
      hostIPC: UNKNOWN,
      hostUsers: UNKNOWN,
      containers: [
        { name: "a", securityContext: { ...good, privileged: UNKNOWN } },
        { name: "b", securityContext: { ...good, runAsUser: UNKNOWN, procMount: UNKNOWN } },
        { name: "c", securityContext: { ...good, privileged: UNKNOWN } },
      ],
    };
    assert.deepEqual(evaluate(pod(spec)).findings, [
      "host-namespaces undetermined hostIPC",
      "privileged undetermined containers[0].securityContext.privileged containers[2].securityContext.privileged",
      "proc-mount-restricted undetermined containers[1].securityContext.procMount",
      "run-as-user undetermined hostUsers containers[1].securityContext.runAsUser",
    ]);
  });

  it("[MR-34] reports a refused type before anything unknown", () => {
    const { findings, problems } = evaluatePod(pod({ hostPID: UNKNOWN, hostIPC: "no" }), "baseline", "latest");
    assert.deepEqual([findings, problems.length], [[], 1]);
  });

  it("[MR-34] is right for every value an unknown may turn out to have", () => {
    const random = new Random(11);
    const generator = new PodGenerator(random, 0.1, 0);
    const versions = ["v1.19", "v1.24", "v1.28", "v1.34", "v1.36", "latest"];
    const seen = { pass: 0, fail: 0, undetermined: 0 };
    for (let i = 0; i < 3_000; i++) {
      const original = generator.pod();
      const subject = forget(original, podSchema, random, random.pick([0.02, 0.1, 0.3]));
      const level = random.pick(["baseline", "restricted"] as const);
      const version = random.pick(versions);
      const options = { kind: random.pick(["Pod", "PodTemplate"] as const) };
      const { findings, allowed } = evaluatePod(subject, level, version, options);
      const outcomes = new Map(findings.map(({ check, outcome }) => [check, outcome]));
      assert.equal(allowed, outcomes.size === 0);
      for (let guess = 0; guess < 8; guess++) {
        const concrete = guess === 0 ? original : guessed(subject, podSchema, random);
        const failing = new Set(evaluatePod(concrete, level, version, options).findings.map(({ check }) => check));
        const text = () => JSON.stringify({ level, version, options, concrete, outcomes: [...outcomes] });
        for (const check of failing) assert.ok(outcomes.has(check), `passed, yet fails: ${check} ${text()}`);
        for (const [check, outcome] of outcomes)
          if (outcome === "fail") assert.ok(failing.has(check), `failed, yet passes: ${check} ${text()}`);
      }
      for (const outcome of outcomes.values()) seen[outcome]++;
      for (const { outcome, places, field } of findings)
        assert.ok(places.length > 0 && (outcome === "fail" || places.every(({ got }) => got === "unknown")), field);
      if (allowed) seen.pass++;
    }
    for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 100, `${outcome}: ${count}`);
  });
});

/** A copy in which parts are unknown. */
function forget(value: unknown, schema: Schema, random: Random, share: number): unknown {
  if (random.chance(share)) return UNKNOWN;
  return within(value, schema, (child, inner) => forget(child, inner, random, share));
}

/** A copy in which every unknown part has some value of its type. */
function guessed(value: unknown, schema: Schema, random: Random): unknown {
  return value === UNKNOWN
    ? some(schema, random)
    : within(value, schema, (child, inner) => guessed(child, inner, random));
}

function within(value: unknown, schema: Schema, change: (child: unknown, inner: Schema) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return schema.kind === "list" ? value.map((item) => change(item, schema.of)) : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const inner = schema.kind === "object" ? schema.fields.get(key) : schema.kind === "map" ? schema.of : undefined;
      return [key, inner === undefined ? child : change(child, inner)];
    }),
  );
}

function some(schema: Schema, random: Random): unknown {
  if (random.chance(0.2)) return undefined;
  switch (schema.kind) {
    case "boolean":
      return random.chance(0.5);
    case "list":
      return Array.from({ length: random.below(3) }, () => some(schema.of, random) ?? null);
    case "map":
      return random.chance(0.5)
        ? {}
        : { "container.apparmor.security.beta.kubernetes.io/web": random.pick(["unconfined", "runtime/default", ""]) };
    case "object":
      return Object.fromEntries(
        [...schema.fields].filter(() => random.chance(0.4)).map(([key, inner]) => [key, some(inner, random)]),
      );
    default:
      return random.pick([schema.best, schema.worst, ...(schema.kind === "string" ? ["", "a", "web"] : [0, 5])]);
  }
}
