import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { reviewMark } from "../../operations/validation/review-comment";
import { type CodeHost, ciEnvironment, codeHost, tokens } from "../support/doubles/code-host";
import { type Result, run } from "../support/run";
import { root, textOf } from "../support/tree";

const page = textOf("docs/how-to/review-in-ci.md");
/** The YAML a page shows under a heading. */
const shownUnder = (heading: string): unknown => {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  return load(/```yaml\n([\s\S]*?)^```/m.exec(section)?.[1] ?? "");
};
/** What a runner's own token is; it reads, and may not write comments. */
const jobToken = "token-of-the-job-5931";

/** Stands in for the review, as code of a change may: keeps its environment and those of all processes above it up to this test. */
const thief = (file: string): string => `#!${process.execPath}
const { readFileSync, writeFileSync } = require("node:fs");
const environments = [];
for (let pid = process.pid; pid !== ${process.pid}; pid = Number(/^PPid:\\t(\\d+)$/m.exec(readFileSync(\`/proc/\${pid}/status\`, "utf8"))[1]))
  environments.push(readFileSync(\`/proc/\${pid}/environ\`, "utf8"));
writeFileSync(${JSON.stringify(file)}, JSON.stringify(environments));
writeFileSync("comment.md", ${JSON.stringify(`${reviewMark}\nreviewed\n`)});
process.exitCode = 1;
`;

interface GitLabJob {
  readonly script: readonly string[];
  readonly variables?: NodeJS.ProcessEnv;
  readonly environment?: { readonly name: string };
  readonly artifacts?: { readonly paths: readonly string[] };
  readonly needs?: readonly string[];
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
}
interface Step {
  readonly run?: string;
  readonly env?: NodeJS.ProcessEnv;
}

