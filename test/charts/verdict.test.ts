import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { mailroomConfig } from "../../systems/mailroom/config";
import { mailServer, mailServerValues } from "../../systems/mailroom/mail-server-values";
import { values } from "../../systems/mailroom/values";
import { charts } from "./support/helm";

const digest = `sha256:${"cd".repeat(32)}`;
const config = mailroomConfig.parse({ image: { tag: "1.0.0", digest } });
const server = mailServer(config);
const serverValues = mailServerValues(config, { ...server.image, digest }, "account") as unknown as JsonObject;
const { setup: _, ...shared } = values(config, { secretName: "secret", configMapName: "config" });

/** Chart, values, and how many pods there are to evaluate: none would pass anything. */
const cases: [title: string, chart: string, values: JsonObject, pods: number][] = [
  ["[MR-54] mailroom with its own setup hook", "mailroom", { ...shared, setup: { mode: "hook" } }, 2],
  ["[MR-54] mailroom as the stack deploys it", "mailroom", { ...shared, setup: { mode: "external" } }, 1],
  ["the mail server", "mail-server", serverValues, 1],
];

describe("charts: evaluated by the policy pack as in production", () => {
  for (const [title, chart, given, pods] of cases) {
    it(`${title}: nothing is found`, async () => {
      const request = {
        chart: join(charts, chart),
        name: chart,
        namespace: "post",
        values: given,
        kubeVersion: "1.36",
      };
      const { verdict } = await evaluateChart(request, {
        profile: "prod",
        podSecurity: { level: "restricted", version: "latest" },
      });
      assert.deepEqual(verdict.findings, []);
      assert.equal(verdict.pods, pods);
    });
  }
});
