import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { upstreamFolder } from "../../oracle/oracle";

/** One of upstream's own test pods. */
export interface Fixture {
  readonly path: string;
  readonly level: "baseline" | "restricted";
  readonly version: string;
  readonly passes: boolean;
  readonly pod: { readonly metadata: { readonly annotations?: unknown }; readonly spec: unknown };
}

/** Reads test/testdata/<level>/<version>/{pass,fail}/<check><n>.yaml of upstream's module. */
export async function readFixtures(): Promise<Fixture[]> {
  const root = join(await upstreamFolder(), "test", "testdata");
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(".yaml")).sort();
  return Promise.all(
    files.map(async (path) => {
      const [level, version, expected] = path.split("/");
      const pod = load(await readFile(join(root, path), "utf8"));
      return { path, level, version, passes: expected === "pass", pod } as Fixture;
    }),
  );
}

/** Pods that differ, whatever they are called. */
export function distinctPods(fixtures: readonly Fixture[]): Fixture["pod"][] {
  return [...new Map(fixtures.map(({ pod }) => [JSON.stringify([pod.metadata.annotations, pod.spec]), pod])).values()];
}
