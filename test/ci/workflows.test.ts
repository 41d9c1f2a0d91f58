import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { filesBelow, root, textOf } from "../support/tree";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = filesBelow([".github/workflows"], [".yml", ".yaml"]).map((file) => ({
  name: basename(file).replace(/\..*$/, ""),
  content: load(textOf(file)) as Workflow,
}));
const jobs = workflows.flatMap(({ name, content }) =>
  Object.entries(content.jobs).map(([job, one]) => ({ at: `${name}/${job}`, workflow: content, job: one })),
);
const release = workflows.find(({ name }) => name === "release")?.content;
const isOf = (step: Step, action: string): boolean => step.uses?.startsWith(`${action}@`) === true;
/** What a job runs, without what it runs under. */
const commands = ({ steps }: Job): string[] =>
  steps.flatMap(({ run }) =>
    run === undefined ? [] : run.replace(/^(?:(?:exec|sudo|env|-i|--\S+|\w+=\S+|"PATH=\$PATH") )+/, "").trim(),
  );
const jobOf = (at: string): Job => {
  const found = jobs.find((one) => one.at === at);
  assert.ok(found, at);
  return found.job;
};

describe("the workflows", () => {
  it("are those of tests, reviews and releases; every job takes the code first, but the one that only hands pages over", () => {
    assert.deepEqual(jobs.map(({ at }) => at).sort(), [
      "release/charts",
      "release/pages",
      "review/comment",
      "review/review",
      "test/check",
      "test/long",
      "test/nightly",
    ]);
    for (const { at, job } of jobs)
      assert.ok(
        job.steps[0] && isOf(job.steps[0], at === "release/pages" ? "actions/deploy-pages" : "actions/checkout"),
        at,
      );
  });

  it("[FL-94] [FL-103] a pull request and the main branch run the fast checks, and the packages' signatures are verified", () => {
    const { on } = workflows.find(({ name }) => name === "test")?.content ?? {};
    assert.ok(typeof on === "object" && "pull_request" in on && "schedule" in on && "workflow_dispatch" in on);
    assert.deepEqual(on.push, { branches: ["main"] });
    const check = jobOf("test/check");
    assert.equal(check.if, undefined);
    assert.deepEqual(commands(check), ["npm run check", "npm audit signatures"]);
  });

  it("[FL-98] every night everything runs on a real cluster, then what is too slow for it, and the package's bill of materials is kept", () => {
    const nightly = jobOf("test/nightly");
    const long = jobOf("test/long");
    assert.deepEqual(commands(nightly), ["npm test", ".ci/sbom.js hardened-policy.cdx.json"]);
    // It takes hours: as long as a host lets it run, and nothing waits behind it.
    assert.deepEqual(commands(long), ["npm run test:nightly"]);
    assert.equal(long["timeout-minutes"], 360);
    const last = nightly.steps.at(-1);
    assert.ok(last && isOf(last, "actions/upload-artifact"));
    assert.equal(last.with?.path, "hardened-policy.cdx.json");
    // With a condition of its own a step could be left out and the run still pass.
    for (const job of [nightly, long]) {
      assert.equal(job.if, "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'");
      for (const step of job.steps)
        assert.deepEqual(
          Object.keys(step).filter((key) => /^(if|continue-on-error)$/.test(key)),
          [],
        );
    }
  });

  it("every script they start is there", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    for (const { at, job } of jobs)
      for (const command of commands(job)) {
        const [program = "", verb = "", name = ""] = command.split(" ");
        if (program.startsWith(".ci/")) assert.ok(existsSync(join(root, program)), `${at}: ${program}`);
        else if (verb === "run" || verb === "test")
          assert.ok(scripts[verb === "test" ? "test" : name], `${at}: ${command}`);
        else assert.equal(command, "npm audit signatures", at);
      }
  });

  it("every action is pinned by a whole commit, and no checkout leaves the token behind", () => {
    for (const { at, job } of jobs)
      for (const step of job.steps) {
        if (step.uses !== undefined) assert.match(step.uses, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/, at);
        if (isOf(step, "actions/checkout")) assert.equal(step.with?.["persist-credentials"], false, at);
      }
  });

  it("where code of a change runs, the token reads the repository and nothing else, and no step is given one", () => {
    for (const { name, content } of workflows) {
      assert.doesNotMatch(JSON.stringify(content.on), /pull_request_target|workflow_run/, name);
      assert.equal(content.env, undefined, name);
    }
    // Beside a token there are ways to name it that no list knows: toJSON(github), github['token'].
    const harmless = [
      "github.event.pull_request.number",
      "github.event.pull_request.number || github.run_id",
      "!cancelled() && hashFiles('comment.md') != ''",
      "steps.comment.outputs.artifact-id",
    ];
    for (const { at, workflow, job } of jobs) {
      const permissions = job.permissions ?? workflow.permissions;
      if (workflow === release) continue; // no code of a change: below
      if (at === "review/comment") {
        // It runs the base's code: test/ci/comment.test.ts.
        assert.deepEqual(permissions, { contents: "read", "pull-requests": "write" });
        continue;
      }
      assert.deepEqual(permissions, { contents: "read" }, at);
      for (const [, expression = ""] of JSON.stringify(job).matchAll(/\$\{\{(.*?)\}\}/g))
        assert.ok(harmless.includes(expression.trim()), `${at}: ${expression}`);
    }
  });

  it("[FL-101] [FL-103] a release runs for a tag of this repository; its token writes packages, or pages, and signs in by standard input", () => {
    assert.deepEqual(release?.on, { push: { tags: ["charts-*"] } });
    assert.deepEqual(jobOf("release/charts").permissions, { contents: "read", packages: "write" });
    assert.deepEqual(jobOf("release/pages").permissions, { pages: "write", "id-token": "write" });
    const given = jobOf("release/charts").steps.filter((step) => JSON.stringify(step).includes("github.token"));
    assert.deepEqual(
      given.map(({ run }) => run),
      [".ci/sign-in ghcr.io"],
    );
  });

  it("no text of a change is put into a script", () => {
    for (const { at, job } of jobs) for (const { run = "" } of job.steps) assert.doesNotMatch(run, /\$\{\{/, at);
  });
});
