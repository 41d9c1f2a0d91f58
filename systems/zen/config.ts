import { z } from "zod";
import { dnsLabel, flag } from "../schema";
import { agentConfig } from "./agent-config";
import { agentShape } from "./chart-values";
import { profileNames } from "./profiles";
import { watcherConfig } from "./watcher-config";

/** What a user may say about zen: `hardened:zen` in a stack's file. */

/** `hardened:zen` in a stack's file. */
export const zenConfig = z
  .strictObject({
    enabled: flag().default(false).describe("Whether this stack runs zen."),
    profile: z
      .enum(profileNames, `expected ${profileNames.join(", ")}`)
      .optional()
      .describe("Required: local, gitops or aws; what it turns on and refuses is in its guide."),
    namespace: dnsLabel("the namespace").default("zen").describe("Dedicated namespace, created by the stack."),
    crds: z
      .strictObject({
        install: flag()
          .default(true)
          .describe("false: the kinds are there already, another's, and are used as they are."),
      })
      .prefault({})
      .describe("The kinds of zen, before everything else; they stay when the stack is destroyed."),
    registryPolicy: agentShape.image.shape.registryPolicy
      .default([])
      .describe("Registries the images of agent and watcher may come from; if empty, those of the profile."),
    agent: agentConfig,
    watcher: watcherConfig,
  })
  .describe("zen-agent, which executes remediations, and zen-watcher, which records what happens in the cluster.");
export type ZenConfig = z.output<typeof zenConfig>;
