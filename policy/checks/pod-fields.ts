/** The API server refuses a pod in which a field has the wrong type ("hostNetwork: \"no\""), and Pod Security says nothing of such a pod:
 *  it is refused here too, with the field. Found while a pod is read, see ../pods/pod-reading.ts. */
import type { RuleInfo } from "../rules/rule";

export const podFields: RuleInfo = {
  id: "pod-fields",
  severity: "high",
  description:
    "Every field Pod Security reads has a type the API server accepts; a pod that cannot be read cannot be validated.",
  fix: "give the field a value of the wanted type",
  controls: ["MR-33"],
};
