/** Stands in a pod for a value nobody knows yet (a Pulumi output at preview). It may take the place of a field, an object, a list or an element.
 *  A rule is `undetermined` only when its verdict depends on such a value; see pod-security/evaluate-unknown.ts. */
export const UNKNOWN: unique symbol = Symbol("unknown until deployment");

/** A value that may not be known yet. */
export type Unknown = typeof UNKNOWN;