describe("the review at other code hosts, by the jobs the page shows", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "hardened-code-hosts-"));
  const origin = join(folder, "origin");
  const stolen = join(folder, "stolen.json");
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync("git", [...author, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const write = (path: string, text: string): void => writeFileSync(join(origin, path), text, { mode: 0o755 });
  let host: CodeHost;

  before(() => {
    mkdirSync(join(origin, "bin"), { recursive: true });
    git(origin, "init", "--quiet", "--initial-branch=main");
    cpSync(join(root, ".ci"), join(origin, ".ci"), { recursive: true });
    write("package.json", JSON.stringify({ scripts: { toolchain: "true" } }));
    write("bin/hardened", "#!/bin/sh\nexit 2\n");
    git(origin, "add", "--all");
    git(origin, "commit", "--quiet", "--message=base");
    git(origin, "checkout", "--quiet", "-b", "change");
    write("bin/hardened", thief(stolen));
    write(
      ".ci/comment.js",
      `#!${process.execPath}\nrequire("node:fs").writeFileSync(${JSON.stringify(stolen)}, "the change's");\n`,
    );
    git(origin, "commit", "--quiet", "--all", "--message=change");
  });
  beforeEach(async () => {
    host = await codeHost();
    rmSync(stolen, { force: true });
  });
  afterEach(() => host.close());
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a job's script in a clone of its own: the change's, or what the workflow checks out. */
  async function job(
    ref: string,
    script: string,
    env: NodeJS.ProcessEnv,
    files: readonly string[] = [],
  ): Promise<Result & { clone: string }> {
    const clone = mkdtempSync(join(folder, "job-"));
    git(folder, "clone", "--quiet", "--branch", ref, origin, clone);
    for (const file of files) cpSync(file, join(clone, "comment.md"));
    const { PATH, HOME } = process.env;
    const given = { PATH, HOME, ...env };
    return {
      ...(await run("bash", ["-e", "-o", "pipefail", "-c", `${script}\nexit $?`], { cwd: clone, env: given })),
      clone,
    };
  }

  /** What the change's code found: itself, `.ci/review` and all between it and the runner, and nowhere a token. */
  function assertNothingStolen(): void {
    const environments = JSON.parse(readFileSync(stolen, "utf8")) as string[];
    assert.ok(environments.length >= 2, "the thief sees itself and .ci/review");
    for (const one of environments) {
      assert.match(one, /(?:^|\0)PATH=/);
      for (const token of [jobToken, tokens.GH_TOKEN]) assert.ok(!one.includes(token), "the thief has a token");
    }
    rmSync(stolen);
  }

  it("GitLab: the change's code finds no token, and the base's code writes the comment", async () => {
    host.me = "hardened-bot";
    const jobs = shownUnder("GitLab") as Record<"review" | "review-comment", GitLabJob>;
    assert.deepEqual(Object.keys(jobs), ["review", "review-comment"]);
    const scope = /`GITLAB_TOKEN` is .* environment scope `([\w-]+)`/.exec(page)?.[1];
    const runJob = ({ script, variables, environment }: GitLabJob, files: readonly string[] = []) =>
      job(
        "change",
        script.join("\n"),
        {
          ...ciEnvironment(host, "GitLab"),
          CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
          CI_JOB_TOKEN: jobToken,
          CI_BUILD_TOKEN: jobToken,
          CI_JOB_JWT_V2: jobToken,
          CI_REPOSITORY_URL: `https://gitlab-ci-token:${jobToken}@gitlab.example.com/o/r.git`,
          CI_REGISTRY_PASSWORD: jobToken,
          CI_DEPENDENCY_PROXY_PASSWORD: jobToken,
          ...(environment?.name === scope && { GITLAB_TOKEN: tokens.GITLAB_TOKEN }),
          ...variables,
        },
        files,
      );
    for (const { rules } of Object.values(jobs))
      assert.match(rules[0]?.if ?? "", /^\$CI_PIPELINE_SOURCE == "merge_request_event"$/);
    const reviewed = await runJob(jobs.review);
    assert.equal(reviewed.code, 1, reviewed.text);
    assertNothingStolen();
    assert.deepEqual(jobs.review.artifacts?.paths, ["comment.md"]);

    const sender = jobs["review-comment"];
    assert.deepEqual([sender.needs, sender.rules[0]?.when], [["review"], "always"]);
    const sent = await runJob(sender, [join(reviewed.clone, "comment.md")]);
    assert.equal(sent.code, 0, sent.text);
    assert.deepEqual(
      host.comments.map(({ body }) => body),
      [`${reviewMark}\nreviewed\n`],
    );
    assert.ok(!existsSync(stolen), "the change's comment.js ran beside the token");
  });

  it("GitHub, Gitea and Forgejo: the workflow's review finds no token of those that a runner puts into every step", async () => {
    host.me = "ci";
    const [, secret] = /`GH_TOKEN: \$\{\{ (secrets\.\w+) \}\}`/.exec(page) ?? [];
    assert.ok(secret);
    const { jobs } = load(textOf(".github/workflows/review.yml")) as {
      jobs: Record<"review" | "comment", { steps: Step[] }>;
    };
    const scripts = ({ steps }: { steps: Step[] }): Step[] => steps.filter((step) => step.run !== undefined);
    const runner = { ...ciEnvironment(host, "GitHub"), GITHUB_BASE_REF: "main", RUNNER_TEMP: folder };
    const names = ["GITHUB_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_RESULTS_KEY"];
    const everyStep = Object.fromEntries(names.map((name) => [name, jobToken]));
    const summary = join(folder, "summary.md");
    const [own, ...others] = scripts(jobs.review);
    assert.deepEqual(others, []);
    const reviewed = await job("change", own?.run ?? "", { ...runner, ...everyStep, GITHUB_STEP_SUMMARY: summary });
    assert.equal(reviewed.code, 1, reviewed.text);
    assertNothingStolen();
    assert.equal(readFileSync(summary, "utf8"), `${reviewMark}\nreviewed\n`);

    mkdirSync(join(folder, "review"));
    cpSync(join(reviewed.clone, "comment.md"), join(folder, "review", "comment.md"));
    const [sender, ...more] = scripts(jobs.comment);
    assert.deepEqual([more, Object.keys(sender?.env ?? {})], [[], ["GH_TOKEN"]]);
    const sent = await job("main", sender?.run ?? "", { ...runner, ...everyStep, GH_TOKEN: tokens.GH_TOKEN });
    assert.equal(sent.code, 0, sent.text);
    assert.deepEqual(
      host.comments.map(({ body }) => body),
      [`${reviewMark}\nreviewed\n`],
    );
  });

  it("names in the page every word that .ci/review takes for a token's", () => {
    const [, words = ""] = /grep -iE '\(\^\|_\)\((.*?)\)\(_\|\$\)'/.exec(textOf(".ci/review")) ?? [];
    const [, said = ""] = /beside any variable that has ([^:]*) as words of its name:$/m.exec(page) ?? [];
    assert.deepEqual(
      [...said.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      words.split("|"),
    );
  });
});
