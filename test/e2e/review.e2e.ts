import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { programEnvironment } from "../../process/toolchain/locate";
import { ciEnvironment, codeHost, tokens } from "../support/doubles/code-host";
import { type Result, run } from "../support/run";
import { type ScratchCheckout, scratchCheckout } from "../support/scratch-checkout";

interface Step {
  readonly run?: string;
  readonly env?: NodeJS.ProcessEnv;
}
interface Workflow {
  readonly env?: NodeJS.ProcessEnv;
  readonly jobs: Readonly<Record<string, { readonly env?: NodeJS.ProcessEnv; readonly steps: readonly Step[] }>>;
}

/** Code of a change that writes down its own environment, and that of every process above it up to the shell this test starts. */
const thief = (file: string): string => `
const { readFileSync: look, writeFileSync: keep } = require("node:fs") as typeof import("node:fs");
const environments: string[] = [Object.entries(process.env).map((pair) => pair.join("=")).join("\\0")];
for (let pid = process.pid; pid !== ${process.pid}; ) {
  environments.push(look(\`/proc/\${pid}/environ\`, "utf8"));
  pid = Number(/^PPid:\\t(\\d+)$/m.exec(look(\`/proc/\${pid}/status\`, "utf8"))?.[1]);
}
keep(${JSON.stringify(file)}, JSON.stringify(environments));
`;

