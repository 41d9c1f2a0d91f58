import type { JsonObject } from "../../policy/contract";
import { deliveryOf } from "../../policy/rules/delivery";

/** Inputs of a Helm release as the program sets them. */
export interface ReleaseInputs {
  readonly chart: string;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
}

/** The fields of a resource that identify a release. */
interface Resource {
  readonly type: string;
  readonly inputs: unknown;
}

/** Whether a resource is a release that the program installs itself. */
export const isRelease = ({ type }: Pick<Resource, "type">): boolean => type === "kubernetes:helm.sh/v3:Release";

/** The release a resource stands for, installed by the program or handed to a controller; none for any other resource. */
export function releasesOf(resource: Resource): ReleaseInputs[] {
  if (isRelease(resource)) return [resource.inputs as ReleaseInputs];
  const { chart, release } = deliveryOf(resource.inputs as JsonObject) ?? {};
  if (chart === undefined || release === undefined) return [];
  return [{ ...release, chart, values: release.values as JsonObject }];
}
