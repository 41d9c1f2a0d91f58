/** Where the templates of a subchart lie. Helm names them by the chart, `web/charts/<name or alias>/templates/job.yaml`; its folder may have another name. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { list, text } from "../manifest/read";

/** A function that gives a template of the chart at `chart` (its folder) the path it has on disk; as it is where there is none, as in a packed subchart. */
export function subchartFolders(chart: string): (source: string) => string {
  const known = new Map<string, string | undefined>();
  const folderOf = (parent: string, name: string): string | undefined => {
    const key = join(parent, name);
    if (!known.has(key)) known.set(key, findFolder(parent, name));
    return known.get(key);
  };
  return (source) => {
    const [top = "", ...parts] = source.split("/");
    const found = [top];
    let at = chart;
    while (parts[0] === "charts" && parts.length > 2) {
      const folder = folderOf(at, parts[1] ?? "");
      if (folder === undefined) return source;
      found.push("charts", folder);
      at = join(at, "charts", folder);
      parts.splice(0, 2);
    }
    return [...found, ...parts].join("/");
  };
}

/** The folder below `charts/` of the subchart that `parent` calls by this name or alias. */
function findFolder(parent: string, name: string): string | undefined {
  const charts = join(parent, "charts");
  if (existsSync(join(charts, name, "Chart.yaml"))) return name;
  if (!existsSync(charts) || !statSync(charts).isDirectory()) return undefined;
  const dependencies = ["Chart.yaml", "requirements.yaml"].flatMap((file) =>
    list(documentIn(join(parent, file)), "dependencies"),
  );
  const called = dependencies.find((one) => text(one, "alias") === name);
  const own = called === undefined ? name : text(called, "name");
  // Helm takes no folder whose name begins with a dot or an underscore (pkg/chart/loader, and .helmignore's default).
  const folders = readdirSync(charts)
    .filter((folder) => !/^[._]/.test(folder))
    .map((folder) => ({ folder, made: documentIn(join(charts, folder, "Chart.yaml")) }))
    .filter(({ made }) => text(made, "name") === own);
  const ofVersion = folders.find(({ made }) => text(made, "version") === text(called, "version"));
  return (ofVersion ?? folders[0])?.folder;
}

/** A file of Helm's own. Helm has read it before, and refused it where it is none. */
function documentIn(file: string): unknown {
  try {
    return load(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
