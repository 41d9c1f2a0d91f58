import type { Kind } from "./custom-resource";
import {
  category,
  eventType,
  moment,
  objectName,
  objectReference,
  oneOf,
  rule,
  severity,
  source,
  text,
  timeToLive,
} from "./fields";

/** Observation: an event that a watcher recorded. */
export const observation: Kind = {
  kind: "Observation",
  plural: "observations",
  shortName: "obs",
  description: "What a watcher saw of an object of the cluster. A record: its spec never changes.",
  spec: {
    type: "object",
    description: "What was seen.",
    required: ["source", "category", "severity", "eventType", "resource", "detectedAt"],
    properties: {
      source: source("Who saw it: sourceName of the ObservationMapping."),
      category,
      severity,
      eventType,
      message: text("What the source says of it.", 1024),
      resource: objectReference("The object it is about."),
      detectedAt: moment("When it happened."),
      ttlSecondsAfterCreation: timeToLive,
    },
    "x-kubernetes-validations": [rule("self == oldSelf", "an Observation is a record: its spec never changes")],
  },
  status: {
    type: "object",
    description: "What became of it.",
    properties: {
      phase: oneOf("How far it is.", "New", "Acknowledged", "Remediated", "Dismissed"),
      remediation: objectName("The ZenAgentRemediation that answers it."),
    },
  },
  columns: [
    { name: "Source", type: "string", jsonPath: ".spec.source" },
    { name: "Category", type: "string", jsonPath: ".spec.category" },
    { name: "Severity", type: "string", jsonPath: ".spec.severity" },
    { name: "Type", type: "string", jsonPath: ".spec.eventType" },
    { name: "Kind", type: "string", jsonPath: ".spec.resource.kind" },
    { name: "Object", type: "string", jsonPath: ".spec.resource.name" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "Message", type: "string", jsonPath: ".spec.message", priority: 1 },
  ],
};
