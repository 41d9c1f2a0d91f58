import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { reviewMark } from "../../cli/judging/review-comment";
import { type CodeHost, ciEnvironment, codeHost, tokens } from "../support/code-host";
import { run } from "../support/run";
import { root, textOf } from "../support/tree";

describe("the comment of a pull request", () => {
  const folder = mkdtempSync(join(tmpdir(), "hardened-comment-"));
  let host: CodeHost;
  beforeEach(async () => {
    host = await codeHost();
  });
  afterEach(() => host.close());
  after(() => rmSync(folder, { recursive: true, force: true }));

  const comment = async (text: string, env: NodeJS.ProcessEnv, ...args: string[]) => {
    writeFileSync(join(folder, "comment.md"), `${reviewMark}\n${text}\n`);
    const { PATH } = process.env;
    const ended = await run(join(root, ".ci/comment.js"), ["comment.md", ...args], {
      cwd: folder,
      env: { PATH, ...env },
    });
    assert.ok(!ended.text.includes(tokens.GH_TOKEN) && !/\n\s+at /.test(ended.text), ended.text);
    return ended;
  };

  for (const kind of ["GitHub", "GitLab"] as const) {
    describe(`at ${kind}`, () => {
      const env = (): NodeJS.ProcessEnv => ({ ...ciEnvironment(host, kind), ...tokens });
      beforeEach(() => {
        if (kind === "GitLab") host.me = "hardened-bot";
      });

      it("is one, however often it is written, and is found behind many others", async () => {
        for (const text of ["a", "b", "c", "d", "e"]) host.add(text, "someone");
        for (const text of ["first", "second", "third"]) {
          const { code, text: said } = await comment(text, env());
          assert.equal(code, 0, said);
        }
        assert.equal(host.comments.length, 6);
        assert.equal(host.comments.at(-1)?.body, `${reviewMark}\nthird\n`);
      });

      it("is never somebody else's that begins with the same mark", async () => {
        host.add(`${reviewMark}\nall is well`, "stranger");
        await comment("mine", env());
        assert.deepEqual(
          host.comments.map(({ body }) => body),
          [`${reviewMark}\nall is well`, `${reviewMark}\nmine\n`],
        );
      });

      it("becomes one again when two runs at a time have made two", async () => {
        const me = host.me ?? "github-actions[bot]";
        for (const text of ["old", "older"]) host.add(`${reviewMark}\n${text}`, me, host.me ? "User" : "Bot");
        await comment("new", env());
        assert.deepEqual(
          host.comments.map(({ body }) => body),
          [`${reviewMark}\nnew\n`],
        );
      });

      it("is not written without a token that may, and nobody sees the token", async () => {
        const { GH_TOKEN: _, GITLAB_TOKEN: __, ...without } = env();
        const cases: [NodeJS.ProcessEnv, RegExp][] = [
          [without, /is not set: a token that may write comments/],
          [{ ...without, GH_TOKEN: "x", GITLAB_TOKEN: "x" }, /401, the token may not/],
        ];
        for (const [given, said] of cases) {
          const { code, stderr } = await comment("text", given);
          assert.equal(code, 1);
          assert.match(stderr, said);
        }
        assert.deepEqual(host.comments, []);
      });
    });
  }

  it("is by whoever the token belongs to, where that can be asked: Gitea, or a person's token", async () => {
    host.me = "ci";
    host.add(`${reviewMark}\nby an app`, "other[bot]", "Bot");
    for (const text of ["first", "second"]) await comment(text, { ...ciEnvironment(host, "GitHub"), ...tokens });
    assert.deepEqual(
      host.comments.map(({ body }) => body),
      [`${reviewMark}\nby an app`, `${reviewMark}\nsecond\n`],
    );
  });

  it("is left out where there is no pull request, and takes its number from the command where CI does not say it", async () => {
    const github = { ...ciEnvironment(host, "GitHub"), ...tokens, GITHUB_REF: "refs/heads/main" };
    for (const env of [{}, github]) {
      const { code, stdout } = await comment("text", env);
      assert.deepEqual([code, stdout], [0, "no pull request here: nothing to comment on\n"]);
    }
    assert.equal((await comment("text", github, "7")).code, 0);
    assert.equal(host.comments.length, 1);
  });

  it("says what is wrong when nobody answers, and when there is no file", async () => {
    const gone = await codeHost();
    await gone.close();
    const { code, stderr } = await comment("text", { ...ciEnvironment(gone, "GitHub"), ...tokens });
    assert.equal(code, 1);
    assert.match(stderr, /^comment: GET http:\/\/127\.0\.0\.1:\d+\/api\/user: no answer \(ECONNREFUSED\)$/m);
    const missing = await run(join(root, ".ci/comment.js"), ["none.md"], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...ciEnvironment(host, "GitHub"), ...tokens },
    });
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^comment: ENOENT.*none\.md/);
  });

  it("is written by a workflow that runs on pull requests alone, with no more rights than it takes, and compares with their base", () => {
    const { on, permissions, jobs } = load(textOf(".github/workflows/review.yml")) as {
      on: unknown;
      permissions: unknown;
      jobs: { review: { steps: { run?: string; env?: object }[] } };
    };
    assert.equal(on, "pull_request");
    assert.deepEqual(permissions, { contents: "read", "pull-requests": "write" });
    const { steps } = jobs.review;
    const runs = steps.flatMap(({ run: line }) => line ?? []);
    assert.ok(runs.includes('bin/hardened review --base "origin/$GITHUB_BASE_REF" --output comment.md'));
    assert.deepEqual(
      steps.filter(({ env }) => env).map(({ run: line }) => line),
      [".ci/comment.js comment.md"],
      "nothing but the comment gets a token",
    );
    // A text of the pull request put into a script would be run by it.
    for (const line of runs) assert.doesNotMatch(line, /\$\{\{/);
  });
});
