import { strict as assert } from "node:assert";
import { stripVTControlCharacters } from "node:util";
import type { JsonObject, Manifest } from "../../../policy/contract";
import { rules } from "../../../policy/evaluate/catalogue";
import { blocking, evaluate, NothingToEvaluate } from "../../../policy/evaluate/evaluate";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { declaredText, messageOf } from "../../../policy/message";
import { formatHuman } from "../../../policy/report/human";
import { policySettings } from "../../../policy/settings/settings-schema";
import { container, deployment, labels, manifest, podSpec, prod } from "../support/pod";

const rulesOf = (objects: readonly Manifest[]) => evaluate(objects, prod).findings.map(({ rule }) => rule);
const good = container();
const context = good.securityContext as JsonObject;

describe("evaluate", () => {
  it("has nothing against a hardened Deployment", () => {
    assert.deepEqual(evaluate([deployment()], prod), { findings: [], objects: 1, pods: 1 });
  });

  describe("[MR-34] [MR-54] one finding for each field that is taken away", () => {
    const rulesWithout: Record<string, string> = {
      runAsNonRoot: "run-as-non-root",
      allowPrivilegeEscalation: "allow-privilege-escalation",
      readOnlyRootFilesystem: "read-only-root-filesystem",
      seccompProfile: "seccomp-profile-restricted",
      capabilities: "capabilities-restricted",
      runAsUser: "run-as-user-numeric",
    };
    for (const [field, rule] of Object.entries(rulesWithout)) {
      it(`${field}: ${rule}`, () => {
        const { [field]: _, ...rest } = context;
        assert.deepEqual(rulesOf([deployment(podSpec({ containers: [container({ securityContext: rest })] }))]), [
          rule,
        ]);
      });
    }
  });

  it("[MR-33] evaluates the pods of custom kinds where the project says they are, by Pod Security and by the other rules", () => {
    const template = {
      metadata: { labels },
      spec: podSpec({ hostNetwork: true, containers: [container({ image: "web:latest" })] }),
    };
    const run = manifest("batch.example.com/v1", "BatchRun", { spec: { steps: [{ template }] } });
    const podKinds = [{ group: "batch.example.com", kind: "BatchRun", path: "spec.steps.*.template" }];
    assert.equal(evaluate([run], prod).pods, 0);
    const { pods, findings } = evaluate([run], { ...prod, settings: policySettings.parse({ podKinds }) });
    assert.equal(pods, 1);
    const fields = new Map(findings.map(({ rule, field }) => [rule, field]));
    assert.equal(fields.get("host-namespaces"), "spec.steps[0].template.spec.hostNetwork");
    assert.equal(fields.get("image-digest"), "spec.steps[0].template.spec.containers[0].image");
  });

  it("[MR-33] evaluates the pods of all kinds that have any", () => {
    const bad = { metadata: { labels }, spec: podSpec({ hostNetwork: true }) };
    const kinds: [string, string, JsonObject][] = [
      ["v1", "Pod", { spec: bad.spec }],
      ["v1", "PodTemplate", { template: bad }],
      ["v1", "ReplicationController", { spec: { template: bad } }],
      ["apps/v1", "Deployment", { spec: { template: bad } }],
      ["apps/v1", "ReplicaSet", { spec: { template: bad } }],
      ["apps/v1", "StatefulSet", { spec: { template: bad } }],
      ["apps/v1", "DaemonSet", { spec: { template: bad } }],
      ["batch/v1", "Job", { spec: { activeDeadlineSeconds: 1, backoffLimit: 0, template: bad } }],
      [
        "batch/v1",
        "CronJob",
        {
          spec: {
            concurrencyPolicy: "Forbid",
            jobTemplate: { spec: { activeDeadlineSeconds: 1, backoffLimit: 0, template: bad } },
          },
        },
      ],
      ["argoproj.io/v1alpha1", "Rollout", { spec: { template: bad } }],
    ];
    for (const [apiVersion, kind, rest] of kinds) {
      assert.deepEqual(rulesOf([manifest(apiVersion, kind, rest)]), ["host-namespaces"], kind);
    }
  });

  it("[MR-33] evaluates Pod Security as an API server of the cluster's version does, for which latest is its own version", () => {
    const sysctl = podSpec({
      securityContext: {
        seccompProfile: { type: "RuntimeDefault" },
        sysctls: [{ name: "net.ipv4.tcp_notsent_lowat", value: "1" }],
      },
    });
    const root = podSpec({
      hostUsers: false,
      containers: [container({ securityContext: { ...context, runAsNonRoot: false } })],
    });
    const found = (spec: JsonObject, version: string, kubeVersion?: string) =>
      evaluate([deployment(spec)], {
        ...prod,
        podSecurity: { level: "restricted", version },
        ...(kubeVersion !== undefined && { kubeVersion }),
      }).findings.map(({ rule }) => rule);
    for (const version of ["latest", "v1.37", "v1.99"]) {
      assert.deepEqual(found(sysctl, version, "1.36"), ["sysctls"], version);
      assert.deepEqual(found(sysctl, version, "v1.37.2"), [], version);
      assert.deepEqual(found(root, version, "1.31"), ["run-as-non-root"], version);
      assert.deepEqual(found(root, version, "1.35"), [], version);
    }
    assert.deepEqual(found(sysctl, "latest"), [], "of a version nobody says");
    assert.deepEqual(found(root, "v1.31", "1.36"), ["run-as-non-root"], "pinned below the cluster's version");
  });

  it("says that there was nothing to evaluate, unless that is expected", () => {
    assert.throws(() => evaluate([], prod), NothingToEvaluate);
    assert.deepEqual(evaluate([], { ...prod, allowEmpty: true }).objects, 0);
  });

  it("puts findings in the order of objects, then rules, however often it is asked", () => {
    const bad = (name: string): Manifest => ({
      object: { ...deployment({ containers: [{ name: "x" }] }).object, metadata: { name } },
    });
    const first = evaluate([bad("b"), bad("a")], prod).findings;
    assert.deepEqual([...new Set(first.map(({ object }) => object.name))], ["b", "a"]);
    const ids = rules.map(({ id }) => id);
    const ofB = first.filter(({ object }) => object.name === "b").map(({ rule }) => ids.indexOf(rule));
    assert.deepEqual(
      ofB,
      ofB.toSorted((x, y) => x - y),
    );
    assert.deepEqual(evaluate([bad("b"), bad("a")], prod).findings, first);
  });

  it("refuses a pod the API server cannot read, naming the field", () => {
    const [finding, ...more] = evaluate([deployment(podSpec({ hostNetwork: "no" }))], prod).findings;
    assert.deepEqual(more, []);
    assert.ok(finding);
    assert.match(
      messageOf(finding),
      /^Deployment apps\/web: spec\.template\.spec\.hostNetwork must be true or false, got /,
    );
  });

  for (const [where, object] of [
    ["the whole spec", manifest("apps/v1", "Deployment", { spec: UNKNOWN as never })],
    ["the template", manifest("apps/v1", "Deployment", { spec: { template: UNKNOWN as never } })],
    ["the pod", deployment(UNKNOWN as never)],
    ["the containers", deployment(podSpec({ containers: UNKNOWN as never }))],
    ["a container", deployment(podSpec({ containers: [UNKNOWN as never] }))],
    ["a Job in a CronJob", manifest("batch/v1", "CronJob", { spec: { jobTemplate: UNKNOWN as never } })],
  ] as const) {
    it(`fails closed when ${where} is unknown`, () => {
      const verdict = evaluate([object], prod);
      assert.ok(blocking(verdict, "prod").length > 0);
      assert.ok(verdict.findings.some(({ outcome }) => outcome === "undetermined"));
      for (const finding of verdict.findings) assert.ok(finding.field !== "", finding.rule);
    });
  }

  it("fails closed on an unknown field and says which", () => {
    const unknown = container({ securityContext: { ...context, allowPrivilegeEscalation: UNKNOWN as never } });
    const [finding, ...more] = evaluate([deployment(podSpec({ containers: [unknown] }))], prod).findings;
    assert.deepEqual(more, []);
    assert.equal(finding?.outcome, "undetermined");
    assert.equal(finding.field, "spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation");
  });

  it("says which rules an object's own annotations keep from reporting, and why; not of those that hold anyway", () => {
    const reasons = {
      "hardened.pulumi/no-probes": "takes jobs from a queue",
      "hardened.pulumi/service-account-token": "watches its own Jobs",
    };
    const worker = podSpec({
      automountServiceAccountToken: true,
      serviceAccountName: "web",
      containers: [
        container({ startupProbe: null, livenessProbe: null }),
        container({ name: "two", readinessProbe: null }),
      ],
    });
    const { findings, declared = [] } = evaluate([deployment(worker, reasons)], prod);
    assert.deepEqual(findings, []);
    assert.deepEqual(declared.map(declaredText), [
      "Deployment apps/web says why service-account-token does not hold for it: watches its own Jobs",
      "Deployment apps/web says why probes does not hold for it: takes jobs from a queue",
    ]);
    assert.equal(evaluate([deployment(podSpec(), reasons)], prod).declared, undefined);
    assert.match(
      formatHuman({ findings, declared, objects: 1, pods: 1 }, { profile: "prod" }),
      /~ Deployment apps\/web says why probes does not hold for it: takes jobs from a queue/,
    );
  });

  it("passes an unknown that no rule depends on", () => {
    assert.deepEqual(rulesOf([deployment(podSpec({ nodeName: UNKNOWN as never }))]), []);
  });

  it("tells mandatory from advisory by profile", () => {
    const verdict = evaluate([deployment(podSpec({ containers: [container({ volumeMounts: [] })] }))], prod);
    assert.deepEqual(
      verdict.findings.map(({ rule }) => rule),
      ["writable-tmp"],
    );
    assert.deepEqual(blocking(verdict, "prod"), []);
  });
});

