/** Kubernetes version that charts are rendered and objects evaluated for where nobody says one and the cluster cannot be asked. */
export const defaultKubernetesVersion = "1.36";
