import { group, type Kind, type Schema } from "./custom-resource";
import { categories, conditions, oneOf, rule, severities, source, text, texts, timeToLive } from "./fields";

const path = text("Where the value is, such as involvedObject.name: keys with dots between.", 256, {
  minLength: 1,
  pattern: "^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$",
});

/** Source of a value. `known`: its allowed values; any text without. */
const value = (description: string, known?: readonly string[]): Schema => {
  const word = known ? oneOf("The value.", ...known) : text("The value.", 256);
  return {
    type: "object",
    description,
    properties: {
      path,
      values: {
        type: "object",
        description: "The value for each that can be found at the path.",
        maxProperties: 64,
        additionalProperties: word,
      },
      default: { ...word, description: "The value where nothing is found." },
    },
    ...(known && { required: ["default"] }),
    "x-kubernetes-validations": [
      ...(known ? [] : [rule("has(self.path) || has(self.default)", "give a path, a default, or both")]),
      rule("!has(self.values) || has(self.path)", "values translate what is found at path; give the path", ".path"),
    ],
  };
};

/** ObservationMapping: which objects of the cluster are observed, and how. */
export const observationMapping: Kind = {
  kind: "ObservationMapping",
  plural: "observationmappings",
  shortName: "obsm",
  description: "Which objects of the cluster are observed, and what an Observation says of one.",
  spec: {
    type: "object",
    description: "The objects, and what is said of them.",
    required: ["sourceName", "version", "resource", "category", "severity", "eventType"],
    properties: {
      sourceName: source("Name of the source in Observations and ObservationFilters."),
      group: text("API group of the objects; none for Kubernetes' core.", 253, {
        default: "",
        pattern: "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$",
      }),
      version: text("Version of the API, such as v1.", 63, { pattern: "^v[0-9]+((alpha|beta)[0-9]+)?$" }),
      resource: text("The objects, in the plural and in lower case, such as events.", 63, {
        pattern: "^[a-z][a-z0-9]*$",
      }),
      where: {
        type: "array",
        description: "What an object has to meet to be observed. @default every object is",
        maxItems: 16,
        "x-kubernetes-list-type": "atomic",
        items: {
          type: "object",
          required: ["path", "in"],
          properties: { path, in: { ...texts("What may be found there."), minItems: 1 } },
        },
      },
      category: value("What it is about.", categories),
      severity: value("How bad it is.", severities),
      eventType: value("What happened; what is not a letter, a digit or one of . _ - becomes a -."),
      message: value("What is said of it; cut after 1024 characters."),
      subject: {
        type: "object",
        description: "The object the Observation is about. @default the observed object itself",
        required: ["path"],
        properties: { path },
      },
      ttlSecondsAfterCreation: { ...timeToLive, default: 86_400 },
    },
    "x-kubernetes-validations": [
      rule(
        "!(self.group == '' && self.resource == 'secrets')",
        "Secrets are never observed: an Observation would show what is in them",
        ".resource",
      ),
      rule(`self.group != '${group}'`, "Observations are not observed: each would make another", ".group"),
    ],
  },
  status: { type: "object", description: "Whether its objects are watched.", properties: { conditions } },
  columns: [
    { name: "Source", type: "string", jsonPath: ".spec.sourceName" },
    { name: "Group", type: "string", jsonPath: ".spec.group" },
    { name: "Resource", type: "string", jsonPath: ".spec.resource" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: "Why", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
  ],
};
