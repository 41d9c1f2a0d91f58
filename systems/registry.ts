import type { StackConfig } from "../config/stack-schema";
import { companyos } from "./companyos/definition";
import type { SystemDefinition } from "./define-system";
import { floe } from "./floe/definition";
import { mailroom } from "./mailroom/definition";
import { trevor } from "./trevor/definition";
import { zen } from "./zen/definition";

/** All systems, in the order they are deployed and shown. */
// biome-ignore lint/suspicious/noExplicitAny: each system's configuration type is its own; its schema has checked it
const all: readonly SystemDefinition<any>[] = [mailroom, companyos, trevor, floe, zen];

/** All systems by their key in a stack's file. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export const systems: Readonly<Record<string, SystemDefinition<any>>> = Object.fromEntries(
  all.map((system) => [system.name, system]),
);

/** Systems a stack deploys, each with its configuration. */
export const enabledSystems = (stack: Pick<StackConfig, "systems">) =>
  all
    .map((system) => ({ system, config: stack.systems[system.name] }))
    .filter(({ system, config }) => system.isEnabled(config));

/** Cluster requirements of each release of a stack. */
export const requirementsOf = (stack: Pick<StackConfig, "systems">) =>
  enabledSystems(stack).flatMap(({ system, config }) => system.requires(config));
