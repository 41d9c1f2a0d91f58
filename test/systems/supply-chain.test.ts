import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import { projectRoot } from "../../config/project";
import { checkStack } from "../../config/stack-schema";
import { readStackFile, stackNames } from "../../operations/stack/stack-file";
import { reportOf } from "../../operations/validation/evaluate-targets";
import { examples } from "../../operations/validation/explain-example";
import { exitCodeOf } from "../../policy/report/report";
import { systems as systemSchemas } from "../../systems/registry";
import { Analyzer } from "../policy/support/analyzer";
import { useHelm } from "../policy/support/helm";

type Tree = Record<string, unknown>;
const configOf = (stack: string): Tree => structuredClone(readStackFile(stack).document.config) as Tree;
const { MANDATORY, ADVISORY } = EnforcementLevel;

/** Rules about where images come from and what is kept secret, with how strict each stack is. dev makes its images itself, and nobody scans those. */
const whole = {
  "registry-allow-list": MANDATORY,
  "scan-report": MANDATORY,
  "image-signature": MANDATORY,
  "image-digest": MANDATORY,
  "secret-in-values": MANDATORY,
};
const { "scan-report": _, ...unscanned } = whole;
const asked: Readonly<Record<string, Readonly<Record<string, EnforcementLevel>>>> = {
  dev: { ...unscanned, "image-digest": ADVISORY },
  staging: whole,
  prod: whole,
};

describe("supply chain of the stacks that are shipped", function () {
  this.timeout(120_000);
  before(useHelm);

  it("[COS-59] is of every stack there is, and each rule has an example that breaks it", () => {
    assert.deepEqual(Object.keys(asked).sort(), stackNames().sort());
    for (const rule of Object.keys(whole)) assert.ok(examples().has(rule), `no example breaks ${rule}`);
  });

  for (const [stack, wanted] of Object.entries(asked))
    it(`[COS-59] [COS-14] [COS-15] stack ${stack}: a pod of the platform that breaks all of it is told of each, as strictly as it has to be`, async () => {
      const config = configOf(stack);
      const { namespace } = config["hardened:companyos"] as { namespace: string };
      const analyzer = await Analyzer.start(join(projectRoot, "policy/hardened-policy"), projectRoot);
      try {
        const told = Object.entries(config).map(([key, value]) => [
          key,
          typeof value === "string" ? value : JSON.stringify(value),
        ]);
        await analyzer.configureStack("hardened", Object.fromEntries(told));
        const container = {
          name: "web",
          image: "elsewhere.example/web:1",
          env: [{ name: "DB_PASSWORD", value: "correct-horse" }],
        };
        const pod = { metadata: { name: "web", namespace }, spec: { containers: [container] } };
        const answer = await analyzer.analyze("kubernetes:core/v1:Pod", pod);
        const levels = answer
          .getDiagnosticsList()
          .map((one) => [one.getPolicyname(), one.getEnforcementlevel()] as const);
        assert.deepEqual(Object.fromEntries(levels.filter(([rule]) => rule in whole)), wanted);
      } finally {
        await analyzer.stop();
      }
    });

  const mistakes = (stack: string, change: (config: Tree) => void): readonly string[] => {
    const config = configOf(stack);
    change(config);
    const raw = Object.entries(config).map(([key, value]) => [key.replace("hardened:", ""), value]);
    const checked = checkStack(stack, Object.fromEntries(raw), systemSchemas);
    return "mistakes" in checked ? checked.mistakes : [];
  };
  for (const stack of ["staging", "prod"]) {
    it(`[COS-14] [COS-15] stack ${stack} is refused without reports, without signers, and of both at once`, () => {
      const noScans = (config: Tree): unknown => delete (config["hardened:policy"] as Tree).scans;
      const noSigners = (config: Tree): unknown => delete config["hardened:imageSignatures"];
      const scans = new RegExp(
        `^hardened:policy\\.scans: missing; ${stack} needs a vulnerability report of every image`,
      );
      const signers = new RegExp(`^hardened:imageSignatures: missing; ${stack} needs to know who signs each image`);
      assert.deepEqual(
        mistakes(stack, () => {}),
        [],
      );
      for (const [change, words] of [
        [noScans, [scans]],
        [noSigners, [signers]],
        [(config: Tree) => [noScans(config), noSigners(config)], [scans, signers]],
        [(config: Tree) => [delete config["hardened:policy"], noSigners(config)], [scans, signers]],
      ] as const) {
        const lines = mistakes(stack, change);
        assert.equal(lines.length, words.length, lines.join("\n"));
        for (const [index, line] of lines.entries()) assert.match(line, words[index] as RegExp);
      }
    });

    it(`[COS-14] [COS-15] stack ${stack} passes with the reports and the key that are shipped, whatever the day, and says that no signature was seen`, async () => {
      const options = { values: [], profile: "dev", podSecurity: "latest", kubernetes: "1.36" } as const;
      const report = await reportOf([{ kind: "stack", name: stack }], stack, options);
      const rules = new Set(report.units.flatMap(({ verdict }) => verdict.findings.map(({ rule }) => rule)));
      assert.deepEqual([...rules], ["image-signature-unchecked"]);
      assert.equal(exitCodeOf(report), 0);
    });

    it(`stack ${stack} names examples that cannot be taken for images: their digests are of their names`, () => {
      const images = JSON.stringify(configOf(stack)).matchAll(
        /"repository":"([^"]+)","tag":"([^"]+)","digest":"([^"]+)"/g,
      );
      const all = [...images];
      assert.equal(all.length, 5);
      for (const [, repository = "", tag = "", digest] of all) {
        assert.match(repository, /^registry\.example\//);
        const text = `example of ${repository}:${tag}`;
        assert.equal(digest, `sha256:${createHash("sha256").update(text).digest("hex")}`);
      }
    });
  }
});
