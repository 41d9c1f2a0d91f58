import { type CustomResourceDefinition, customResource, type Kind } from "./custom-resource";
import { observation } from "./observation";
import { observationFilter } from "./observation-filter";
import { observationMapping } from "./observation-mapping";
import { zenAgentRemediation } from "./zen-agent-remediation";

/** Kinds of the watcher. */
export const watcherKinds: readonly Kind[] = [observation, observationFilter, observationMapping];

/** Kinds of the agent. */
export const agentKinds: readonly Kind[] = [zenAgentRemediation];

/** Every kind of zen. */
export const kinds: readonly Kind[] = [...watcherKinds, ...agentKinds];

/** Every CustomResourceDefinition of zen: what the program installs, and what `npm run generate` writes into the charts. */
export const definitions: readonly CustomResourceDefinition[] = kinds.map((kind) => customResource(kind));
