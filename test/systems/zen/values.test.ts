import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { releaseValues } from "../../../components/release-values";
import { chartValues } from "../../../systems/zen/chart-values";
import { zen } from "../../../systems/zen/definition";
import { kindsOf, observed, remediationKinds } from "../../../systems/zen/permissions";
import { profileNames } from "../../../systems/zen/profiles";
import { agentName, agentValues, watcherName, watcherValues } from "../../../systems/zen/values";
import { watcherChartValues } from "../../../systems/zen/watcher-chart-values";
import { charts, only, render } from "../../charts/support/helm";
import { aws, type Given, gitops, local, resolved } from "./configurations";

const all = { local, gitops, aws };
const value = (given: Given) => resolved(given).value;
const apis = ["monitoring.coreos.com/v1/ServiceMonitor", "external-secrets.io/v1"];
const args = apis.flatMap((api) => ["--api-versions", api]);

describe("systems/zen: values", () => {
  for (const profile of profileNames)
    it(`[ZN-78] ${profile}: every value is one the chart knows, plain data, and the chart renders from it`, async () => {
      const config = value(all[profile]);
      const given = agentValues(config, "zen-token-1");
      assert.deepEqual(JSON.parse(JSON.stringify(given)), given);
      const { saas: _, ...whole } = given;
      assert.ok(chartValues.partial().parse(whole));
      const values = releaseValues(join(charts, "zen-agent"), given);
      const objects = await render({ chart: "zen-agent", release: "zen-agent", namespace: "zen", values, args });
      assert.equal(objects.filter(({ kind }) => kind === "Deployment").length, 2);
      assert.equal(objects.filter(({ kind }) => kind === "Secret").length, 0, "the token's Secret is made before");
    });

  it("values of the watcher are those of its own chart", () => {
    const given = watcherValues(value({ ...local, watcher: { observe: { namespaces: ["shop"] } } }).watcher);
    assert.ok(watcherChartValues.partial().parse(given));
  });

  it("an empty list takes the embedded chart's own away", () => {
    const given = agentValues(value({ ...local, watcher: { observe: { resources: [] } } }), "token");
    const kept = releaseValues(join(charts, "zen-agent"), given) as Record<string, { observe: object }>;
    assert.deepEqual(kept["zen-watcher"]?.observe, { resources: [] });
  });

  for (const [title, agent, watcher] of [
    ["by their defaults", {}, {}],
    ["of another release", { release: "other" }, {}],
    ["of the longest release name", { release: "r".repeat(53) }, {}],
    ["with names of their own", { fullnameOverride: "act" }, { fullnameOverride: "watch" }],
  ] as const)
    it(`knows the names the chart gives its objects: ${title}`, async () => {
      const config = value({ ...local, agent: { ...local.agent, ...agent }, watcher });
      const values = agentValues(config, "token");
      const objects = await render({ chart: "zen-agent", release: config.agent.release, namespace: "zen", values });
      for (const name of [agentName(config), watcherName(config)]) only(objects, "Service", name);
    });

  it("knows the name of a watcher alone", async () => {
    const config = value({ enabled: true, profile: "local", agent: { enabled: false }, watcher: { release: "other" } });
    const values = watcherValues(config.watcher);
    const objects = await render({ chart: "zen-watcher", release: "other", namespace: "zen", values });
    assert.equal(only(objects, "Service").metadata.name, watcherName(config));
  });

  it("[ZN-25] the chart's own lists of kinds are those of the table, and no profile changes what makes pods but local", () => {
    const { rbac } = load(readFileSync(join(charts, "zen-agent/values.yaml"), "utf8")) as Record<string, object>;
    assert.deepEqual(rbac, {
      mode: "scoped",
      namespaces: [],
      remediationKinds: [...remediationKinds],
      observedKinds: [...observed],
    });
    assert.deepEqual(
      profileNames.filter((profile) => kindsOf(profile).some((kind) => kind.endsWith(".apps"))),
      ["local"],
    );
  });

  it("[ZN-31] asks the cluster for the operator that is to scrape, for agent and watcher each by its key", () => {
    const needs = (scrape: string, agent: object) =>
      zen
        .requires(value({ ...local, agent, watcher: { metrics: { scrape } } }))[0]
        ?.needs?.map(({ capability, by }) => `${capability} ${by}`);
    const alone = { enabled: false };
    assert.deepEqual(needs("annotations", alone), []);
    assert.deepEqual(needs("off", alone), []);
    assert.deepEqual(needs("serviceMonitor", alone), [
      "prometheus-operator hardened:zen.watcher.metrics.scrape (serviceMonitor)",
    ]);
    assert.deepEqual(needs("vmServiceScrape", { ...local.agent, metrics: { scrape: "serviceMonitor" } }), [
      "prometheus-operator hardened:zen.agent.metrics.scrape (serviceMonitor)",
      "victoriametrics-operator hardened:zen.watcher.metrics.scrape (vmServiceScrape)",
    ]);
  });

  it("[ZN-19] [ZN-77] asks the cluster for its kinds, the Secrets and what keeps them, and the API server's address where none is given", () => {
    const [release] = zen.requires(value(gitops));
    assert.deepEqual(
      release?.otherSecrets?.map(({ name }) => name),
      ["zen-agent-client"],
    );
    assert.equal(release?.apiServer, false);
    assert.equal(release?.customResources?.length, 4);
    const [external] = zen.requires(value({ ...aws, watcher: {} }));
    assert.equal(external?.apiServer, true);
    assert.deepEqual(
      external?.stores?.map(({ name }) => name),
      ["aws-secrets-manager"],
    );
    assert.deepEqual(
      external?.needs?.map(({ capability }) => capability),
      ["external-secrets-operator", "reloader", "cert-manager", "prometheus-operator"],
    );
    for (const install of [true, false])
      assert.ok(
        zen
          .requires(value({ ...local, crds: { install } }))[0]
          ?.customResources?.every((one) => one.installed === install),
      );
  });
});
