import { defineSystem } from "../define-system";
import { serviceChartValues } from "./chart-values";
import { companyosConfig } from "./config";
import { expectationsOf, needsOf, notesOf } from "./requires";
import { type Platform, resolvePlatform } from "./resolve";

/** The platform: many services of one hardened chart. */
export const companyos = defineSystem<Platform>({
  name: "companyos",
  summary: "many services of one hardened chart, each a few lines in the stack's file",
  config: companyosConfig,
  resolve: resolvePlatform,
  isEnabled: ({ enabled, services }) => enabled && Object.keys(services).length > 0,
  requires: (platform) => [
    {
      system: "companyos",
      namespace: platform.namespace,
      release: platform.release,
      notes: notesOf(platform),
      ...needsOf(platform),
      ...expectationsOf(platform),
    },
  ],
  charts: { service: serviceChartValues },
  component: () => import("./component"),
});
