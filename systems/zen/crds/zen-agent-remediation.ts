import { repositoryPattern } from "../repositories";
import type { Kind } from "./custom-resource";
import { conditions, moment, objectName, objectReference, oneOf, rule, text, texts } from "./fields";

/** ZenAgentRemediation: a change of an object in response to Observations. */
export const zenAgentRemediation: Kind = {
  kind: "ZenAgentRemediation",
  plural: "zenagentremediations",
  shortName: "zar",
  description: "A change of one object that answers Observations, and how it is made.",
  spec: {
    type: "object",
    description: "The change. It never changes itself: what was approved is what is done.",
    required: ["executionMode", "target"],
    properties: {
      executionMode: oneOf(
        "ssa-immediate: applied by the agent at once. ssa-scheduled: applied at its time. gitops-immediate: committed to a repository.",
        "ssa-immediate",
        "ssa-scheduled",
        "gitops-immediate",
      ),
      schedule: moment("When a scheduled change is made."),
      target: objectReference("The object that is changed.", [
        rule("self.kind != 'Secret'", "a Secret is never changed by a remediation", ".kind"),
        rule("has(self.apiVersion)", "apiVersion is missing, such as apps/v1", ".apiVersion"),
      ]),
      // a text: a rule in CEL does not see fields that no schema names, and a changed patch would pass as the approved one
      patch: text("The fields that are applied, as YAML, as they stand in the object.", 65_536, { minLength: 1 }),
      gitops: {
        type: "object",
        description: "Where the change is committed.",
        required: ["repository", "path"],
        properties: {
          repository: text("Address of the repository: https, a host and a path.", 512, { pattern: repositoryPattern }),
          branch: text(
            "Its branch. Left out: zen/ and the remediation's name. Any other has to be one of gitops.branches.",
            253,
          ),
          path: text("File in the repository, which holds the target alone.", 512, { pattern: "^[^/]" }),
        },
      },
      observations: texts("Names of the Observations it answers.", 64, objectName("Name of an Observation.")),
    },
    "x-kubernetes-validations": [
      rule("self == oldSelf", "a remediation never changes: what was approved is what is done"),
      rule(
        "has(self.schedule) == (self.executionMode == 'ssa-scheduled')",
        "schedule goes with executionMode ssa-scheduled, and with no other",
        ".schedule",
      ),
      rule(
        "has(self.gitops) == (self.executionMode == 'gitops-immediate')",
        "gitops goes with executionMode gitops-immediate, and with no other",
        ".gitops",
      ),
      rule(
        "has(self.patch) || self.executionMode == 'gitops-immediate'",
        "patch is missing: what the agent applies",
        ".patch",
      ),
    ],
  },
  status: {
    type: "object",
    description: "How far it is.",
    properties: {
      phase: oneOf(
        "How far it is.",
        "Pending",
        "Approved",
        "Running",
        "Succeeded",
        "Failed",
        "Conflict",
        "RolledBack",
        "Rejected",
      ),
      approvedBy: text("Who approved it.", 253),
      approvedVia: text("By which way, such as ui-immediate.", 63),
      before: text(
        "What the agent had applied, and what there was, before the change: JSON. A rollback applies it.",
        262_144,
      ),
      commit: text("The commit that was pushed. A rollback reverts it.", 64),
      startedAt: moment("When it began."),
      finishedAt: moment("When it ended."),
      message: text("What the last step says.", 1024),
      conditions,
    },
  },
  columns: [
    { name: "Mode", type: "string", jsonPath: ".spec.executionMode" },
    { name: "Kind", type: "string", jsonPath: ".spec.target.kind" },
    { name: "Object", type: "string", jsonPath: ".spec.target.name" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "At", type: "date", jsonPath: ".spec.schedule", priority: 1 },
  ],
};
