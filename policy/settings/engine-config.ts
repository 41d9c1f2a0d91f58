/** What `--policy-pack-config` tells the pack, as the engine hands it on: a level, and properties, for each policy by name. The engine checks properties
 *  against a policy's schema but lets names and properties it does not know pass (pulumi pkg/resource/analyzer/config.go), so a slip would do nothing. */
import { nearest } from "../config/nearest";

/** What is said of one policy. */
export interface PolicySetting {
  readonly enabled: boolean;
  /** Names of the properties given beside the level. */
  readonly properties: readonly string[];
}

/** Names the engine keeps for itself: "all" sets the level of every policy. */
const reserved = ["all"];

/** Every slip, each as a whole sentence. No policy takes properties: what a project says goes into its stack's configuration. */
export function engineConfigMistakes(given: ReadonlyMap<string, PolicySetting>, ids: readonly string[]): string[] {
  const known = [...ids, ...reserved];
  return [...given].flatMap(([name, { properties }]) => {
    const meant = nearest(name, ids);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    if (!known.includes(name)) return [`"${name}" is no policy of this pack${hint}`];
    return properties.map((property) => {
      const slip = nearest(property, ["enforcementLevel"]) !== undefined;
      return `"${name}" takes no property "${property}"${slip ? '; did you mean "enforcementLevel"?' : ""}`;
    });
  });
}
