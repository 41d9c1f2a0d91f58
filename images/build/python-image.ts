import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensurePackages, wheelPackages } from "../../process/toolchain/packages";
import { UserError } from "../../process/user-error";
import { accounts, type Choice, chosenFiles, isCommon, licences, shell } from "./debian-files";
import { candidates, unpackPackages } from "./debian-packages";
import { type Image, type ImageContents, type ImageFile, imageUser, usualPath } from "./image";
import { cachedImage, imageKey } from "./image-cache";
import type { PythonImage } from "./image-definition";
import { interpreter } from "./shared-libraries";

const run = promisify(execFile);

/** Raise it when the same packages and wheels have to give another image. */
const layout = 3;

/** The distribution's Python, and what wheels expect of a system beside the C library (PEP 600). */
const packages = ["python3", "libstdc++6", "zlib1g"];
const isPython = (name: string): boolean => /^(lib)?python3(\.\d+)?(-minimal|-stdlib)?$/.test(name);
/** Parts of the standard library that need a screen, install packages or are tests. */
const unused =
  /^\/usr\/lib\/python3\.\d+\/(.*\/)?(ensurepip|idlelib|lib2to3|test|tests|tkinter|turtledemo|config-3\.\d+-[^/]*)\//;

/** Where wheels are, where their programs are, and by what Python these are run. */
interface Folders {
  readonly wheels: string;
  readonly programs: string;
  readonly python: string;
}

/** The folder of a project of uv, which is also the one its programs are started in. */
const projectFolder = "/app";
/** The environment that `uv run` looks for in a project. */
const environment = `${projectFolder}/.venv`;

/** A project of uv has an environment of its own; other wheels lie where Debian's Python looks for what is no package's. */
const foldersOf = (version: string, isProject: boolean): Folders =>
  isProject
    ? {
        wheels: `${environment}/lib/python${version}/site-packages`,
        programs: `${environment}/bin`,
        python: `${environment}/bin/python`,
      }
    : {
        wheels: `/usr/local/lib/python${version}/dist-packages`,
        programs: "/usr/local/bin",
        python: "/usr/bin/python3",
      };

const choice = (version: string, { wheels }: Folders, binaries: readonly string[]): Choice => ({
  programs: new RegExp(
    [
      String.raw`^/usr/bin/python3(\.\d+)?$`,
      String.raw`^(/usr/lib/python${version}|${wheels})/.*\.so(\.[\d.]+)?$`,
      ...binaries.map((name) => `^${wheels}/bin/${name}$`),
    ].join("|"),
  ),
  data: new RegExp(`^/usr/lib/python${version}/|^${wheels}/|^${environment}/`),
  own: new RegExp(`^${wheels}/|^${environment}/|/__pycache__/`),
});

/** Wheels are made for a version of the C library and run with every later one: all of them up to Debian 12's. */
const platforms = (): string[] => {
  const processor = process.arch === "arm64" ? "aarch64" : "x86_64";
  const versions = Array.from({ length: 36 - 17 + 1 }, (_, index) => `manylinux_2_${36 - index}_${processor}`);
  return [...versions, `manylinux2014_${processor}`].flatMap((platform) => ["--platform", platform]);
};

/** Puts the wheels of a list with digests into a folder. Nothing is built and no package's code runs. */
async function installWheels(requirements: string, version: string, folder: string): Promise<void> {
  const how = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--no-warn-script-location"];
  const quiet = ["--quiet", "--disable-pip-version-check"];
  const target = ["--python-version", version, "--implementation", "cp", ...platforms(), "--target", folder];
  try {
    await run("python3", ["-m", "pip", "install", ...quiet, ...how, ...target, "--requirement", requirements]);
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new UserError(`pip install failed for ${requirements}:\n  ${stderr.trim().split("\n").join("\n  ")}`);
  }
}

/** pip notes digests of the programs it wrote for this machine's Python; they are not in the image, and would make it another one on each machine. */
function forgetScripts(wheels: string): void {
  for (const file of readdirSync(wheels, { encoding: "utf8" })) {
    const record = join(wheels, file, "RECORD");
    if (!file.endsWith(".dist-info") || !existsSync(record)) continue;
    writeFileSync(record, readFileSync(record, "utf8").replace(/^(\.\.\/)*bin\/.*\n/gm, ""));
  }
}

/** Translates every module once, by the image's own Python, so that nothing has to at each start. Not judged by times: they are not in the image. */
async function compileModules(root: string, version: string, wheels: string): Promise<void> {
  const machine = interpreter().folder;
  const libraries = [`/usr/lib/${machine}`, `/lib/${machine}`].map((folder) => join(root, folder)).join(":");
  const python = join(root, `usr/bin/python${version}`);
  const how = ["-q", "-f", "-s", root, "-p", "/", "--invalidation-mode", "unchecked-hash"];
  const folders = [join(root, `usr/lib/python${version}`), join(root, wheels)];
  const loader = join(root, interpreter().within(root));
  // what cannot be translated, such as a template, is no failure: Python would not load it either
  await run(loader, ["--inhibit-cache", "--library-path", libraries, python, "-m", "compileall", ...how, ...folders], {
    env: { PYTHONHOME: join(root, "usr"), PYTHONHASHSEED: "0" },
    maxBuffer: 64 * 2 ** 20,
  }).catch((error: { code?: unknown }) => {
    if (error.code !== 1) throw error;
  });
}

