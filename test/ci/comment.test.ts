import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { load } from "js-yaml";
import { reviewMark } from "../../cli/review-comment";
import { root, textOf } from "../support/tree";

/** Stands where GitHub is: answers the question for comments and notes what it is asked to change. */
const gh = `#!/bin/sh
case " $* " in
  *" --paginate "*) printf '%s' "$COMMENTS" ; [ "$MARK" = "${reviewMark}" ] || echo 99 ;;
  *) printf '%s\\n' "$*" >> "$CALLS" ;;
esac
`;

describe("the review workflow", () => {
  const folder = mkdtempSync(join(tmpdir(), "hardened-comment-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function calls(comments: string): string {
    const file = join(folder, "calls");
    writeFileSync(file, "");
    writeFileSync(join(folder, "gh"), gh);
    chmodSync(join(folder, "gh"), 0o755);
    writeFileSync(join(folder, "comment.md"), `${reviewMark}\ntext\n`);
    const env = {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      GITHUB_REPOSITORY: "o/r",
      COMMENTS: comments,
      CALLS: file,
    };
    const { status, stderr } = spawnSync(join(root, ".ci/comment"), ["7", "comment.md"], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return readFileSync(file, "utf8");
  }

  it("makes a comment when there is none", () =>
    assert.equal(calls(""), "api --silent --method POST repos/o/r/issues/7/comments --field body=@comment.md\n"));

  it("brings the first of its own comments up to date", () =>
    assert.equal(
      calls("41\n42\n"),
      "api --silent --method PATCH repos/o/r/issues/comments/41 --field body=@comment.md\n",
    ));

  it("runs on pull requests alone, with no more rights than a comment takes, and compares with their base", () => {
    const text = textOf(".github/workflows/review.yml");
    const { on, permissions, jobs } = load(text) as {
      on: unknown;
      permissions: unknown;
      jobs: { review: { steps: { run?: string }[] } };
    };
    assert.equal(on, "pull_request");
    assert.deepEqual(permissions, { contents: "read", "pull-requests": "write" });
    const runs = jobs.review.steps.flatMap(({ run }) => run ?? []);
    assert.ok(runs.includes('bin/hardened review --base "origin/$GITHUB_BASE_REF" --output comment.md'));
    // A text of the pull request put into a script would be run by it.
    for (const run of runs) assert.doesNotMatch(run, /\$\{\{/);
  });
});
