import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { load } from "js-yaml";
import { projectRoot } from "../../config/project";

/** A dependency as Chart.yaml and Chart.lock have it. */
interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly repository?: string;
}

/** Lists the archives in charts/ with their digests, as sha256sum writes them. Chart.lock has the digest of the list of dependencies, not of the archives. */
const listFile = "archives.sha256";

const dependenciesIn = (file: string): readonly Dependency[] =>
  existsSync(file) ? ((load(readFileSync(file, "utf8")) as { dependencies?: Dependency[] }).dependencies ?? []) : [];

/** Errors of the subcharts in a chart's folder: one that is missing, or an archive with another digest than the recorded one. A line each. */
export function dependencyFaults(folder: string): string[] {
  const shown = relative(projectRoot, folder) || folder;
  const locked = new Map(dependenciesIn(join(folder, "Chart.lock")).map(({ name, version }) => [name, version]));
  const wanted = dependenciesIn(join(folder, "Chart.yaml")).map((one) => ({
    ...one,
    version: locked.get(one.name) ?? one.version,
  }));
  const inside = join(folder, "charts");
  const archives = existsSync(inside) ? readdirSync(inside).filter((file) => file.endsWith(".tgz")) : [];
  const digests = agreedDigests(join(folder, listFile));
  const fetch = (dependency: Dependency | undefined): string => {
    const { name = "", version = "", repository = "" } = dependency ?? {};
    if (!/^(https?|oci):/.test(repository)) return `helm dependency build ${shown}`;
    const source = repository.startsWith("oci:") ? `${repository}/${name}` : `${name} --repo ${repository}`;
    return `helm pull ${source} --version ${version} -d ${shown}/charts`;
  };
  const missing = wanted
    .filter(({ name, version }) => !existsSync(join(inside, name)) && !archives.includes(`${name}-${version}.tgz`))
    .map((one) => `${shown}: the dependency ${one.name} ${one.version} is missing; fetch it: ${fetch(one)}`);
  const wrong = archives.flatMap((file) => {
    const path = `charts/${file}`;
    const agreed = digests.get(path);
    const got = createHash("sha256")
      .update(readFileSync(join(folder, path)))
      .digest("hex");
    if (agreed === got) return [];
    const dependency = wanted.find(({ name, version }) => file === `${name}-${version}.tgz`);
    const whose = dependency
      ? `the dependency ${dependency.name} ${dependency.version}`
      : "no dependency of Chart.yaml";
    return agreed === undefined
      ? [
          `${shown}/${path} (${whose}) has no digest in ${listFile}; look at it, then: (cd ${shown} && sha256sum charts/*.tgz > ${listFile})`,
        ]
      : [
          `${shown}/${path} (${whose}) has the sha256 ${got}, and ${listFile} says ${agreed}; fetch it again: ${fetch(dependency)}`,
        ];
  });
  return [...missing, ...wrong];
}

const agreedDigests = (file: string): ReadonlyMap<string, string> =>
  new Map(
    (existsSync(file) ? readFileSync(file, "utf8").split("\n") : []).flatMap((line) => {
      const [, digest, path] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? [];
      return digest !== undefined && path !== undefined ? [[path, digest] as const] : [];
    }),
  );
