import type { Schema } from "./custom-resource";

/** Fields that several kinds share. Every list and text has a maximum length: without one the API server rejects its CEL rules as too costly. */

/** An enum of strings. */
export const oneOf = (description: string, ...words: readonly string[]): Schema => ({
  type: "string",
  description,
  enum: words,
});

/** A string with a maximum length. */
export const text = (description: string, maxLength: number, more: object = {}): Schema => ({
  type: "string",
  description,
  maxLength,
  ...more,
});

/** A list of distinct strings. */
export const texts = (description: string, maxItems = 64, items: Schema = text("One of them.", 128)): Schema => ({
  type: "array",
  description,
  maxItems,
  "x-kubernetes-list-type": "set",
  items,
});

/** A time, such as 2026-01-31T12:00:00Z. */
export const moment = (description: string): Schema => ({ type: "string", format: "date-time", description });

/** A CEL rule, with its error message. */
export const rule = (holds: string, message: string, fieldPath?: string) => ({
  rule: holds,
  message,
  ...(fieldPath !== undefined && { fieldPath, reason: "FieldValueInvalid" }),
});

/** A name, such as that of an object: RFC 1123. */
const dnsName = { pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", minLength: 1 };

/** Name of a source: also the value of a label, and the first part of an Observation's name. */
export const source = (description: string): Schema =>
  text(description, 40, { minLength: 1, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" });

export const categories = ["security", "compliance", "performance", "operations", "cost"] as const;
export const severities = ["critical", "high", "medium", "low", "info"] as const;

export const category = oneOf("What it is about.", ...categories);
export const severity = oneOf("How bad it is.", ...severities);
export const eventType = text("What happened, in one word of the source.", 128, {
  minLength: 1,
  pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
});

/** Seconds an Observation is kept. */
export const timeToLive: Schema = {
  type: "integer",
  format: "int64",
  description: "Seconds after which the watcher deletes the Observation.",
  minimum: 60,
  maximum: 2_592_000,
};

/** An object of the cluster. */
export const objectReference = (description: string, rules: readonly object[] = []): Schema => ({
  type: "object",
  description,
  required: ["kind", "name"],
  properties: {
    apiVersion: text("Group and version of its API, such as apps/v1.", 128),
    kind: text("Its kind, such as Deployment.", 63, { minLength: 1, pattern: "^[A-Z][A-Za-z0-9]*$" }),
    namespace: text("Its namespace; none for an object of the whole cluster.", 63),
    name: text("Its name.", 253, { minLength: 1 }),
    uid: text("Its UID: tells it from a later one of the same name.", 64),
  },
  ...(rules.length > 0 && { "x-kubernetes-validations": rules }),
});

/** Conditions, as Kubernetes' own kinds have them. */
export const conditions: Schema = {
  type: "array",
  description: "How it is.",
  maxItems: 8,
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": ["type"],
  items: {
    type: "object",
    required: ["type", "status", "reason", "lastTransitionTime"],
    properties: {
      type: text("What the condition is about.", 63, { minLength: 1 }),
      status: oneOf("Whether it holds.", "True", "False", "Unknown"),
      reason: text("Why, in one word.", 128, { minLength: 1 }),
      message: text("Why, for a person.", 1024),
      observedGeneration: { type: "integer", format: "int64", description: "Generation it was true of." },
      lastTransitionTime: moment("Since when."),
    },
  },
};

/** Name of another object of the namespace. */
export const objectName = (description: string): Schema => text(description, 253, dnsName);
