import type { Kind } from "./custom-resource";
import { categories, conditions, oneOf, rule, severities, text, texts } from "./fields";

const lists = ["Categories", "EventTypes", "Namespaces"] as const;
const keys = ["minSeverity", ...lists.flatMap((list) => [`include${list}`, `exclude${list}`])];

/** ObservationFilter: which events of a source are recorded. */
export const observationFilter: Kind = {
  kind: "ObservationFilter",
  plural: "observationfilters",
  shortName: "obsf",
  description: "What is recorded of what a source shows: what every filter of the source lets pass.",
  spec: {
    type: "object",
    description: "What passes.",
    required: ["targetSource"],
    properties: {
      targetSource: text("The source it is for, or * for all.", 40, {
        minLength: 1,
        pattern: "^(\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$",
      }),
      minSeverity: oneOf("The least severity that passes.", ...severities),
      includeCategories: texts("Only these pass.", 5, oneOf("A category.", ...categories)),
      excludeCategories: texts("These do not pass.", 5, oneOf("A category.", ...categories)),
      includeEventTypes: texts("Only these pass."),
      excludeEventTypes: texts("These do not pass."),
      includeNamespaces: texts("Only what is about objects of these namespaces passes."),
      excludeNamespaces: texts("What is about objects of these namespaces does not pass."),
    },
    "x-kubernetes-validations": [
      rule(
        keys.map((key) => `has(self.${key})`).join(" || "),
        `a filter without a condition lets everything pass; give one of ${keys.join(", ")}`,
      ),
      ...lists.map((list) =>
        rule(
          `!has(self.include${list}) || !has(self.exclude${list}) || !self.include${list}.exists(one, one in self.exclude${list})`,
          `exclude${list} holds what include${list} lets pass; take it out of one of them`,
          `.exclude${list}`,
        ),
      ),
    ],
  },
  status: { type: "object", description: "Whether it is in effect.", properties: { conditions } },
  columns: [
    { name: "Source", type: "string", jsonPath: ".spec.targetSource" },
    { name: "From", type: "string", jsonPath: ".spec.minSeverity" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  ],
};