describe("hardened review", function () {
  this.timeout(120_000);
  let scratch: ScratchCheckout;
  let temporary: string;
  const output = (): string => {
    const file = join(scratch.root, "comment.md");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const review = (...args: string[]): Promise<Result> =>
    run(join(scratch.root, "bin/hardened"), ["review", ...args], {
      cwd: scratch.root,
      env: { ...programEnvironment(), TMPDIR: temporary },
    });

  before(() => {
    scratch = scratchCheckout();
    temporary = join(scratch.root, ".git", "tmp");
    mkdirSync(temporary);
  });
  after(() => rmSync(scratch.root, { recursive: true, force: true }));
  beforeEach(() => scratch.git("checkout", "--quiet", "-B", "change", "main"));
  afterEach(() => {
    assert.deepEqual(readdirSync(temporary), [], "scratch folders are left behind");
    scratch.git("reset", "--quiet", "--hard");
    scratch.git("clean", "--quiet", "-d", "--force");
  });

  it("says that nothing changes, and ends with 0", async () => {
    const { code, stdout } = await review("--base", "main");
    assert.equal(code, 0, stdout);
    assert.equal(stdout.split("\n")[0], "<!-- hardened:review -->");
    assert.match(stdout, /\*\*Nothing any stack renders to changes\.\*\*/);
    for (const stack of ["dev", "staging", "prod"])
      assert.match(stdout, new RegExp(`^\\| \`${stack}\` \\| ✅ passes \\| none`, "m"));
    assert.doesNotMatch(stdout, /```/);
  });

  it("[MR-54] shows a forbidden change of a chart with its violation, and ends with 1", async () => {
    scratch.edit("charts/hardened/templates/_security.tpl", (text) =>
      text.replace("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
    );
    scratch.git("commit", "--quiet", "--all", "--message=loosen");
    const before = [scratch.git("status", "--porcelain"), scratch.git("worktree", "list"), scratch.git("branch")];
    const { code, text } = await review("--stacks", "dev,prod", "--base", "main", "--output", "comment.md");
    assert.equal(code, 1, text);
    assert.equal(text, "");
    const comment = output();
    assert.ok(comment.length < 64_000);
    assert.match(comment, /^\| `prod` \| ❌ \d+ mandatory \| \d+ objects?, \+\d+ −\d+ \|$/m);
    assert.match(
      comment,
      /^\| ❌ mandatory \| `allow-privilege-escalation` \| `Deployment mailroom\/mailroom` \|.*got true/m,
    );
    const diff = /```diff\n([\s\S]*?)^```$/m.exec(comment.slice(comment.indexOf("### `prod`")))?.[1] ?? "";
    assert.match(diff, /^diff --git before\/mailroom_Deployment_mailroom\.yaml after\//m);
    assert.match(diff, /^- +allowPrivilegeEscalation: false\n\+ +allowPrivilegeEscalation: true$/m);
    assert.deepEqual(
      [scratch.git("status", "--porcelain").replace("?? comment.md\n", ""), ...before.slice(1)],
      before,
      "the repository is as it was",
    );
    scratch.git("clean", "--quiet", "--force");
  });

  it("[MR-54] the workflow's two jobs do it in any CI: one comment, brought up to date by the next push, and no token for the change's code", async () => {
    const host = await codeHost();
    const stolen = join(scratch.root, ".git", "stolen.json");
    /** One job as a runner does it: each of its scripts in a shell of its own, with what the workflow and its CI put into the environment. */
    const job = async (name: string, more: NodeJS.ProcessEnv): Promise<Result> => {
      const { env, jobs } = load(readFileSync(join(scratch.root, ".github/workflows/review.yml"), "utf8")) as Workflow;
      const found = jobs[name];
      const given = (values: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv =>
        Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, value?.replace(/\$\{\{.*\}\}/, tokens.GH_TOKEN)]),
        );
      const scripts = (found?.steps ?? []).filter((step) => step.run !== undefined);
      assert.equal(scripts.length, 1, `scripts of ${name}`);
      const [script] = scripts;
      const ended = await run("bash", ["-e", "-c", `${script?.run}\nexit $?`], {
        cwd: scratch.root,
        env: {
          ...programEnvironment(),
          ...ciEnvironment(host, "GitHub"),
          ...more,
          ...given(env),
          ...given(found?.env),
          ...given(script?.env),
        },
      });
      assert.ok(!(ended.text + output()).includes(tokens.GH_TOKEN), "the token is shown");
      return ended;
    };
    const workflow = async (): Promise<Result> => {
      rmSync(join(scratch.root, "comment.md"), { force: true });
      const reviewed = await job("review", { GITHUB_BASE_REF: "main" });
      mkdirSync(join(scratch.root, ".git", "tmp", "review"));
      renameSync(join(scratch.root, "comment.md"), join(temporary, "review", "comment.md"));
      const sent = await job("comment", { RUNNER_TEMP: temporary });
      rmSync(join(temporary, "review"), { recursive: true });
      assert.equal(sent.code, 0, sent.text);
      return reviewed;
    };
    try {
      host.add("looks good", "someone");
      scratch.git("update-ref", "refs/remotes/origin/main", "main");
      scratch.git("rm", "--quiet", "Pulumi.dev.yaml", "Pulumi.staging.yaml"); // one is enough here
      scratch.edit("operations/validation/review.ts", (text) =>
        text.replace("export interface StackReview", `${thief(stolen)}\nexport interface StackReview`),
      );
      scratch.edit("charts/hardened/templates/_security.tpl", (text) =>
        text.replace("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
      );
      scratch.git("commit", "--quiet", "--all", "--message=loosen");
      const loosened = await workflow();
      assert.equal(loosened.code, 1, loosened.text);
      assert.equal(host.comments.length, 2);
      assert.match(host.comments[1]?.body ?? "", /^\| `prod` \| ❌ \d+ mandatory \|/m);
      const environments = JSON.parse(readFileSync(stolen, "utf8")) as string[];
      assert.ok(environments.length >= 2, "the thief sees itself and .ci/review");
      for (const one of environments) {
        assert.match(one, /(?:^|\0)PATH=/);
        assert.ok(!one.includes(tokens.GH_TOKEN), "the thief has a token");
      }

      scratch.git("revert", "--no-edit", "HEAD");
      const mended = await workflow();
      assert.equal(mended.code, 0, mended.text);
      assert.equal(host.comments.length, 2);
      assert.match(host.comments[1]?.body ?? "", /^\| `prod` \| ✅ passes \| none/m);
      assert.equal(host.comments[0]?.body, "looks good");
    } finally {
      await host.close();
    }
  });

  it("renders the base with the base's own code, and compares with where the branch left it", async () => {
    // On the base the program itself adds a label; the branch has not got that commit and must not show it as its own.
    scratch.edit("operations/validation/render.ts", (text) =>
      text.replace(
        "sortKeys: true })",
        'sortKeys: true }).replace("kind: Namespace", "kind: Namespace\\nfromTheBase: true")',
      ),
    );
    scratch.git("commit", "--quiet", "--all", "--message=other");
    scratch.git("branch", "--force", "other");
    const ahead = JSON.parse((await review("--stacks", "prod", "--base", "HEAD", "--json")).stdout);
    assert.equal(ahead.stacks[0].diff, "");
    scratch.git("revert", "--no-edit", "HEAD");
    const reverted = JSON.parse((await review("--stacks", "prod", "--base", "other", "--json")).stdout);
    assert.match(reverted.stacks[0].diff, /^-fromTheBase: true$/m);
    scratch.git("checkout", "--quiet", "-B", "change", "main");
    const behind = JSON.parse((await review("--stacks", "prod", "--base", "other", "--json")).stdout);
    assert.equal(behind.stacks[0].diff, "");
    assert.equal(behind.commit, scratch.git("rev-parse", "main").trim());
  });

  it("shows everything of a stack the base does not have", async () => {
    scratch.edit("Pulumi.prod.yaml", (text) => `${text}# changed\n`);
    scratch.git("mv", "Pulumi.prod.yaml", "Pulumi.other.yaml");
    const { code, stdout } = await review("--stacks", "other", "--base", "main", "--json");
    const { stacks } = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.match(stacks[0].diff, /^new file mode/m);
    assert.doesNotMatch(stacks[0].diff, /^-(?!--)/m);
  });

  it("ends with 2 and says why when a stack cannot be evaluated, and still evaluates the others", async () => {
    scratch.edit("Pulumi.prod.yaml", (text) => text.replace("hardened:environment", "hardened:environ"));
    const { code, stdout } = await review("--base", "main");
    assert.equal(code, 2, stdout);
    assert.match(stdout, /^\| `prod` \| ❌ could not be evaluated \| not known \|$/m);
    assert.match(stdout, /^\| `staging` \| ✅ passes \| none \|$/m);
    assert.match(stdout, /did you mean "hardened:environment"/);
  });

  it("ends with 130 at Ctrl-C, with no comment and nothing left behind", async () => {
    const { code, stdout, stderr } = await run(join(scratch.root, "bin/hardened"), ["review", "--base", "main"], {
      cwd: scratch.root,
      env: { ...programEnvironment(), TMPDIR: temporary },
      onStart: (child) => {
        const begun = setInterval(() => {
          if (readdirSync(temporary).length === 0) return;
          clearInterval(begun);
          child.kill("SIGINT");
        }, 50);
      },
    });
    assert.deepEqual([code, stdout], [130, ""], stderr);
    assert.match(stderr, /interrupted/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  it("refuses a base or a stack that does not exist, without a stack trace", async () => {
    for (const [args, said] of [
      [["--base", "no-such-branch"], /^no commit "no-such-branch" here; fetch it first/],
      [["--stacks", "prd"], /^no stack prd; stacks: dev, prod, staging/],
    ] as const) {
      const { code, stderr } = await review(...args);
      assert.equal(code, 2);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  });
});
