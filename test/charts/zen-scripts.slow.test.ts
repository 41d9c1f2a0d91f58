import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { load } from "js-yaml";
import { packChart } from "../../policy/render/chart-package";
import { useHelm } from "../policy/support/helm";
import { type Result, run } from "../support/run";
import { filesBelow, root, textOf } from "../support/tree";

const folder = "charts/zen-agent/scripts";
const programs = filesBelow([`${folder}/ci`, `${folder}/demo`], [".sh"]);
const gates = ["RUN_HELM_LINT", "RUN_HELM_SMOKE", "RUN_GUARDRAILS", "RUN_HELM_PROFILES_SANITY"];

/** PATH without the folders that have a program. */
const pathWithout = (program: string): string =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .filter((one) => one !== "" && !existsSync(join(one, program)))
    .join(delimiter);

describe("charts/zen-agent/scripts", function () {
  this.timeout(240_000);
  let scratch: string;
  before(() => {
    useHelm();
    scratch = mkdtempSync(join(tmpdir(), "zen-scripts-"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  /** Runs a script from another folder, with no gate but those given and no k3d but the one given. */
  function script(name: string, env: Record<string, string> = {}, args: readonly string[] = []): Promise<Result> {
    const own = Object.fromEntries(Object.entries(process.env).filter(([key]) => !gates.includes(key)));
    return run(join(root, folder, name), args, { cwd: scratch, env: { ...own, PATH: pathWithout("k3d"), ...env } });
  }

  /** A matrix of one base of zen-watcher, its image as given. */
  function matrix(repository: string): string {
    const file = join(scratch, `${repository.replaceAll(/\W/g, "-")}.yaml`);
    const values = {
      image: { repository, digest: `sha256:${"c0de".repeat(16)}` },
      networkPolicy: { apiServer: { cidrs: ["10.0.0.1/32"] } },
    };
    const base = { profile: "prod", images: ["docker.io/kubezen/*"], values };
    const chart = {
      chart: join(root, "charts/zen-watcher"),
      release: "watch",
      namespace: "zen",
      bases: { alone: base },
    };
    writeFileSync(file, JSON.stringify({ charts: [chart] }));
    return file;
  }
  const good = (): string => matrix("kubezen/zen-watcher");

  it("[ZN-56] [ZN-55] without a gate nothing is done, and what is skipped is printed", async () => {
    const allOff: readonly Record<string, string>[] = [
      {},
      { RUN_HELM_LINT: "0", RUN_HELM_SMOKE: "0", RUN_GUARDRAILS: "" },
    ];
    for (const off of allOff) {
      const { code, stdout, stderr } = await script("ci/helm-charts-optional.sh", off);
      assert.deepEqual([code, stderr], [0, ""]);
      const lines = stdout.trim().split("\n");
      assert.equal(lines.length, 3);
      for (const line of lines) assert.match(line, /^skipped .*\((RUN_\w+=1 ?)+\)$/);
    }
    const sanity = await script("ci/helm-profiles-sanity-optional.sh");
    assert.deepEqual([sanity.code, sanity.stdout.split("\n").length], [0, 2]);
    assert.match(sanity.stdout, /^skipped .*\(RUN_HELM_PROFILES_SANITY=1\)/);
  });

  it("[ZN-55] lint alone: lints and renders, and says that the smoke test and the guardrails are left out", async () => {
    const { code, stdout } = await script("ci/helm-charts-optional.sh", { RUN_HELM_LINT: "1", HELM_MATRIX: good() });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^run +ci\/helm-lint-and-render\.sh$/m);
    assert.match(stdout, /^skipped +guardrails \(RUN_GUARDRAILS=1\)$/m);
    assert.match(stdout, /^1 combinations linted and rendered, 0 failed$/m);
    assert.match(stdout, /^skipped +demo\/helm-smoke-k3d\.sh \(RUN_HELM_SMOKE=1\)$/m);
  });

  it("[ZN-55] [ZN-53] smoke alone: without k3d it says why nothing is done", async () => {
    const { code, stdout } = await script("ci/helm-charts-optional.sh", { RUN_HELM_SMOKE: "1" });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^skipped +ci\/helm-lint-and-render\.sh \(RUN_HELM_LINT=1\)$/m);
    assert.match(stdout, /^run +demo\/helm-smoke-k3d\.sh$/m);
    assert.match(stdout, /^skipped +smoke test: k3d is not on PATH; install it, or name a cluster by --kubeconfig$/m);
  });

  it("[ZN-55] both with guardrails: each step is run, and a smoke test that fails is exit code 1", async () => {
    const own = join(scratch, "bin");
    mkdirSync(own);
    writeFileSync(join(own, "k3d"), "#!/bin/sh\necho no docker here >&2\nexit 7\n");
    chmodSync(join(own, "k3d"), 0o755);
    const asked = { RUN_HELM_LINT: "1", RUN_HELM_SMOKE: "1", RUN_GUARDRAILS: "1", HELM_MATRIX: good() };
    const without = await script("ci/helm-charts-optional.sh", asked);
    assert.equal(without.code, 0, without.text);
    assert.match(without.stdout, /^1 combinations linted, rendered and evaluated by the policy pack, 0 failed$/m);
    const PATH = `${own}${delimiter}${pathWithout("k3d")}`;
    const failing = await script("ci/helm-charts-optional.sh", { RUN_HELM_SMOKE: "1", PATH });
    assert.equal(failing.code, 1, failing.text);
    assert.match(failing.stderr, /no docker here/);
  });

  it("[ZN-52] [ZN-64] a planted image of another registry passes lint and render, and fails the guardrails", async () => {
    const HELM_MATRIX = matrix("nginx");
    const without = await script("ci/helm-lint-and-render.sh", { HELM_MATRIX });
    assert.equal(without.code, 0, without.text);
    const guarded = await script("ci/helm-charts-optional.sh", {
      RUN_HELM_LINT: "1",
      RUN_GUARDRAILS: "1",
      HELM_MATRIX,
    });
    assert.equal(guarded.code, 1, guarded.text);
    assert.match(
      guarded.stdout,
      /must be of docker\.io\/kubezen\/\*, got "nginx@sha256:.*\(docker\.io\/library\/nginx\)/,
    );
  });

  it("[ZN-54] the example values of every profile are right", async () => {
    const { code, stdout } = await script("ci/helm-profiles-sanity-optional.sh", { RUN_HELM_PROFILES_SANITY: "1" });
    assert.equal(code, 0, stdout);
    for (const profile of ["local", "gitops", "aws"])
      assert.match(stdout, new RegExp(`^zen-agent, ${profile} +\\d+ +ok$`, "m"));
    const { charts } = load(textOf(`${folder}/ci/profiles.yaml`)) as {
      charts: [{ bases: Record<string, { files: string[] }> }];
    };
    assert.deepEqual(
      Object.values(charts[0].bases)
        .flatMap(({ files }) => files.map((file) => file.replace(/^.*docs\//, "docs/")))
        .sort(),
      filesBelow(["docs/examples"], [".yaml"]).filter((file) => file.startsWith("docs/examples/values-")),
    );
  });

  it("[ZN-56] a gate that is neither 0 nor 1 is refused before anything runs, each with its value", async () => {
    const wrong = { RUN_HELM_LINT: "yes", RUN_HELM_SMOKE: "1", RUN_GUARDRAILS: "true" };
    const { code, stdout, stderr } = await script("ci/helm-charts-optional.sh", wrong);
    assert.deepEqual(
      [code, stdout, stderr],
      [2, "", 'RUN_HELM_LINT is "yes"; allowed: 0, 1\nRUN_GUARDRAILS is "true"; allowed: 0, 1\n'],
    );
    const sanity = await script("ci/helm-profiles-sanity-optional.sh", { RUN_HELM_PROFILES_SANITY: "on" });
    assert.deepEqual([sanity.code, sanity.stderr], [2, 'RUN_HELM_PROFILES_SANITY is "on"; allowed: 0, 1\n']);
  });

  it("[ZN-57] each says by --help what it does, its variables and exit codes, and takes no other argument; the page names all of it", async () => {
    assert.equal(programs.length, 4);
    const page = textOf(`${folder}/README.md`);
    for (const file of programs) {
      const name = file.slice(folder.length + 1);
      const help = await script(name, {}, ["--help"]);
      assert.equal(help.code, 0);
      assert.match(help.stdout, /^Usage: charts\/zen-agent\/scripts\//);
      assert.match(help.stdout, /Exit codes: 0 /);
      assert.equal((await script(name, {}, ["--nope"])).code, 2, name);
      assert.ok(page.includes(`](${name})`), name);
    }
    const read = programs.flatMap((file) =>
      [...textOf(file).matchAll(/^check_gates (.*)$/gm)].flatMap(([, all = ""]) => all.split(" ")),
    );
    assert.deepEqual([...new Set(read)].sort(), [...gates].sort());
    assert.deepEqual([...page.matchAll(/^\| `(RUN_\w+)=1` +\|/gm)].map(([, gate]) => gate).sort(), [...gates].sort());
  });

  it("none of it is in the chart's package", () => {
    const files = readPackage();
    assert.ok(files.includes("Chart.yaml") && files.includes("profiles.yaml"));
    assert.deepEqual(
      files.filter((file) => /^scripts\/|\.md$/.test(file)),
      [],
    );
  });

  /** Paths in the package of zen-agent, below its folder. */
  function readPackage(): string[] {
    const file = join(scratch, "zen-agent.tgz");
    writeFileSync(file, packChart(join(root, "charts/zen-agent")).archive);
    const listed = execFileSync("tar", ["-tzf", file], { encoding: "utf8" });
    return listed.split("\n").map((path) => path.replace(/^zen-agent\//, ""));
  }
});
