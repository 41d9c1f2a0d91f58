/** The parts of a written pod that are read after decoding, with the API's own field names. Types only.
 *  Source: k8s.io/api/core/v1 types.go. */

export interface SeLinuxOptions {
  readonly type?: string;
  readonly user?: string;
  readonly role?: string;
}

/** What a probe and a lifecycle hook have in common. */
export interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

export interface ContainerPort {
  readonly containerPort?: number;
  readonly hostPort?: number;
}

interface SecurityContext {
  readonly procMount?: string;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seLinuxOptions?: SeLinuxOptions;
  readonly appArmorProfile?: { readonly type?: string; readonly localhostProfile?: string };
}

export interface Container {
  readonly name?: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly ContainerPort[];
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
}

/** A name and, under its type's name, one source. */
export interface Volume {
  readonly name?: string;
  readonly [source: string]: unknown;
}

export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: SecurityContext;
  readonly hostNetwork?: boolean;
  readonly os?: { readonly name?: string };
}

/** A pod, or the template of one, with no nulls in it. */
export interface Pod {
  readonly metadata: { readonly annotations?: { readonly [key: string]: string } };
  readonly spec: PodSpec;
}
