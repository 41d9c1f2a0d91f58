/** A GitOps object that names a chart of this project → the Part of what its controller installs: the chart is packed as it lies here, and only if it has the
 *  digest the object pins is it the one that is installed. It is then rendered with the object's values and evaluated like a release. */
import type { JsonObject } from "../contract";
import { refOf } from "../manifest/manifest";
import { packChart } from "../render/chart-package";
import { locateChart } from "../render/locate-chart";
import { RenderError } from "../render/render-error";
import type { Delivery, Hidden } from "../rules/delivery";
import { evaluateRelease, type Obstacle, refusal } from "./evaluate-release";
import type { PackConfig } from "./pack-config";
import type { Part } from "./together";

const publish =
  "publish the chart as it lies here, and let the object name the digest that bin/hardened chart push prints";

/** Evaluates what a GitOps object installs, but for the rules that look across; of one that only fetches a chart, whether it is the chart it says. */
export async function evaluateDelivery(object: JsonObject, delivery: Delivery, config: PackConfig): Promise<Part> {
  const here = refOf(object);
  const namespace = delivery.release?.namespace || "default";
  const packed = digestOf(delivery.chart, config.projectRoot);
  const obstacles = [...delivery.hidden.map(obstacleOf), ...chartObstacles(delivery, packed)];
  if (obstacles.length > 0 || typeof packed !== "object")
    return { verdict: refusal(here, obstacles), manifests: [], namespace, incomplete: true };
  const { release, source } = delivery;
  if (release === undefined) return { verdict: { findings: [], objects: 0, pods: 0 }, manifests: [], namespace };
  const { name, values = {} } = release;
  const part = await evaluateRelease(
    { chart: delivery.chart, name, namespace, values, createNamespace: false },
    config,
    { partly: true },
  );
  return source === undefined ? part : { ...part, fetched: { by: here, from: source, digest: packed.digest } };
}

/** The digest of a chart's package, or why there is none. */
function digestOf(chart: string, projectRoot: string): { readonly digest: string } | string {
  const folder = chart === "" ? undefined : locateChart(chart, projectRoot);
  if (folder === undefined) return "no chart of this project";
  try {
    return packChart(folder);
  } catch (error) {
    if (error instanceof RenderError) return error.message;
    throw error;
  }
}

const obstacleOf = ({ unknown, ...hidden }: Hidden): Obstacle => ({
  ...hidden,
  outcome: unknown === true ? "undetermined" : "fail",
});

function chartObstacles({ chart, pin }: Delivery, packed: { readonly digest: string } | string): Obstacle[] {
  if (typeof packed === "string") {
    if (chart === "") return []; // said already
    const fix =
      "name the folder of a chart of this project, relative to it: what a controller fetches is evaluated by the chart at hand";
    return [{ field: "metadata.annotations", got: packed, want: "a chart of this project", fix, outcome: "fail" }];
  }
  if (pin === undefined || !pin.digest.startsWith("sha256:") || pin.digest === packed.digest) return [];
  const want = `${packed.digest}, the package of ${chart} as it lies here`;
  return [{ field: pin.field, got: pin.digest, want, fix: publish, outcome: "fail" }];
}
