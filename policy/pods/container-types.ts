/** Lists of containers in a pod spec, in the order they are started; the last is added to running pods alone. */
export const containerTypes = ["initContainers", "containers", "ephemeralContainers"] as const;
export type ContainerType = (typeof containerTypes)[number];

/** Lists of containers a pod can be created with. */
export const declaredContainerTypes = ["initContainers", "containers"] as const satisfies readonly ContainerType[];
