import assert from "node:assert/strict";
import { exitCodeOfReview, type Review, type StackReview } from "../../../operations/validation/review";
import { formatReview, reviewMark } from "../../../operations/validation/review-comment";
import type { Finding } from "../../../policy/contract";

const finding = (name: string): Finding => ({
  rule: "privileged",
  severity: "critical",
  object: { apiVersion: "v1", kind: "Pod", name },
  containers: [],
  field: "spec",
  got: "true",
  want: "false",
  fix: "remove it",
  outcome: "fail",
});

const stack = (name: string, findings: number, diff: string, noDiff?: string): StackReview => ({
  stack: name,
  report: {
    target: name,
    profile: "prod",
    units: [
      {
        name: "web",
        verdict: {
          findings: Array.from({ length: findings }, (_, index) => finding(`${name}-${index}`)),
          objects: 1,
          pods: 1,
        },
      },
    ],
    unjudged: [],
  },
  diff,
  ...(noDiff !== undefined && { noDiff }),
});

const review = (...stacks: StackReview[]): Review => ({
  base: "main",
  commit: "a".repeat(40),
  otherPackages: false,
  stacks,
});

const lines = (count: number): string =>
  `diff --git before/x after/x\n--- before/x\n+++ after/x\n${Array.from({ length: count }, (_, index) => `+line ${index}`).join("\n")}\n`;

describe("review comment", () => {
  it("stays below 64,000 characters however many stacks there are, and counts those it leaves out", () => {
    for (const count of [20, 200, 2_000]) {
      const stacks = Array.from({ length: count }, (_, index) => stack(`stack-${index}`, 20, lines(200)));
      const comment = formatReview(review(...stacks));
      assert.ok(comment.length < 64_000, `${count}: ${comment.length}`);
      const told = comment.match(/^### `stack-/gm)?.length ?? 0;
      const left = Number(/… and (\d+) more stacks; all of it: `bin/.exec(comment)?.[1] ?? 0);
      assert.equal(told + left, count);
      assert.ok(told >= 20, String(told));
    }
  });

  it("stays below 64,000 characters however much there is, keeps every stack, and says what is left out", () => {
    const stacks = ["dev", "staging", "prod"].map((name) => stack(name, 5_000, lines(50_000)));
    const comment = formatReview(review(...stacks));
    assert.ok(comment.length < 64_000 && comment.length > 50_000, String(comment.length));
    for (const { stack: name } of stacks) {
      assert.match(comment, new RegExp(`^### \`${name}\`: ❌ 5000 mandatory$`, "m"));
      assert.match(comment, new RegExp(`more lines; all of them: \`bin/hardened check ${name}\`$`, "m"));
      assert.match(
        comment,
        new RegExp(`more lines; all of it: bin/hardened review --base main --stacks ${name} --json$`, "m"),
      );
    }
    assert.equal(comment.match(/^```diff$/gm)?.length, 3);
    assert.equal(comment.match(/^```$/gm)?.length, 3);
    assert.equal(comment.match(/^<\/details>$/gm)?.length, 3);
  });

  it("lets no line of a diff end its block", () => {
    const comment = formatReview(review(stack("dev", 0, `${lines(1)} \`\`\`\`\n+x\n`)));
    assert.match(comment, /^`````diff\n[\s\S]*^ ````\n\+x\n`````$/m);
  });

  it("counts objects and lines, headers apart", () => {
    const diff = "diff --git before/x after/x\n--- before/x\n+++ after/x\n@@ -1 +1,2 @@\n+---\n+a: 1\n";
    assert.match(formatReview(review(stack("dev", 0, diff))), /\| `dev` \| ✅ passes \| 1 object, \+2 −0 \|/);
  });

  it("says when nothing changes, and shows only stacks there is something to say of", () => {
    const quiet = formatReview(review(stack("dev", 0, ""), stack("prod", 0, "")));
    assert.match(quiet, /\*\*Nothing any stack renders to changes\.\*\*/);
    assert.doesNotMatch(quiet, /^###/m);
    assert.ok(quiet.startsWith(`${reviewMark}\n`));
    const lost = formatReview(review(stack("dev", 0, "", "the base does not render: no | chart")));
    assert.doesNotMatch(lost, /Nothing/);
    assert.match(lost, /is not known: `the base does not render: no \| chart`$/m);
  });

  it("ends with the worst of the stacks' outcomes", () => {
    const lost: StackReview = {
      ...stack("x", 0, ""),
      report: { target: "x", profile: "prod", units: [], unjudged: [{ name: "x", reason: "broken" }] },
    };
    assert.equal(exitCodeOfReview(review(stack("dev", 0, lines(1)))), 0);
    assert.equal(exitCodeOfReview(review(stack("dev", 0, ""), stack("prod", 1, ""))), 1);
    assert.equal(exitCodeOfReview(review(lost, stack("prod", 1, ""))), 2);
  });
});
