import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Result, run } from "../support/run";
import { root } from "../support/tree";

interface Package {
  readonly version: string;
  readonly integrity: string;
  readonly optional?: boolean;
}
type Packages = Readonly<Record<string, Package>>;

const one = { version: "1.0.0", integrity: "sha512-one" };
const locked: Packages = {
  "node_modules/one": one,
  "node_modules/two": { version: "2.0.0", integrity: "sha512-two" },
  "node_modules/elsewhere": { version: "3.0.0", integrity: "sha512-elsewhere", optional: true },
};
const { "node_modules/elsewhere": _, ...installed } = locked;

describe("bin/bootstrap.js", () => {
  let project: string;
  const path = (...names: string[]): string => join(project, ...names);
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "bootstrap-"));
    cpSync(join(root, "bin/bootstrap.js"), path("bin/bootstrap.js"));
    writeFileSync(
      path("package-lock.json"),
      JSON.stringify({ packages: { "": { dependencies: { one: "1.0.0" } }, ...locked } }),
    );
    mkdirSync(path("path"));
  });
  afterEach(() => rmSync(project, { recursive: true }));

  /** What npm leaves behind of an installation. */
  const install = (packages: Packages, folder = "node_modules"): void => {
    mkdirSync(path(folder), { recursive: true });
    writeFileSync(path(folder, ".package-lock.json"), JSON.stringify({ packages }));
  };
  /** Starts it with an npm that only notes how it was called. */
  const bootstrap = async (code = 0): Promise<Result & { readonly npm: string | undefined }> => {
    const npm = '#!/bin/sh\necho "$@" >> "$NPM_CALLS"\nexit "$NPM_CODE"\n';
    writeFileSync(path("path/npm"), npm, { mode: 0o755 });
    const env = {
      PATH: `${path("path")}:${process.env.PATH}`,
      NPM_CALLS: path("calls"),
      NPM_CODE: String(code),
    };
    const result = await run(process.execPath, [path("bin/bootstrap.js")], { env });
    return { ...result, npm: existsSync(path("calls")) ? readFileSync(path("calls"), "utf8") : undefined };
  };

  it("an installation by hand, with npm ci, is taken as it is; optional packages of other platforms are not missed", async () => {
    install(installed);
    const { code, text, npm } = await bootstrap();
    assert.deepEqual([code, text, npm], [0, "", undefined]);
  });

  const outdated: readonly (readonly [title: string, packages: Packages | undefined])[] = [
    ["none", undefined],
    ["one that was interrupted: npm has not written what it installed", {}],
    ["a package is missing", { "node_modules/one": one }],
    ["another version", { ...installed, "node_modules/one": { ...one, version: "1.0.1" } }],
    ["another content", { ...installed, "node_modules/one": { ...one, integrity: "sha512-other" } }],
    ["a package that the lock file does not have", { ...installed, "node_modules/three": one }],
  ];
  for (const [title, packages] of outdated)
    it(`installs: ${title}`, async () => {
      if (packages) install(packages);
      const { code, stdout, npm } = await bootstrap();
      assert.deepEqual([code, stdout, npm], [0, "installing packages\n", "ci --loglevel=error\n"]);
    });

  it("npm that fails fails it, with a line that says what to do", async () => {
    const { code, stderr } = await bootstrap(1);
    assert.equal(code, 1);
    assert.match(stderr, /^npm ci failed; .* run the same command again\.\n$/);
  });

  it("a link to an installation that fits is taken as it is", async () => {
    install(installed, "shared");
    symlinkSync("shared", path("node_modules"));
    const { code, text, npm } = await bootstrap();
    assert.deepEqual([code, text, npm], [0, "", undefined]);
  });

  for (const [title, packages] of [
    ["to another installation", { "node_modules/one": one }],
    ["that leads nowhere", undefined],
  ] as const)
    it(`a link ${title} is refused, and what it leads to stays as it is`, async () => {
      if (packages) install(packages, "shared");
      symlinkSync("shared", path("node_modules"));
      const { code, stderr, npm } = await bootstrap();
      assert.deepEqual([code, npm], [1, undefined]);
      assert.equal(
        stderr,
        "node_modules is a link to shared, whose packages are not those of package-lock.json, and npm would empty that folder; remove the link (rm node_modules) and run the same command again.\n",
      );
    });
});
