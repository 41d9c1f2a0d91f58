import { z } from "zod";
import { dnsLabel, flag, wholeNumber } from "../schema";
import { agentConfig } from "./agent-config";
import { agentShape } from "./chart-values";
import { profileNames } from "./profiles";
import { saasChartValues } from "./saas-chart-values";
import { watcherConfig } from "./watcher-config";

/** Configuration of zen: `hardened:zen` in a stack's file. */

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
    trialSaas: flag()
      .default(false)
      .describe("Runs a stand-in of the SaaS in the cluster and uses it; for evaluation, in profile local."),
    trialSaasNodePort: z
      .union([z.literal(0), wholeNumber(30_000, 32_767)], "expected 0, or a node port from 30000 to 32767")
      .default(0)
      .describe("Node port of the stand-in's page; 0 disables it. The page has no access control."),
    trialSaasNodeCIDRs: saasChartValues.shape.networkPolicy.shape.adminCIDRs
      .default([])
      .describe(
        "Networks of the nodes and of who calls them, such as 172.18.0.0/16 of k3d (kubectl get nodes -o wide), and none of pods; required with trialSaasNodePort.",
      ),
    agent: agentConfig,
    watcher: watcherConfig,
  })
  .describe("zen-agent, which executes remediations, and zen-watcher, which records what happens in the cluster.");
export type ZenConfig = z.output<typeof zenConfig>;
