import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { KubernetesObject } from "./cluster";

const goldens = join(__dirname, "..", "golden");

/** Everything a stack puts onto its cluster, of the program and of its releases: what the golden files hold. */
export const goldenObjects = (stack: string): KubernetesObject[] =>
  readdirSync(join(goldens, stack))
    .filter((file) => file !== "resources.yaml") // requests to the engine, no objects
    .flatMap((file) =>
      (loadAll(readFileSync(join(goldens, stack, file), "utf8")) as (KubernetesObject | null)[]).filter(
        (object) => object !== null,
      ),
    );
