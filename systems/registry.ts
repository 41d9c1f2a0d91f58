import { companyos } from "./companyos";
import { mailroom } from "./mailroom";
import type { System } from "./system";
import { trevor } from "./trevor";

/** All systems, in the order they are deployed and shown. */
// biome-ignore lint/suspicious/noExplicitAny: each system's configuration type is its own; the schema has checked it
export const systems: Readonly<Record<string, System<any>>> = { mailroom, companyos, trevor };
