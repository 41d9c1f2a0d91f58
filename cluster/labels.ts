/** Annotation that names the stack an object belongs to: `<project>/<stack>`. Another owner's object is never changed. */
export const ownerAnnotation = "hardened.pulumi/stack";

/** Annotation of an object that outlives who made it; Helm's own word, which it honours as well. */
export const keepAnnotation = "helm.sh/resource-policy";

/** Annotation that counts how often labels edited by hand were restored. */
export const repairsAnnotation = "hardened.pulumi/repairs";

/**
 * Annotations of every object that is deleted by itself: background, because with the provider's default of foreground the
 * object is gone a moment later, and a provider before 4.23 can miss that moment and wait ten minutes (pulumi-kubernetes#3317).
 */
export const backgroundDeletion = { "pulumi.com/deletionPropagationPolicy": "background" } as const;

/** Standard labels of what the program makes itself (charts label their own objects). */
export const standardLabels = (name: string, component: string): Record<string, string> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/component": component,
  "app.kubernetes.io/managed-by": "pulumi",
});
