import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceValidation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { rules } from "../../../policy/evaluate/catalogue";
import { policiesOf } from "../../../policy/evaluate/pack";
import { environmentConfig } from "../../../policy/evaluate/pack-config";
import { ask, asked, helmRelease, release, settings, unknown } from "../support/ask";
import { useHelm } from "../support/helm";
import { container, image, labels, podSpec } from "../support/pod";

describe("pack", function () {
  this.timeout(60_000);
  before(useHelm);

  it("has one policy for each rule, with its enforcement in this profile", () => {
    const policies = policiesOf(settings);
    assert.deepEqual(
      policies.map(({ name, enforcementLevel, severity }) => [name, enforcementLevel, severity]),
      rules.map(({ id, enforcement, severity }) => [id, enforcement.prod, severity]),
    );
    const inDev = policiesOf(() => settings("dev")).find(({ name }) => name === "image-digest");
    assert.equal(inDev?.enforcementLevel, "advisory");
  });

  it("has nothing to say about a hardened release", async () => {
    assert.deepEqual(await asked(helmRelease, release("good")), []);
  });

  it("[MR-54] sees inside a release: object, container, field, got, want, fix, template and line", async () => {
    assert.deepEqual(await asked(helmRelease, release("good", { allowPrivilegeEscalation: true })), [
      [
        "allow-privilege-escalation",
        'Deployment apps/web, container "web": securityContext.allowPrivilegeEscalation must be false, got true (good/templates/deployment.yaml:19); set securityContext.allowPrivilegeEscalation: false',
      ],
    ]);
  });

  it("[FL-121] evaluates hooks and subcharts", async () => {
    const hooks = await asked(helmRelease, release("hooks"));
    assert.ok(
      hooks.some(
        ([rule, message]) =>
          rule === "job-bounds" && message.startsWith("Job apps/web-setup: spec.activeDeadlineSeconds"),
      ),
    );
    assert.ok(
      hooks.some(
        ([rule, message]) => rule === "privileged" && message.startsWith('Pod apps/web-test, container "test"'),
      ),
    );
    const parent = await asked(helmRelease, release("parent"));
    assert.ok(
      parent.some(
        ([rule, message]) => rule === "host-namespaces" && message.includes("parent/charts/child/templates/pod.yaml:5"),
      ),
    );
  });

  it("[MR-28] refuses a credential in the values and in a subchart's values.yaml, and shows neither", async () => {
    const found = await asked(helmRelease, release("parent", { secrets: { token: "correct-horse" } }));
    const messages = found.filter(([rule]) => rule === "secret-in-values").map(([, message]) => message);
    assert.equal(messages.length, 2);
    assert.match(
      messages.join("\n"),
      /Release apps\/web: values\.secrets\.token .*\n.*parent\/charts\/child\/values\.yaml:2/,
    );
    for (const [, message] of found) assert.doesNotMatch(message, /correct-horse|hunter2/);
  });

  it("refuses releases and plain objects alike when the settings are mistaken, with every mistake", async () => {
    const mistaken = () =>
      environmentConfig(
        {
          PULUMI_CONFIG: JSON.stringify({ "hardened:enviroment": "dev", "hardened:policy": "[]" }),
          HARDENED_PROJECT_ROOT: join(__dirname, "../fixtures"),
        },
        __dirname,
      );
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "apps", labels } };
    for (const [type, inputs] of [
      ["kubernetes:core/v1:ConfigMap", object],
      [helmRelease, release("good")],
    ] as const) {
      const messages = (await ask(policiesOf(mistaken), type, inputs)).filter(([rule]) => rule === "release-renders");
      assert.equal(messages.length, 2, type);
      assert.match(
        messages[0]?.[1] ?? "",
        /hardened:policy: expected object, received array.*correct the stack's settings/,
      );
      assert.match(messages[1]?.[1] ?? "", /hardened:enviroment is no key of the pack/);
    }
  });

  it("evaluates plain objects of the program", async () => {
    const spec = {
      selector: {},
      template: { metadata: { labels }, spec: podSpec({ containers: [container({ image: "web:1" })], hostPID: true }) },
    };
    const found = await asked("kubernetes:apps/v1:Deployment", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "x", labels },
      spec,
    });
    assert.deepEqual(
      found.map(([rule]) => rule),
      ["host-namespaces", "image-digest"],
    );
    assert.match(found[0]?.[1] ?? "", /^Deployment x\/web: spec\.template\.spec\.hostPID must be/);
    const pod = await asked("kubernetes:core/v1:Pod", {
      metadata: { name: "web", labels },
      spec: podSpec({ hostIPC: true }),
    });
    assert.deepEqual(
      pod.map(([rule]) => rule),
      ["host-namespaces"],
    );
    const list = await asked("kubernetes:core/v1:PodList", {
      items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "a", labels }, spec: podSpec({ hostIPC: true }) }],
    });
    assert.deepEqual(
      list.map(([rule]) => rule),
      ["host-namespaces"],
    );
  });

  it("evaluates what is known of an object and fails closed on the rest", async () => {
    const pod = podSpec({ hostNetwork: true, containers: [container({ image: unknown })] });
    const spec = { template: { metadata: { labels }, spec: pod } };
    const found = await asked("kubernetes:apps/v1:Deployment", { metadata: { name: "web", labels }, spec });
    assert.deepEqual(
      found.map(([rule]) => rule),
      ["host-namespaces", "image-digest", "image-tag-forbidden"],
    );
    assert.match(found[1]?.[1] ?? "", /image cannot be evaluated, got a value unknown until deployment/);
    const all = await asked("kubernetes:apps/v1:Deployment", { metadata: { name: "web" }, spec: unknown });
    assert.ok(all.some(([rule]) => rule === "privileged") && all.some(([rule]) => rule === "run-as-non-root"));
  });

  it("refuses patches of pods, passes other patches and everything that is no object", async () => {
    const patch = await asked("kubernetes:apps/v1:DeploymentPatch", {
      metadata: { name: "web" },
      spec: { template: { spec: {} } },
    });
    assert.deepEqual(
      patch.map(([rule]) => rule),
      ["release-renders"],
    );
    for (const type of [
      "kubernetes:core/v1:ConfigMapPatch",
      "pulumi:providers:kubernetes",
      "random:index/randomPassword:RandomPassword",
    ]) {
      assert.deepEqual(await asked(type, { metadata: { name: "web" }, spec: unknown }), [], type);
    }
  });

  it("leaves a component to its objects, unless it has none before its inputs are known", async () => {
    for (const type of ["kubernetes:helm.sh/v4:Chart", "kubernetes:yaml/v2:ConfigGroup"]) {
      assert.deepEqual(await asked(type, { values: { a: "b" } }), [], type);
      assert.deepEqual(
        (await asked(type, { values: { a: unknown } })).map(([rule, message]) => [rule, message.split(";")[0]]),
        [
          [
            "release-renders",
            `${type.split(":")[2]} web: values.a cannot be evaluated, got a value unknown until deployment`,
          ],
        ],
      );
    }
  });

  it("evaluates new inputs of the same resource again, also when some policies are switched off", async () => {
    const policies = policiesOf(settings).slice(3);
    assert.deepEqual(await ask(policies, helmRelease, release("good")), []);
    const found = await ask(policies, helmRelease, release("good", { image: "web:1" }));
    assert.deepEqual(
      found.map(([rule]) => rule),
      ["image-digest"],
    );
    assert.deepEqual(await ask(policies, helmRelease, release("good", { image })), []);
  });

  it("turns an error of its own into a violation without its text", async () => {
    const props = {
      get chart(): string {
        throw new Error("correct-horse");
      },
    };
    const [policy] = policiesOf(settings) as [ResourceValidationPolicy];
    const messages: string[] = [];
    const args = { type: helmRelease, urn: "urn", name: "web", props } as unknown as ResourceValidationArgs;
    await (policy.validateResource as ResourceValidation)(args, (message) => messages.push(message));
    assert.match(
      messages.join(),
      /^Release web: the resource cannot be evaluated, got an error of the policy pack itself \(Error\)/,
    );
    assert.doesNotMatch(messages.join(), /horse/);
  });

  it("renders once for all policies", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pack-"));
    const { HELM_RENDER_BIN } = process.env;
    try {
      cpSync(join(__dirname, "../fixtures/charts/good"), join(folder, "charts/once"), { recursive: true });
      writeFileSync(join(folder, "helm-render"), `#!/bin/sh\ntee -a ${folder}/calls | ${HELM_RENDER_BIN}\n`, {
        mode: 0o755,
      });
      process.env.HELM_RENDER_BIN = join(folder, "helm-render");
      await asked(helmRelease, release("once", { n: 1 }), { ...settings(), projectRoot: folder });
      const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
      assert.deepEqual(
        calls.map((line) => (JSON.parse(line) as { op: string }).op),
        ["render"],
      );
    } finally {
      process.env.HELM_RENDER_BIN = HELM_RENDER_BIN;
      rmSync(folder, { recursive: true });
    }
  });
});
