import { strict as assert } from "node:assert";
import { selected, useLibrary } from "./support/library";

const scrape = { component: "api", port: "http", path: "/metrics", interval: "15s" };
const prometheus = "monitoring.coreos.com/v1/ServiceMonitor";
const victoria = "operator.victoriametrics.com/v1beta1/VMServiceScrape";
const image = { repository: "registry.example.com/store", tag: "1.0", pullPolicy: "IfNotPresent" };
const pod = {
  component: "test",
  tmpSizeLimit: "16Mi",
  serviceAccountToken: true,
  securityContext: { runAsNonRoot: true },
  containers: [{ name: "test", image, resources: {}, securityContext: {} }],
};

describe("charts/hardened: scraping, and pods that test", () => {
  const { object, word, problems } = useLibrary();

  for (const [mode, apiVersion, kind] of [
    ["serviceMonitor", "monitoring.coreos.com/v1", "ServiceMonitor"],
    ["vmServiceScrape", "operator.victoriametrics.com/v1beta1", "VMServiceScrape"],
  ] as const)
    it(`${mode}: the operator is told to scrape the Service of the component`, async () => {
      const found = await object("scrape", { ...scrape, mode, suffix: "api" });
      assert.deepEqual([found.apiVersion, found.kind, found.metadata.name], [apiVersion, kind, "shop-theirs-api"]);
      assert.deepEqual(found.spec as unknown, {
        selector: { matchLabels: selected("api") },
        endpoints: [{ port: "http", path: "/metrics", interval: "15s" }],
      });
    });

  it("any other mode makes no object", async () => {
    for (const mode of ["annotations", "off"])
      await assert.rejects(object("scrape", { ...scrape, mode }), /nothing was rendered/);
  });

  it("auto takes the operator's kind that the cluster knows, Prometheus' first, and else annotations; a word is taken as it is", async () => {
    const cases: [mode: string, apis: string[], chosen: string][] = [
      ["auto", [], "annotations"],
      ["auto", [prometheus], "serviceMonitor"],
      ["auto", [victoria], "vmServiceScrape"],
      ["auto", [victoria, prometheus], "serviceMonitor"],
      ["auto", ["monitoring.coreos.com/v1"], "annotations"],
      ["vmServiceScrape", [prometheus], "vmServiceScrape"],
      ["off", [prometheus], "off"],
    ];
    for (const [mode, apis, wanted] of cases) assert.equal(await word("scrapeMode", { mode }, apis), wanted);
    assert.deepEqual(await problems("scrapeMode", { mode: "prometheus" }), [
      'scrape mode ("prometheus") is none of auto, serviceMonitor, vmServiceScrape, annotations, off',
    ]);
  });

  it("a pod that tests ends by itself, has no token, and is gone after it passed", async () => {
    const { apiVersion, kind, metadata, spec } = await object("testPod", { pod, activeDeadlineSeconds: 90 });
    assert.deepEqual([apiVersion, kind, metadata.name], ["v1", "Pod", "shop-theirs-test"]);
    assert.deepEqual(metadata.annotations, {
      "helm.sh/hook": "test",
      "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    });
    assert.equal(metadata.labels["app.kubernetes.io/component"], "test");
    const { restartPolicy, activeDeadlineSeconds, automountServiceAccountToken, securityContext } =
      spec as unknown as Record<string, unknown>;
    assert.deepEqual(
      [restartPolicy, activeDeadlineSeconds, automountServiceAccountToken, securityContext],
      ["Never", 90, false, { runAsNonRoot: true }],
    );
    const other = {
      pod,
      activeDeadlineSeconds: 90,
      suffix: "smoke",
      component: "smoke",
      annotations: { note: "kept" },
    };
    const found = await object("testPod", other);
    assert.equal(found.metadata.name, "shop-theirs-smoke");
    assert.equal(found.metadata.annotations?.note, "kept");
    assert.equal(found.metadata.labels["app.kubernetes.io/component"], "smoke");
  });

  for (const given of [undefined, 0, -1, 3601, "60", 1.5])
    it(`a pod that tests for ${given} seconds is refused`, async () =>
      assert.deepEqual(
        await problems("testPod", { pod, key: "smoke", ...(given !== undefined && { activeDeadlineSeconds: given }) }),
        [`smoke.activeDeadlineSeconds (${JSON.stringify(given) ?? "null"}) is no whole number from 1 to 3600`],
      ));
});