describe("message and human report", () => {
  const weak = container({ securityContext: { ...context, allowPrivilegeEscalation: true } });
  const verdict = evaluate(
    [{ ...deployment(podSpec({ containers: [weak] })), file: "web/templates/deployment.yaml" }],
    {
      ...prod,
      lineOf: () => 12,
    },
  );

  it("says who, where, what, where written and how to fix it, in one line", () => {
    assert.equal(
      verdict.findings.map(messageOf).join("\n"),
      'Deployment apps/web, container "web": securityContext.allowPrivilegeEscalation must be false, got true (web/templates/deployment.yaml:12); set securityContext.allowPrivilegeEscalation: false',
    );
  });

  it("groups by object and ends with counts", () => {
    assert.equal(
      formatHuman(verdict, { profile: "prod" }),
      `Deployment apps/web
  ✖ container "web": securityContext.allowPrivilegeEscalation must be false, got true (web/templates/deployment.yaml:12) [allow-privilege-escalation]
      set securityContext.allowPrivilegeEscalation: false

1 object (1 pod) evaluated: 1 mandatory, 0 advisory
`,
    );
    assert.equal(
      formatHuman(evaluate([deployment()], prod), { profile: "prod" }),
      "1 object (1 pod) evaluated, nothing found\n",
    );
  });

  it("colours only when asked", () => {
    const coloured = formatHuman(verdict, { profile: "prod", color: true });
    const plain = formatHuman(verdict, { profile: "prod" });
    assert.notEqual(coloured, plain);
    assert.equal(stripVTControlCharacters(coloured), plain);
    assert.equal(stripVTControlCharacters(plain), plain);
  });
});

describe("rules", () => {
  it("have ids of their own, in kebab case, and say what to do", () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    for (const { id, fix, description } of rules) {
      assert.match(id, /^[a-z]+(?:-[a-z]+)*$/);
      assert.ok(fix !== "" && description !== "", id);
    }
  });
});
