/** Rules that have one safe fix, with it. The engine asks for it where `--policy-pack-config` sets such a rule to the level "remediate". */
import { allowPrivilegeEscalation } from "./allow-privilege-escalation";
import { defaultServiceAccount } from "./default-service-account";
import type { Remedy } from "./remedy";
import { seccompProfileRestricted } from "./seccomp-profile-restricted";
import { serviceAccountToken } from "./service-account-token";
import { writableTmp } from "./writable-tmp";

/** By the rule's id. */
export const remedies: ReadonlyMap<string, Remedy> = new Map([
  ["allow-privilege-escalation", allowPrivilegeEscalation],
  ["default-service-account", defaultServiceAccount],
  ["seccomp-profile-restricted", seccompProfileRestricted],
  ["service-account-token", serviceAccountToken],
  ["writable-tmp", writableTmp],
]);
