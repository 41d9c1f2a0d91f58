import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import { rules } from "../../policy/evaluate/catalogue";
import { isRunning } from "../../process/identity";
import { eventually } from "../support/run";
import { Analyzer } from "./support/analyzer";
import { unknown } from "./support/ask";
import { useHelm } from "./support/helm";

const program = join(__dirname, "../../policy/hardened-policy");
const project = join(__dirname, "fixtures");
const release = (values: Record<string, string | boolean>) => ({
  chart: "./charts/good",
  name: "web",
  namespace: "apps",
  version: "0.1.0",
  values,
});

describe("the pack as a program", function () {
  this.timeout(60_000);
  let analyzer: Analyzer;

  before(useHelm);
  beforeEach(async () => {
    analyzer = await Analyzer.start(program, project);
  });
  afterEach(() => analyzer.stop());

  it("serves every rule, as strict as prod until it is told the stack", async () => {
    const info = await analyzer.info();
    assert.equal(info.getName(), "hardened");
    assert.deepEqual(
      info.getPoliciesList().map((policy) => policy.getName()),
      rules.map(({ id }) => id),
    );
    const levels = new Map(info.getPoliciesList().map((policy) => [policy.getName(), policy.getEnforcementlevel()]));
    assert.equal(levels.get("image-digest"), EnforcementLevel.MANDATORY);
    assert.equal(levels.get("writable-tmp"), EnforcementLevel.ADVISORY);
  });

  it("mends an object at the level remediate, and what is exempt, unknown or inside a chart stays", async () => {
    const exemption = {
      rule: "service-account-token",
      object: "Deployment/exempt",
      reason: "talks to the API server",
      owner: "platform",
      expires: "2099-12-31",
    };
    await analyzer.configureStack("hardened", { "hardened:policy": JSON.stringify({ exemptions: [exemption] }) });
    const level = EnforcementLevel.REMEDIATE;
    await analyzer.configure({ "service-account-token": { level }, "allow-privilege-escalation": { level } });
    const type = "kubernetes:apps/v1:Deployment";
    const workload = (name: string, image = "web") => ({
      metadata: { name, namespace: "apps" },
      spec: { template: { spec: { containers: [{ name: "web", image }] } } },
    });
    const { properties, by } = await analyzer.remediate(type, workload("web", unknown));
    assert.deepEqual(by, ["allow-privilege-escalation", "service-account-token"]);
    assert.deepEqual(properties.spec, {
      template: {
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name: "web", image: unknown, securityContext: { allowPrivilegeEscalation: false } }],
        },
      },
    });
    const told = (await analyzer.analyze(type, properties)).getDiagnosticsList().map((one) => one.getPolicyname());
    assert.ok(told.includes("read-only-root-filesystem"));
    for (const rule of by) assert.ok(!told.includes(rule), rule);
    assert.deepEqual((await analyzer.remediate(type, workload("exempt"))).by, ["allow-privilege-escalation"]);
    const chart = release({ allowPrivilegeEscalation: true });
    const ofSidecar = { ...exemption, rule: "allow-privilege-escalation", object: "*/*", container: "sidecar" };
    await analyzer.configureStack("hardened", { "hardened:policy": JSON.stringify({ exemptions: [ofSidecar] }) });
    const pod = { containers: [{ name: "web" }, { name: "sidecar" }], automountServiceAccountToken: false };
    const partly = await analyzer.remediate("kubernetes:core/v1:Pod", { metadata: { name: "web" }, spec: pod });
    const [web, sidecar] = (partly.properties.spec as typeof pod).containers;
    assert.deepEqual(
      [web, sidecar],
      [{ name: "web", securityContext: { allowPrivilegeEscalation: false } }, { name: "sidecar" }],
    );
    assert.deepEqual((await analyzer.remediate("kubernetes:helm.sh/v3:Release", chart)).by, []);
  });

  it("takes the profile from the stack's configuration, which the engine tells it first", async () => {
    await analyzer.configureStack("hardened", {
      "hardened:environment": "dev",
      "hardened:podSecurityVersion": "v1.30",
    });
    const policies = (await analyzer.info()).getPoliciesList();
    const level = (name: string) => policies.find((policy) => policy.getName() === name)?.getEnforcementlevel();
    assert.equal(level("image-digest"), EnforcementLevel.ADVISORY);
    assert.equal(level("resources"), EnforcementLevel.ADVISORY);
    assert.equal(level("privileged"), EnforcementLevel.MANDATORY);
  });

  it("[MR-54] evaluates a release by its chart, relative to the folder it was started in", async () => {
    await analyzer.configureStack("hardened", { "hardened:environment": "prod" });
    const good = await analyzer.analyze("kubernetes:helm.sh/v3:Release", release({}));
    assert.deepEqual(good.getDiagnosticsList(), []);
    const weak = await analyzer.analyze("kubernetes:helm.sh/v3:Release", release({ allowPrivilegeEscalation: true }));
    assert.deepEqual(
      weak.getDiagnosticsList().map((one) => [one.getPolicyname(), one.getEnforcementlevel()]),
      [["allow-privilege-escalation", EnforcementLevel.MANDATORY]],
    );
  });

  it("refuses a stack whose settings it cannot read", async () => {
    await analyzer.configureStack("hardened", { "hardened:environment": "production" });
    const found = (await analyzer.analyze("kubernetes:helm.sh/v3:Release", release({}))).getDiagnosticsList();
    assert.deepEqual(
      found.map((one) => one.getPolicyname()),
      ["release-renders"],
    );
    assert.match(found[0]?.getMessage() ?? "", /hardened:environment: expected dev, staging or prod/);
  });

  it("evaluates a rule as strictly as the pack's configuration says, whatever the profile does", async () => {
    await analyzer.configureStack("hardened", { "hardened:environment": "dev" });
    const pod = { spec: { containers: [{ name: "web", image: "registry.example/web:1" }] } };
    const rulesBroken = async () => {
      const answer = await analyzer.analyze("kubernetes:core/v1:Pod", pod);
      return new Map(answer.getDiagnosticsList().map((one) => [one.getPolicyname(), one.getEnforcementlevel()]));
    };
    assert.equal((await rulesBroken()).get("image-digest"), EnforcementLevel.ADVISORY);
    await analyzer.configure({ "image-digest": { level: EnforcementLevel.MANDATORY } });
    assert.equal((await rulesBroken()).get("image-digest"), EnforcementLevel.MANDATORY);
    await analyzer.configure({ "image-digest": { level: EnforcementLevel.DISABLED } });
    assert.equal((await rulesBroken()).has("image-digest"), false);
  });

  it("refuses a configuration with a policy or a property nobody knows, and says which was meant", async () => {
    await analyzer.configureStack("hardened", {});
    await analyzer.configure({ all: { level: EnforcementLevel.ADVISORY } });
    await assert.rejects(
      analyzer.configure({ "image-digset": {}, resources: { properties: { enforcmentLevel: "advisory" } } }),
      (error: Error & { details?: string }) => {
        assert.equal(
          error.details,
          'the policy pack\'s configuration is wrong: "image-digset" is no policy of this pack; did you mean "image-digest"?; "resources" takes no property "enforcmentLevel"; did you mean "enforcementLevel"?',
        );
        return true;
      },
    );
  });
});

describe("the pack's launcher", function () {
  this.timeout(60_000);

  it("works through a link, from any folder, with charts elsewhere", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pack-"));
    symlinkSync(program, join(folder, "pack"));
    const analyzer = await Analyzer.start(join(folder, "pack"), folder, {
      ...process.env,
      HARDENED_PROJECT_ROOT: project,
    });
    try {
      const found = await analyzer.analyze("kubernetes:helm.sh/v3:Release", release({ image: "web:1" }));
      assert.deepEqual(
        found.getDiagnosticsList().map((one) => one.getPolicyname()),
        ["image-digest"],
      );
    } finally {
      await analyzer.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it("ends with its engine, also with one that was killed", async () => {
    const engine = spawn("sh", ["-c", `"${program}" 127.0.0.1:1 >&2 & echo $!; wait`], { cwd: project });
    try {
      const [pid] = (await once(engine.stdout, "data")) as [Buffer];
      await once(engine.stderr, "data"); // its port
      assert.ok(isRunning(Number(pid)));
      engine.kill("SIGKILL");
      await eventually("it has ended", async () => !isRunning(Number(pid)));
    } finally {
      engine.kill("SIGKILL");
    }
  });
});
