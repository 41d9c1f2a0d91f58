import { z } from "zod";
import type { NeededCredential } from "../../config/credential-mistakes";
import { isPlaceholder } from "../credentials";

/** The bootstrap token of zen-agent: `hardened:zenCredentials` in a stack's file. */

/** Key of the Secret that a stack makes for the agent. */
export const tokenKey = "token";

/** What the product's own commands have in place of a tenant, a cluster and a token. */
const example = /^\s*((my[-_ ]?)?(tenant|cluster)[-_ ]?(id|token)?|(bootstrap[-_ ]?)?token)\s*$/i;

/** Whether an id or a token is a placeholder. */
export const isPlaceholderId = (value: string): boolean => example.test(value) || isPlaceholder(value);

const set = "pulumi config set --secret --path zenCredentials.clusterToken";

/** `hardened:zenCredentials`, a secret object. */
export const zenCredentials = z
  .strictObject({
    clusterToken: z
      .string(`expected the bootstrap token; ${set}`)
      .regex(/\S/, { error: `expected the bootstrap token, not an empty text; ${set}`, abort: true })
      .regex(/^\S+(\r?\n)?$/, { error: `white space in it; put the token alone: ${set}`, abort: true })
      .refine((value) => !isPlaceholderId(value), `still a placeholder; put the real token: ${set}`)
      .optional()
      .describe("The bootstrap token."),
  })
  .describe("The bootstrap token of zen-agent, encrypted. Required unless agent.saas names a Secret or a store.");

/** The agent's token is required unless an existing Secret or a store has it. */
export function neededCredentials({
  agent,
  trialSaas,
}: {
  readonly trialSaas?: boolean;
  readonly agent: {
    readonly enabled: boolean;
    readonly saas: { readonly existingSecret?: string | undefined; readonly externalSecret?: object | undefined };
  };
}): NeededCredential[] {
  const { existingSecret, externalSecret } = agent.saas;
  // the stand-in and the agent share one that is generated
  if (trialSaas || !agent.enabled || existingSecret !== undefined || externalSecret !== undefined) return [];
  return [{ key: "clusterToken", by: "agent (without agent.saas.existingSecret and agent.saas.externalSecret)" }];
}
