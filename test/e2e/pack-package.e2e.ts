import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { rules } from "../../policy/evaluate/catalogue";
import { programEnvironment, rendererPath } from "../../process/toolchain/locate";
import { Analyzer } from "../policy/support/analyzer";
import { type Result, run } from "../support/run";
import { scratchCheckout } from "../support/scratch-checkout";
import { root } from "../support/tree";

const npm = (folder: string, ...args: string[]): string =>
  execFileSync("npm", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: built,
    maxBuffer: 2 ** 26,
  });
/** A person's shell, not a script of `npm test`, whose npm hands its own settings down; with the helm-render that is built: packing takes it, and need not build another. */
const built = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_"))),
  HELM_RENDER_BIN: rendererPath(),
};

/** A project that is no Node program: nothing of this checkout is in it but the package. */
describe("the policy pack as a package of its own", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "hardened-package-"));
  const installed = join(folder, "node_modules", "hardened-policy");
  /** What a person has: Node, and nothing else of this project, Helm neither. */
  const env = {
    PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    HOME: folder,
    TMPDIR: tmpdir(),
  };
  const release = (values: Record<string, boolean>) => ({
    chart: "./charts/web",
    name: "web",
    namespace: "apps",
    version: "0.1.0",
    values,
  });

  before(() => {
    const checkout = scratchCheckout();
    try {
      const [{ filename }] = JSON.parse(npm(join(checkout.root, "policy"), "pack", "--json")) as [{ filename: string }];
      assert.equal(
        checkout.git("status", "--porcelain"),
        `?? policy/${filename}\n`,
        "packing leaves nothing but the tarball",
      );
      cpSync(join(checkout.root, "policy", filename), join(folder, filename));
      writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: yaml\n");
      npm(folder, "install", "--no-audit", "--no-fund", "--save-exact", filename);
    } finally {
      rmSync(checkout.root, { recursive: true, force: true });
    }
    cpSync(join(root, "test/policy/fixtures/charts/good"), join(folder, "charts/web"), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("holds JavaScript, the rules and how to use it, and none of the sources", () => {
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
    for (const file of [
      "dist/index.js",
      `bin/${process.platform}-${process.arch}/helm-render`,
      "PulumiPolicy.yaml",
      "README.md",
      "CHECKS.md",
      "LICENSE",
    ])
      assert.ok(files.includes(file), file);
    assert.deepEqual(
      files.filter((file) => file.endsWith(".ts")),
      [],
    );
  });

  it("wants exactly the packages it imports, in the versions this project is tested with", () => {
    type Manifest = { dependencies: Record<string, string>; version: string };
    const own = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Manifest;
    const project = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
    const imported = new Set<string>();
    for (const file of readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".js")) continue;
      const text = readFileSync(join(installed, "dist", file), "utf8");
      for (const [, name = ""] of text.matchAll(/require\("((?:@[\w.-]+\/)?[a-z][\w.-]*)[^"]*"\)/g)) imported.add(name);
    }
    assert.deepEqual([...imported].filter((name) => !name.startsWith("node")).sort(), Object.keys(own.dependencies));
    for (const [name, version] of Object.entries(own.dependencies))
      assert.equal(version, project.dependencies[name], name);
    assert.equal(own.version, project.version);
  });

  it("[MR-54] evaluates releases of the project it is installed in, started by its name", async () => {
    const analyzer = await Analyzer.start(join(folder, "node_modules", ".bin", "hardened-policy"), folder, env);
    try {
      await analyzer.configureStack("shop", { "shop:environment": "prod" });
      const names = (await analyzer.info()).getPoliciesList().map((policy) => policy.getName());
      assert.deepEqual(
        names,
        rules.map(({ id }) => id),
      );
      const type = "kubernetes:helm.sh/v3:Release";
      const evaluated = async (values: Record<string, boolean>) =>
        (await analyzer.analyze(type, release(values))).getDiagnosticsList().map((one) => one.getMessage());
      assert.deepEqual(await evaluated({}), []);
      const [message = "", ...more] = await evaluated({ allowPrivilegeEscalation: true });
      assert.deepEqual(more, []);
      assert.match(message, /container "web": securityContext.allowPrivilegeEscalation must be false, got true/);
    } finally {
      await analyzer.stop();
    }
  });

  it("[MR-54] finds the project it is installed in when a language host starts it from its folder", async () => {
    const host = join(folder, "language-host");
    const start = 'exec node ../@pulumi/pulumi/cmd/run-policy-pack "$1" .';
    writeFileSync(host, `#!/bin/sh\n${start}\n`, { mode: 0o755 });
    const told = { PULUMI_NODEJS_PROJECT: "shop", PULUMI_CONFIG: JSON.stringify({ "shop:environment": "staging" }) };
    const analyzer = await Analyzer.start(host, installed, { ...env, ...told });
    try {
      const answer = await analyzer.analyze(
        "kubernetes:helm.sh/v3:Release",
        release({ allowPrivilegeEscalation: true }),
      );
      assert.deepEqual(
        answer.getDiagnosticsList().map((one) => one.getPolicyname()),
        ["allow-privilege-escalation"],
      );
    } finally {
      await analyzer.stop();
    }
  });

  describe("under a real engine", () => {
    const state = join(folder, "state");
    const environment = {
      ...programEnvironment(),
      HOME: folder,
      PULUMI_HOME: join(folder, ".pulumi"),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      KUBECONFIG: "/nonexistent",
    };

    before(() => {
      mkdirSync(state);
      // The language host at hand is Node's: the program uses the SDK that came with the pack, and raw types in place of another SDK.
      const values = '{ allowPrivilegeEscalation: process.env.LOOSE === "yes" }';
      const inputs = `{ chart: "./charts/web", name: "web", namespace: "apps", values: ${values} }`;
      const program = `const { CustomResource } = require("@pulumi/pulumi");\nnew CustomResource("kubernetes:helm.sh/v3:Release", "web", ${inputs});\n`;
      writeFileSync(join(folder, "index.js"), program);
      writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    });

    const pulumi = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Result> =>
      run("pulumi", [...args, "--stack", "test", "--non-interactive"], {
        cwd: folder,
        env: { ...environment, ...more },
      });
    const pack = ["preview", "--policy-pack", join("node_modules", "hardened-policy", "hardened-policy")];

    it("[MR-54] passes a good release and refuses a bad one at preview", async () => {
      const created = await run("pulumi", ["stack", "init", "test"], { cwd: folder, env: environment });
      assert.equal(created.code, 0, created.text);
      const good = await pulumi(pack);
      assert.equal(good.code, 0, good.text);
      const bad = await pulumi(pack, { LOOSE: "yes" });
      assert.notEqual(bad.code, 0, bad.text);
      assert.match(bad.text, /\[mandatory\] .*allow-privilege-escalation/);
    });

    it("stops at a slip in --policy-pack-config and says what was meant", async () => {
      const levels = join(folder, "levels.json");
      writeFileSync(levels, JSON.stringify({ "allow-privilege-escalation": "advisory" }));
      const lenient = await pulumi([...pack, "--policy-pack-config", levels], { LOOSE: "yes" });
      assert.equal(lenient.code, 0, lenient.text);
      assert.match(lenient.text, /\[advisory\] .*allow-privilege-escalation/);
      writeFileSync(levels, JSON.stringify({ "allow-privilege-escalatoin": "disabled" }));
      const slip = await pulumi([...pack, "--policy-pack-config", levels]);
      assert.notEqual(slip.code, 0, slip.text);
      assert.match(
        slip.text,
        /"allow-privilege-escalatoin" is no policy of this pack; did you mean "allow-privilege-escalation"\?/,
      );
      assert.doesNotMatch(slip.text, /^\s+at /m);
    });
  });
});