/** Programs of the wheels: scripts, which pip writes for this machine's Python, and binaries, which it takes as they are. */
function programs(
  names: readonly string[],
  from: string,
  into: string,
  folders: Folders,
): { readonly files: ImageFile[]; readonly binaries: string[] } {
  mkdirSync(into, { recursive: true });
  const isScript = (name: string): boolean => readFileSync(join(from, name)).subarray(0, 2).toString() === "#!";
  const scripts = names.filter(isScript);
  for (const name of scripts) {
    const text = readFileSync(join(from, name), "utf8");
    writeFileSync(join(into, name), text.replace(/^#!.*/, `#!${folders.python}`));
  }
  return {
    files: names.map((name) => ({
      path: join(folders.programs, name),
      from: join(scripts.includes(name) ? into : from, name),
      mode: 0o755,
    })),
    binaries: names.filter((name) => !scripts.includes(name)),
  };
}

/** What makes a folder an environment of the distribution's Python, as `python3 -m venv` does. */
function makeEnvironment(root: string, version: string): void {
  const folder = join(root, environment);
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(
    join(folder, "pyvenv.cfg"),
    `home = /usr/bin\ninclude-system-site-packages = false\nversion = ${version}\n`,
  );
  for (const [name, target] of [
    ["python", "/usr/bin/python3"],
    ["python3", "python"],
  ] as const)
    symlinkSync(target, join(folder, "bin", name));
}

/** The image's own modules, below `/app`, and programs: what is in `bin` is on PATH. */
function appFiles(folder: string): { readonly name: string; readonly from: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((from) => ({ name: from.slice(folder.length), from }));
}

/**
 * The image of a Python program: the distribution's Python, the wheels that `<sources>/<name>/requirements.txt` pins by digest, and the modules in
 * `<sources>/<name>/app`. With a `pyproject.toml` among them it is a project of uv, and the wheels are its environment. Throws a UserError when there is no apt or no pip, or no way to fetch a package or a wheel.
 */
export async function buildPythonImage(
  image: PythonImage,
  { log, sources }: { readonly log: (line: string) => void; readonly sources: string },
): Promise<Image> {
  const { name, description, entrypoint } = image;
  const requirements = join(sources, name, "requirements.txt");
  const app = appFiles(join(sources, name, "app"));
  const isProject = app.some((file) => file.name === "/pyproject.toml");
  const recipe = JSON.stringify([layout, isPython, isCommon, unused, choice, ...Object.values(image)].map(String));
  const isWanted = (one: string): boolean => isPython(one) || isCommon(one);
  const found = await candidates({ names: [...packages, ...shell, licences], isWanted, recipe }, log);
  const parts = app.flatMap((file) => [file.name, readFileSync(file.from)]);
  const key = imageKey(recipe, JSON.stringify(found.packages), readFileSync(requirements), ...parts);
  return cachedImage(name, key, async (workDir): Promise<ImageContents> => {
    log(`building image ${name} from Python's wheels and ${found.packages.length} packages of this distribution`);
    const root = join(workDir, "root");
    const unpacked = await unpackPackages(found, root, [licences]);
    const version = /^python(3\.\d+)$/m.exec(readdirSync(join(root, "usr/bin")).join("\n"))?.[1] ?? "";
    ensurePackages(wheelPackages, log);
    const folders = foldersOf(version, isProject);
    const wheels = join(root, folders.wheels);
    if (isProject) makeEnvironment(root, version);
    await installWheels(requirements, version, wheels);
    forgetScripts(wheels);
    await compileModules(root, version, folders.wheels);
    const own = programs(image.programs, join(wheels, "bin"), join(workDir, "programs"), folders);
    writeFileSync(join(workDir, "passwd"), accounts(name));
    const { files, links } = await chosenFiles(root, choice(version, folders, own.binaries), unpacked);
    return {
      name,
      description,
      files: [
        ...files.filter(
          ({ path }) => !unused.test(path.replace("/__pycache__/", "/")) && !path.startsWith(`${folders.wheels}/bin/`),
        ),
        ...own.files,
        ...app.map(({ name: path, from }) =>
          path.startsWith("/bin/")
            ? { path: `/usr/local${path}`, from, mode: 0o755 }
            : { path: `${projectFolder}${path}`, from, mode: 0o644 },
        ),
        { path: "/etc/passwd", from: join(workDir, "passwd"), mode: 0o644 },
      ],
      links,
      user: imageUser,
      entrypoint,
      env: [
        "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONUNBUFFERED=1",
        ...(app.length > 0 ? [`PYTHONPATH=${projectFolder}`] : []),
        ...(isProject ? [`PATH=${environment}/bin:${usualPath}`] : []),
      ],
      ...(isProject && { workingDir: projectFolder }),
    };
  });
}
