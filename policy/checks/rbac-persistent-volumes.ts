/** A PersistentVolume may be a hostPath, which Pod Security does not look into: a pod that claims it has the node's files.
 *  Fields: rules of ClusterRole; forbidden: create, update, patch on persistentvolumes. */
import { grantRule, rbacControls } from "../rules/rbac";

export const rbacPersistentVolumes = grantRule(
  {
    id: "rbac-persistent-volumes",
    severity: "high",
    description: "No role creates PersistentVolumes: with hostPath one is a way to every file of a node.",
    fix: "claim storage with a PersistentVolumeClaim and a StorageClass instead",
    controls: ["CIS 5.1.9", ...rbacControls],
  },
  [{ group: "", resources: ["persistentvolumes"], verbs: ["create", "update", "patch"] }],
);
