import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../process/user-error";
import { accounts, type Choice, chosenFiles, isCommon, licences, shell } from "./debian-files";
import { candidates, unpackPackages } from "./debian-packages";
import { type Image, type ImageContents, type ImageFile, imageUser } from "./image";
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

/** The folder that Debian's Python looks in for what is no package's. */
const wheelsFolder = (version: string): string => `/usr/local/lib/python${version}/dist-packages`;

const choice = (version: string): Choice => ({
  programs: new RegExp(`^/usr/bin/python3(\\.\\d+)?$|^/usr(/local)?/lib/python${version}/.*\\.so(\\.[\\d.]+)?$`),
  data: new RegExp(`^/usr/lib/python${version}/|^${wheelsFolder(version)}/`),
  own: new RegExp(`^${wheelsFolder(version)}/|/__pycache__/`),
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
  const target = ["--python-version", version, "--implementation", "cp", ...platforms(), "--target", folder];
  try {
    await run("python3", ["-m", "pip", "install", "--quiet", ...how, ...target, "--requirement", requirements]);
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT" || /No module named pip/.test(stderr))
      throw new UserError("python3 with pip was not found on PATH; images of Python programs are made with it");
    throw new UserError(
      `pip install failed for ${requirements}:\n  ${stderr.trim().split("\n").slice(-6).join("\n  ")}`,
    );
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
async function compileModules(root: string, version: string): Promise<void> {
  const machine = interpreter().folder;
  const libraries = [`/usr/lib/${machine}`, `/lib/${machine}`].map((place) => join(root, place)).join(":");
  const python = join(root, `usr/bin/python${version}`);
  const how = ["-q", "-f", "-s", root, "-p", "/", "--invalidation-mode", "unchecked-hash"];
  const folders = [join(root, `usr/lib/python${version}`), join(root, wheelsFolder(version))];
  const loader = join(root, interpreter().within(root));
  // what cannot be translated, such as a template, is no failure: Python would not load it either
  await run(loader, ["--inhibit-cache", "--library-path", libraries, python, "-m", "compileall", ...how, ...folders], {
    env: { PYTHONHOME: join(root, "usr"), PYTHONHASHSEED: "0" },
    maxBuffer: 64 * 2 ** 20,
  }).catch((error: { code?: unknown }) => {
    if (error.code !== 1) throw error;
  });
}

/** Programs of the wheels: pip writes them for this machine's Python. */
function programs(names: readonly string[], from: string, into: string): ImageFile[] {
  mkdirSync(into, { recursive: true });
  return names.map((name) => {
    const text = readFileSync(join(from, name), "utf8");
    writeFileSync(join(into, name), text.replace(/^#!.*/, "#!/usr/bin/python3"));
    return { path: `/usr/local/bin/${name}`, from: join(into, name), mode: 0o755 };
  });
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
 * `<sources>/<name>/app`. Throws a UserError when there is no apt or no pip, or no way to fetch a package or a wheel.
 */
export async function buildPythonImage(
  image: PythonImage,
  { log, sources }: { readonly log: (line: string) => void; readonly sources: string },
): Promise<Image> {
  const { name, description, entrypoint } = image;
  const requirements = join(sources, name, "requirements.txt");
  const app = appFiles(join(sources, name, "app"));
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
    const wheels = join(root, wheelsFolder(version));
    await installWheels(requirements, version, wheels);
    forgetScripts(wheels);
    await compileModules(root, version);
    writeFileSync(join(workDir, "passwd"), accounts(name));
    const { files, links } = await chosenFiles(root, choice(version), unpacked);
    return {
      name,
      description,
      files: [
        ...files.filter(
          ({ path }) =>
            !unused.test(path.replace("/__pycache__/", "/")) && !path.startsWith(`${wheelsFolder(version)}/bin/`),
        ),
        ...programs(image.programs, join(wheels, "bin"), join(workDir, "programs")),
        ...app.map(({ name: path, from }) =>
          path.startsWith("/bin/")
            ? { path: `/usr/local${path}`, from, mode: 0o755 }
            : { path: `/app${path}`, from, mode: 0o644 },
        ),
        { path: "/etc/passwd", from: join(workDir, "passwd"), mode: 0o644 },
      ],
      links,
      user: imageUser,
      entrypoint,
      env: ["PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1", ...(app.length > 0 ? ["PYTHONPATH=/app"] : [])],
    };
  });
}
