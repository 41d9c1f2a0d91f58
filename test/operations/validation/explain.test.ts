import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { projectRoot } from "../../../config/project";
import { explain, formatExplanation, rulesTable } from "../../../operations/validation/explain";
import { rules } from "../../../policy/evaluate/catalogue";
import { podSecurityChecks } from "../../../policy/pod-security/registry";

const hardened = (...args: string[]) =>
  spawnSync(join(projectRoot, "bin", "hardened"), ["explain", ...args], { encoding: "utf8", cwd: projectRoot });

describe("hardened explain", function () {
  this.timeout(60_000);

  it("lists every rule, each with its severity and how strict each profile is", () => {
    const { status, stdout } = hardened();
    assert.equal(status, 0);
    assert.equal(stripVTControlCharacters(stdout), stripVTControlCharacters(`${rulesTable()}\n`));
    const [heading, ...lines] = stripVTControlCharacters(stdout).trimEnd().split("\n");
    assert.match(heading ?? "", /^RULE +SEVERITY +DEV +STAGING +PROD +WHAT$/);
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/)),
      rules.map((rule) => [rule.id, rule.severity, ...Object.values(rule.enforcement), rule.description]),
    );
  });

  it("[MR-33] says of a Pod Security rule what, why, since when, and what its failure says", () => {
    const { status, stdout } = hardened("allow-privilege-escalation");
    assert.equal(status, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines, [
      "allow-privilege-escalation",
      "  what          Containers must forbid privilege escalation.",
      "  why           A setuid program in the image could otherwise make its caller root.",
      "  severity      high",
      "  enforcement   dev mandatory, staging mandatory, prod mandatory",
      "  fix           set securityContext.allowPrivilegeEscalation: false",
      "  controls      PSS restricted, MR-33, MR-54, CIS 5.2.6, CIS 5.2.1, NSA/CISA Pod security",
      "  Pod Security  restricted, upstream allowPrivilegeEscalation, since v1.8, changed in v1.25",
      '  example       Deployment shop/web, container "web": securityContext.allowPrivilegeEscalation must be false, got unset; set securityContext.allowPrivilegeEscalation: false',
    ]);
  });

  it("gives the same as JSON", async () => {
    const { status, stdout } = hardened("image-digest", "--json");
    assert.equal(status, 0);
    const answer = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(answer, await explain("image-digest"));
    assert.deepEqual(answer.enforcement, { dev: "advisory", staging: "mandatory", prod: "mandatory" });
    assert.equal("podSecurity" in answer, false);
    assert.equal((JSON.parse(hardened("--json").stdout) as unknown[]).length, rules.length);
  });

  it("names the nearest rules for one that does not exist, and ends with 1", () => {
    const typo = hardened("imagedigest");
    assert.equal(typo.status, 1);
    assert.equal(
      typo.stderr,
      `no rule "imagedigest"; did you mean image-digest?\nhardened explain lists all ${rules.length}\n`,
    );
    assert.match(hardened("root").stderr, /did you mean .*run-as-non-root/);
    assert.equal(hardened("qqqqqqqqqqqq").stderr.startsWith('no rule "qqqqqqqqqqqq"\n'), true);
  });

  for (const { id } of rules) {
    it(`${id} has an example of its failure, and says what it takes to fix it`, async () => {
      const one = await explain(id);
      assert.match(one.example ?? "", /^[A-Z]\w+ .* (?:must be|cannot be evaluated).*, got .*; ./);
      assert.ok(formatExplanation(one).includes(one.fix));
    });
  }

  it("every Pod Security rule says why in a sentence of its own", () => {
    for (const { id, why, title } of podSecurityChecks) {
      assert.match(why, /^[A-Z].*\.$/, id);
      assert.notEqual(why, title);
    }
  });
});
