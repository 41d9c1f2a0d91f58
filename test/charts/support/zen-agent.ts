import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { JsonObject } from "../../../policy/contract";
import { overlay } from "../../../policy/manifest/overlay";
import { exampleNeeds } from "../../../systems/zen/examples";
import { type ProfileName, profileNames } from "../../../systems/zen/profiles";
import { type Rendered, refusal, render } from "./helm";

/** Values of a profile, as docs/examples has them and a user completes them. */

type Tree = { readonly [key: string]: unknown };

/** What is told on the command line beside the file. */
export const who = { saas: { clusterToken: "8f2d9a7c4e5b" }, tenant: { id: "acme" }, cluster: { id: "shop-1" } };

/** Values with others over them. */
export const merged = (base: Tree, over: Tree): Tree => overlay(base as JsonObject, over as JsonObject);

const file = (profile: ProfileName): Tree =>
  load(readFileSync(join(__dirname, `../../../docs/examples/values-${profile}.yaml`), "utf8")) as Tree;

/** The example of a profile, complete, with changes. */
export const valuesOf = (profile: ProfileName, changes: Tree = {}): Tree => merged(merged(file(profile), who), changes);

/** What `helm template` is told where no cluster is asked. */
export const apis = [...new Set(profileNames.flatMap((profile) => exampleNeeds[profile]))];
const args = apis.flatMap((api) => ["--api-versions", api]);

const setting = { chart: "zen-agent", release: "zen-agent", namespace: "zen" };

/** The objects of a profile. */
export const objectsOf = (
  profile: ProfileName,
  changes: Tree = {},
  more: readonly string[] = [],
): Promise<Rendered[]> => render({ ...setting, values: valuesOf(profile, changes), args: [...args, ...more] });

/** Helm's words where it refuses a profile with changes. */
export const refusalOf = (profile: ProfileName, changes: Tree = {}, asked: readonly string[] = args): Promise<string> =>
  refusal({ ...setting, values: valuesOf(profile, changes), args: asked });
