/** Tells the kind of an object. Other makers name kinds as Kubernetes does: a Job of Volcano, a NetworkPolicy of Calico. */
import { groupOf } from "./kind-table";
import { text } from "./read";

/** Whether an object is of a kind of an API group, "" for core, in any version of it. */
export const isKind = (object: unknown, group: string, kind: string): boolean =>
  text(object, "kind") === kind && groupOf(text(object, "apiVersion")) === group;
