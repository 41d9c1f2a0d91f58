import type * as pulumi from "@pulumi/pulumi";
import type { Observed, Wanted } from "../cluster/preflight";
import type { ImageLock } from "../components/image";
import type { StackConfig, SystemSchema } from "../config/stack-schema";
import type { Evidence } from "./evidence";

/** What every system's component is told besides its own configuration. */
export interface SystemContext {
  readonly stack: StackConfig;
  /** `<project>/<stack>`. */
  readonly owner: string;
  /** What the cluster said of each namespace before anything was registered. */
  readonly observed: Readonly<Record<string, Observed>>;
  /** Credentials from the stack's secret configuration. */
  readonly credentials: Readonly<Record<string, string>> | undefined;
  /** Digests of locally built images, by repository; empty without an image lock. */
  readonly imageLock: ImageLock;
}

/** What the namespace of a system, or of a server it brings along, takes from the stack and from what the cluster said. */
export const namespaceArgs = ({ stack, observed }: SystemContext, name: string) => ({
  name,
  podSecurityVersion: stack.podSecurityVersion,
  observed: observed[name]?.namespace,
});

/** What a person is told of a system after a run. */
export interface SystemOutputs {
  readonly namespace: string;
  readonly release: string;
  readonly revision: pulumi.Output<number>;
  readonly status: pulumi.Output<string>;
  /** Commands worth knowing: logs, a page to open. */
  readonly hints: Readonly<Record<string, string>>;
  /** What the deployment proves of itself, for `hardened ready`; absent for a system nobody asks it of. */
  readonly evidence?: pulumi.Output<Evidence>;
}

/** A system of this program: its configuration's type, what it needs of the cluster, and its component. */
export interface System<C> {
  readonly schema: SystemSchema;
  readonly isEnabled: (config: C) => boolean;
  readonly wanted: (config: C) => readonly Wanted[];
  readonly deploy: (config: C, context: SystemContext, opts: pulumi.ComponentResourceOptions) => SystemOutputs;
}
