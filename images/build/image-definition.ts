import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** An anchored or free regular expression, as text. */
const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

const common = {
  /** One sentence, shown as `org.opencontainers.image.description`. */
  description: z.string().regex(/\.$/),
  /** System that needs the image, or a list of them: it is built when one of them is deployed. @default none: the node itself needs it before any pod starts */
  system: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((systems) => [systems].flat()),
};

/** One static binary from the Go module in the folder. */
const goImage = z.strictObject({
  from: z.literal("go"),
  ...common,
  /** Modules whose repository keeps its licence outside of them, each with a module of the image that has the same licence. @default none */
  sameLicence: z.record(z.string(), z.string()).default({}),
  /** Seconds that the build takes on two cores from an empty Go cache, when that is long: for the progress line. @default not shown */
  seconds: z.int().positive().optional(),
});

/** A server from the distribution's packages. The folder's `start.sh`, or the Go module in it, is the entrypoint. Patterns match absolute paths, `own` package names. */
const packagesImage = z.strictObject({
  from: z.literal("packages"),
  ...common,
  /** Package that depends on all others. */
  package: z.string(),
  /** Which of those contain the server itself; every library's package is included too. */
  own: pattern,
  /** Programs and modules of the server, with what they need from the libraries' packages. */
  programs: pattern,
  /** Other files. */
  data: pattern,
  /** Signal for a graceful shutdown. @default SIGTERM */
  stopSignal: z.string().optional(),
});

/**
 * A Python program: the distribution's Python, the wheels that the folder's `requirements.txt` pins by digest, and the modules in its `app`.
 * With `app/pyproject.toml` it is a project of uv: started in `/app`, the wheels in its environment `/app/.venv`.
 */
const pythonImage = z.strictObject({
  from: z.literal("python"),
  ...common,
  /** Programs of the wheels that are put on PATH. */
  programs: z.array(z.string()).min(1),
  /** Entrypoint with its first arguments; empty: the pod sets the command, as Dagster's run launcher expects. */
  entrypoint: z.array(z.string()),
});

const definition = z.discriminatedUnion("from", [goImage, packagesImage, pythonImage]);

export type GoImage = z.infer<typeof goImage> & { readonly name: string };
export type PackagesImage = z.infer<typeof packagesImage> & { readonly name: string };
export type PythonImage = z.infer<typeof pythonImage> & { readonly name: string };
export type ImageDefinition = GoImage | PackagesImage | PythonImage;

/** Folder with one folder per image. */
export const imagesFolder = join(__dirname, "..");

/** Names of the images that any of the systems needs. */
export const imagesOf = (systems: readonly string[], folder = imagesFolder): string[] =>
  imageDefinitions(folder).flatMap(({ name, system }) => (system.some((one) => systems.includes(one)) ? [name] : []));

/** Every image that can be built: each folder with an `image.json`, in order of names. Throws when a file is not of that form. */
export function imageDefinitions(folder = imagesFolder): ImageDefinition[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "image.json")))
    .sort()
    .map((name) => {
      const file = join(folder, name, "image.json");
      const read = definition.safeParse(JSON.parse(readFileSync(file, "utf8")));
      if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
      return { name, ...read.data };
    });
}
