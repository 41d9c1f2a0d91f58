import type { Image, Resources } from "./schema";

/**
 * A pod spec equal to that of the library chart `charts/hardened`, for pods outside of a chart: setup and migration Jobs.
 * A test renders both and compares them field by field.
 */

/** Inputs of a hardened container. */
export interface ContainerArgs {
  readonly name: string;
  readonly image: Image;
  readonly resources: Resources;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Plain variables; never a credential. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of Secrets whose keys become variables. */
  readonly secrets?: readonly string[];
  readonly mounts?: readonly VolumeMount[];
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface PodArgs extends ContainerArgs {
  readonly volumes?: readonly { readonly name: string; readonly configMap: { readonly name: string } }[];
  /** Size limit of /tmp, e.g. "64Mi"; a pod that writes more is evicted. */
  readonly tmpSizeLimit: string;
  /** Account the pod runs as. @default the namespace's default */
  readonly serviceAccountName?: string;
}

/** repository[:tag][@digest]. */
const imageReference = ({ repository, tag, digest }: Pick<Image, "repository" | "tag" | "digest">): string =>
  `${repository}${tag && `:${tag}`}${digest && `@${digest}`}`;

/** Pod level of the restricted Pod Security Standard. */
const podSecurityContext = ({ runAsUser, runAsGroup }: Pick<Image, "runAsUser" | "runAsGroup">) => ({
  runAsNonRoot: true,
  runAsUser,
  runAsGroup,
  seccompProfile: { type: "RuntimeDefault" },
});

/** Container level of the restricted Pod Security Standard, with a read-only root. */
const containerSecurityContext = () => ({
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: "RuntimeDefault" },
  capabilities: { drop: ["ALL"] },
});

const container = ({ name, image, command, args, env, secrets, resources, mounts }: ContainerArgs) => ({
  name,
  image: imageReference(image),
  imagePullPolicy: image.pullPolicy,
  ...(command && { command: [...command] }),
  ...(args?.length && { args: [...args] }),
  ...(env && { env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }),
  ...(secrets && { envFrom: secrets.map((secret) => ({ secretRef: { name: secret } })) }),
  resources,
  securityContext: containerSecurityContext(),
  terminationMessagePolicy: "FallbackToLogsOnError",
  volumeMounts: [...(mounts ?? []), { name: "tmp", mountPath: "/tmp" }],
});

/** The spec of a pod that runs one container once. */
export const runOncePod = ({ volumes = [], tmpSizeLimit, serviceAccountName, ...only }: PodArgs) => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  restartPolicy: "Never",
  ...(serviceAccountName && { serviceAccountName }),
  securityContext: podSecurityContext(only.image),
  containers: [container(only)],
  volumes: [...volumes, { name: "tmp", emptyDir: { sizeLimit: tmpSizeLimit } }],
});
