import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ObservedCluster } from "../cluster/observed";
import type { ReleaseRequirements } from "../cluster/preflight";
import type { Evidence } from "../components/evidence";
import type { ImageLock } from "../components/image";
import type { ReleaseOutputs } from "../components/system-component";
import type { StackConfig, SystemSchema } from "../config/stack-schema";

/** Context of every system's component, besides its own configuration. */
export interface SystemContext {
  readonly stack: StackConfig;
  /** `<project>/<stack>`. */
  readonly owner: string;
  /** Live state of the cluster before any resource is registered. */
  readonly observed: ObservedCluster;
  /** Credentials from the stack's secret configuration. */
  readonly credentials: Readonly<Record<string, string>> | undefined;
  /** Digests of locally built images, by repository; empty without an image lock. */
  readonly imageLock: ImageLock;
}

/** Outputs of a system after a run. */
export interface SystemOutputs extends ReleaseOutputs {
  /** Useful commands: logs, a page to open. */
  readonly hints: Readonly<Record<string, string>>;
  /** Evidence of the deployment, for `hardened ready`; absent for a system that does not collect it. */
  readonly evidence?: pulumi.Output<Evidence>;
}

/** Registers the resources of a system. */
export type Deploy<C> = (config: C, context: SystemContext, opts: pulumi.ComponentResourceOptions) => SystemOutputs;

/**
 * One system: everything that the rest of the program needs of it. Pure data and functions; the component, and with it Pulumi, is
 * loaded when the system is deployed.
 */
export interface SystemDefinition<C> extends SystemSchema {
  /** Key in a stack's file, and name of its folder. */
  readonly name: string;
  /** One-line description, for the table in README.md. */
  readonly summary: string;
  /** Whether a configuration, resolved, deploys anything. */
  readonly isEnabled: (config: C) => boolean;
  /** Cluster requirements of each of its releases, the main one first; checked before any resource is registered. */
  readonly requires: (config: C) => readonly ReleaseRequirements[];
  /** Type of the values of each of its charts, by folder below `charts/`: what values.schema.json is generated from. */
  readonly charts: Readonly<Record<string, z.ZodType>>;
  readonly component: () => Promise<{ readonly deploy: Deploy<C> }>;
  /** Its configuration in a stack of its own on the local cluster, for evaluation (`--system`). @default none: the stack dev runs it */
  readonly trial?: Readonly<Record<string, unknown>>;
  /** What `npm start` shows at the end, once the system runs; undefined when its configuration has nothing to show. @default nothing */
  readonly demo?: () => Promise<{ readonly demo: (config: C) => Promise<string | undefined> }>;
}

/** Declares a system; it is registered in `systems/registry.ts` and nowhere else. */
export const defineSystem = <C>(system: SystemDefinition<C>): SystemDefinition<C> => system;
