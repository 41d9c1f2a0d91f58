import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { reviewMark } from "../../operations/validation/review-comment";
import { type CodeHost, ciEnvironment, codeHost, tokens } from "../support/doubles/code-host";
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

  it("is refused when it is a link, has no mark of ours or is too large: the change's code wrote it", async () => {
    host.add("S: not ours, by the same bot", "github-actions[bot]", "Bot");
    const bad = join(folder, "bad.md");
    const env = { PATH: process.env.PATH, ...ciEnvironment(host, "GitHub"), ...tokens };
    const cases: [() => void, RegExp][] = [
      [() => symlinkSync("/proc/self/environ", bad), /bad\.md is not a plain file/],
      [() => writeFileSync(bad, "S"), /does not begin with a line such as <!-- hardened:review -->/],
      [() => writeFileSync(bad, ""), /does not begin with a line such as/],
      [() => writeFileSync(bad, `${reviewMark}\n${"x".repeat(2 ** 20)}`), /at most 1 MiB is taken/],
    ];
    for (const [make, said] of cases) {
      make();
      const { code, text } = await run(join(root, ".ci/comment.js"), ["bad.md"], { cwd: folder, env });
      assert.equal(code, 1);
      assert.match(text, said);
      rmSync(bad);
    }
    assert.equal(host.comments.length, 1);
    assert.equal(host.comments[0]?.body, "S: not ours, by the same bot");
  });

  for (const name of [
    "GH_TOKEN",
    "CI_JOB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "CI_JOB_JWT_V2",
    "AWS_SECRET_ACCESS_KEY",
    "npm_token",
    "PULUMI_CONFIG_PASSPHRASE",
    "GOOGLE_CREDENTIALS",
    "SSH_PRIVATE_KEY",
    "REGISTRY_API_KEY",
  ]) {
    it(`is not made by .ci/review beside ${name}, which the change's code could read`, async () => {
      cpSync(join(root, ".ci"), join(folder, ".ci"), { recursive: true });
      writeFileSync(join(folder, "comment.md"), "of an earlier run");
      const env = { PATH: process.env.PATH, [name]: tokens.GH_TOKEN };
      const { code, stderr } = await run(join(folder, ".ci/review"), [], { cwd: folder, env });
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`^review: ${name} is set, .*\\.ci/comment\\.js in another\\n$`));
      assert.ok(!stderr.includes(tokens.GH_TOKEN));
    });
  }

  it("is written by a workflow that runs on pull requests alone, with no more rights than it takes: the base's code has the token", () => {
    interface Job {
      readonly permissions: unknown;
      readonly if?: string;
      readonly needs?: string;
      readonly env?: unknown;
      readonly steps: { uses?: string; run?: string; env?: object; with?: Record<string, unknown> }[];
    }
    const text = textOf(".github/workflows/review.yml");
    const { on, permissions, env, jobs } = load(text) as {
      on: unknown;
      permissions: unknown;
      env?: unknown;
      jobs: { review: Job; comment: Job };
    };
    assert.equal(on, "pull_request");
    assert.deepEqual([permissions, env], [{}, undefined]);
    assert.deepEqual(Object.keys(jobs), ["review", "comment"]);
    const { review, comment: sender } = jobs;
    const runs = (job: Job): string[] => job.steps.flatMap(({ run: line }) => line ?? []);

    assert.deepEqual(review.permissions, { contents: "read" });
    assert.doesNotMatch(JSON.stringify(review), /github\.token|secrets\./);
    assert.deepEqual(
      [review.env, ...review.steps.map((step) => step.env)].filter(Boolean),
      [],
      "no environment at all",
    );
    assert.ok(runs(review).some((line) => line.endsWith(".ci/review")));
    assert.match(textOf(".ci/review"), /^base=\$\{1:-origin\/\$\{GITHUB_BASE_REF:-/m);
    assert.match(textOf(".ci/review"), /^bin\/hardened review --base "\$base" --output comment\.md$/m);

    assert.deepEqual(sender.permissions, { contents: "read", "pull-requests": "write" });
    assert.equal(sender.needs, "review");
    assert.match(
      sender.if ?? "",
      /!cancelled\(\).* github\.event\.pull_request\.head\.repo\.full_name == github\.repository/,
    );
    assert.deepEqual(
      [sender.env, ...sender.steps.filter((step) => step.env).map(({ run: line }) => line)],
      [undefined, '.ci/comment.js "$RUNNER_TEMP/review/comment.md"'],
      "nothing but the comment gets a token",
    );
    assert.equal(sender.steps[0]?.with?.ref, "${{ github.event.pull_request.base.sha }}");
    assert.equal(runs(sender).length, 1);
    for (const { steps } of [review, sender]) {
      for (const { uses, with: given } of steps) {
        if (uses !== undefined) assert.match(uses, /@[0-9a-f]{40}$/);
        if (uses?.startsWith("actions/checkout@")) assert.equal(given?.["persist-credentials"], false);
      }
    }
    // A text of the pull request put into a script would be run by it.
    for (const line of [...runs(review), ...runs(sender)]) assert.doesNotMatch(line, /\$\{\{/);
  });
});
