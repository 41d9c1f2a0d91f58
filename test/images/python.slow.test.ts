import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages } from "../../images/build/build";
import { imageDefinitions } from "../../images/build/image-definition";
import { blobFile, manifestDescriptor, readManifest } from "../../images/build/oci";

const images = imageDefinitions().flatMap((image) => (image.from === "python" ? [image] : []));

/** Python programs, run in a root folder that is their image's layer and nothing else. */
describe("images: Python programs", function () {
  this.timeout(600_000); // the first build fetches wheels and translates modules
  const work = mkdtempSync(join(tmpdir(), "images-python-"));
  const root = (name: string): string => join(work, name);
  const layouts: Record<string, string> = {};

  before(async () => {
    for (const { name, layoutDir } of await buildImages(
      images.map(({ name }) => name),
      { log: () => {} },
    )) {
      const [layer] = readManifest(layoutDir, manifestDescriptor(layoutDir)).layers;
      assert.ok(layer);
      layouts[name] = layoutDir;
      execFileSync("mkdir", [root(name)]);
      execFileSync("tar", ["-xf", blobFile(layoutDir, layer.digest), "-C", root(name)]);
    }
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  /** Runs a program of the image as its user, in its own root folder. */
  const inside = (name: string, ...command: readonly string[]) =>
    spawnSync("chroot", ["--userspec=10001:10001", root(name), ...command], {
      encoding: "utf8",
      env: {
        PYTHONPATH: "/app",
        FLOE_ARTIFACTS: "/tmp/artifacts.json",
        FLOE_JOBS: "jobs",
        PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        HOME: "/tmp",
        PYTHONDONTWRITEBYTECODE: "1",
      },
    });
  const prints = (name: string, pattern: RegExp, ...command: readonly string[]): void => {
    const { stdout, stderr, status } = inside(name, ...command);
    assert.equal(status, 0, stderr);
    assert.match(stdout, pattern);
  };
  const pinned = (name: string, wheel: string): string =>
    new RegExp(`^${wheel}==(\\S+)`, "m").exec(
      readFileSync(join(__dirname, "../../images", name, "requirements.txt"), "utf8"),
    )?.[1] ?? "";

  it("Dagster's programs run, in the versions that are pinned", () => {
    const version = new RegExp(`version ${pinned("dagster", "dagster").replaceAll(".", "\\.")}\n`);
    for (const program of ["dagster", "dagster-webserver"]) prints("dagster", version, program, "--version");
    prints("dagster", /run/, "dagster-daemon", "--help");
    prints("dagster", /^ok$/m, "python3", "-c", "import dagster_k8s, dagster_postgres, psycopg2, grpc; print('ok')");
  });

  it("the code location has a Dagster job for each job of the artifacts, and a schedule where there is one", () => {
    const jobs = [{ name: "orders-build", schedule: "0 6 * * *" }, { name: "total" }];
    writeFileSync(join(root("dagster"), "tmp/artifacts.json"), JSON.stringify({ version: "1", jobs }));
    const load = "from floe.definitions import definitions as d; r = d.get_repository_def()";
    const show = "print(sorted(j.name for j in r.get_all_jobs()), sorted(s.name for s in r.schedule_defs))";
    const { stdout, stderr } = inside("dagster", "python3", "-c", `${load}; ${show}`);
    assert.match(stdout, /^\['orders_build', 'total'\] \['orders_build_schedule'\]$/m, stderr);
    writeFileSync(join(root("dagster"), "tmp/artifacts.json"), '{"version": "2"}');
    assert.match(inside("dagster", "python3", "-c", load).stderr, /\/version: expected "1"$/m);
  });

  it("dbt runs with its adapter, in the versions that are pinned", () => {
    prints(
      "dbt",
      new RegExp(`installed: ${pinned("dbt", "dbt-core")}[^]*postgres: ${pinned("dbt", "dbt-postgres")}`),
      "dbt",
      "--version",
    );
    assert.match(inside("dbt", "dbt-ol", "build").stderr, /No such file or directory: '.\/dbt_project.yml'/);
  });

  it("a project of uv is started in its folder, and its environment is the image's own Python", () => {
    prints("trevor", /^\/app\/\.venv$/m, "/app/.venv/bin/python", "-c", "import sys, alembic, arq; print(sys.prefix)");
    prints("trevor", new RegExp(`^uv ${pinned("trevor", "uv")} `), "/app/.venv/bin/uv", "--version");
    const { config } = readManifest(layouts.trevor ?? "", manifestDescriptor(layouts.trevor ?? ""));
    const { WorkingDir, Env } = JSON.parse(readFileSync(blobFile(layouts.trevor ?? "", config.digest), "utf8")).config;
    assert.equal(WorkingDir, "/app");
    assert.match(Env.join("\n"), /^PATH=\/app\/\.venv\/bin:/m);
  });

  it("every module is translated, so that a start does not have to, and nothing writes into the image", () => {
    for (const { name } of images) {
      const modules = readdirSync(wheelsOf(root(name)), { recursive: true, encoding: "utf8" });
      const [sources, translated] = [".py", ".pyc"].map((end) => modules.filter((file) => file.endsWith(end)).length);
      assert.ok((translated ?? 0) > 0.95 * (sources ?? 0), `${name}: ${translated} of ${sources}`);
      assert.equal(statSync(join(root(name), "usr/bin/python3")).mode & 0o022, 0);
    }
  });

  it("carries the licences of the distribution's packages, and of wheels as they bring them", () => {
    for (const { name } of images) {
      for (const one of ["libc6", "libpython3.11-stdlib", "python3.11-minimal", "libstdc++6"].map((text) =>
        text.replace("3.11", pythonOf(root(name))),
      ))
        assert.ok(existsSync(join(root(name), "usr/share/doc", one, "copyright")), `${name}: ${one}`);
    }
  });

  it("a wheel whose digest is not the pinned one is refused", async () => {
    const sources = join(work, "sources");
    execFileSync("cp", ["-r", join(__dirname, "../../images"), sources]);
    const file = join(sources, "dbt/requirements.txt");
    const wrong = readFileSync(file, "utf8").replace(
      /(agate==[^\n]*\n)(?: +--hash=\S+( \\)?\n)+/,
      `$1    --hash=sha256:${"0".repeat(64)}\n`,
    );
    rmSync(file);
    execFileSync("tee", [file], { input: wrong, stdio: ["pipe", "ignore", "inherit"] });
    await assert.rejects(buildImages(["dbt"], { log: () => {}, sources }), {
      name: "UserError",
      message: /^pip install failed for .*DO NOT MATCH THE HASHES/s,
    });
  });
});

/** Folder with an image's wheels: a project of uv has an environment of its own. */
function wheelsOf(root: string): string {
  const [python, project] = [`python${pythonOf(root)}`, join(root, "app/.venv/lib")];
  return existsSync(project)
    ? join(project, python, "site-packages")
    : join(root, "usr/local/lib", python, "dist-packages");
}

const pythonOf = (root: string): string =>
  /^python(3\.\d+)$/m.exec(readdirSync(join(root, "usr/bin")).join("\n"))?.[1] ?? "";
