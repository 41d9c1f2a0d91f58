import { strict as assert } from "node:assert";
import { join } from "node:path";
import { load } from "js-yaml";
import { type GoProgram, startGoProgram } from "../../support/go-program";
import { textOf } from "../../support/tree";

interface Question {
  readonly config: string;
  readonly object: unknown;
}
const config = textOf("operations/monitoring/kube-state-metrics/vertical-pod-autoscaler.yaml");

/** A VerticalPodAutoscaler as its recommender leaves it; `uncapped` is left out where a policy says nothing. */
const autoscaler = {
  apiVersion: "autoscaling.k8s.io/v1",
  kind: "VerticalPodAutoscaler",
  metadata: { name: "basket", namespace: "shop" },
  spec: {
    targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "basket" },
    updatePolicy: { updateMode: "Off" },
  },
  status: {
    conditions: [{ type: "RecommendationProvided", status: "True", lastTransitionTime: "2026-11-21T10:00:00Z" }],
    recommendation: {
      containerRecommendations: [
        {
          containerName: "api",
          target: { cpu: "25m", memory: "262144k" },
          lowerBound: { cpu: "10m", memory: "131072k" },
          upperBound: { cpu: "400m", memory: "1Gi" },
          uncappedTarget: { cpu: "15m", memory: "262144k" },
        },
        { containerName: "proxy", target: { cpu: "50m", memory: "64Mi" } },
      ],
    },
  },
};

/** `name{labels} value` without the labels that are the same everywhere. */
const short = (series: string): string =>
  series
    .replaceAll(/,?customresource_\w+="[^"]*"|,?target_api_version="[^"]*"|,?verticalpodautoscaler="[^"]*"/g, "")
    .replace("{,", "{")
    .replace("kube_verticalpodautoscaler_status_recommendation_containerrecommendations_", "");

describe("monitoring: what kube-state-metrics makes of a VerticalPodAutoscaler", function () {
  this.timeout(900_000);
  let exporter: GoProgram<Question>;
  const series = async (object: unknown): Promise<string[]> => {
    const [answer] = await exporter.ask<{ series: string[] } | { error: string }>([{ config, object }]);
    assert.ok(answer && "series" in answer, JSON.stringify(answer));
    return answer.series;
  };
  before(async () => {
    exporter = await startGoProgram(join(__dirname, "exporter"));
  });
  after(() => exporter?.close());

  it("[COS-41] a series for each container, bound and resource, in cores and bytes", async () => {
    const at = 'namespace="shop"';
    const to = 'target_kind="Deployment",target_name="basket"';
    const line = (name: string, container: string, value: string): string => {
      const [, resource] = name.split("_");
      const unit = resource === "cpu" ? "core" : "byte";
      return `${name}{container="${container}",${at},resource="${resource}",${to},unit="${unit}"} ${value}`;
    };
    assert.deepEqual((await series(autoscaler)).map(short).sort(), [
      line("lowerbound_cpu", "api", "0.01"),
      line("lowerbound_memory", "api", "1.31072e+08"),
      line("target_cpu", "api", "0.025"),
      line("target_cpu", "proxy", "0.05"),
      line("target_memory", "api", "2.62144e+08"),
      line("target_memory", "proxy", "6.7108864e+07"),
      line("uncappedtarget_cpu", "api", "0.015"),
      line("uncappedtarget_memory", "api", "2.62144e+08"),
      line("upperbound_cpu", "api", "0.4"),
      line("upperbound_memory", "api", "1.073741824e+09"),
    ]);
  });

  it("[COS-41] the labels are those of the series that the rules are tested on", async () => {
    const { tests } = load(textOf("test/operations/monitoring/rules/autoscaling.yaml")) as {
      tests: { input_series: { series: string }[] }[];
    };
    const labels = (text: string): string[] =>
      [...text.matchAll(/(\w+)="/g)].map(([, name]) => name as string).filter((name) => !/^(instance|job)$/.test(name));
    const tested = tests[0]?.input_series[0]?.series ?? "";
    const [written = ""] = (await series(autoscaler)).filter((one) => one.startsWith(tested.replace(/\{.*/, "{")));
    assert.deepEqual(labels(written).sort(), labels(tested).sort());
  });

  it("says nothing of one without recommendation, nor of other objects", async () => {
    assert.deepEqual(await series({ ...autoscaler, status: undefined }), []);
    assert.deepEqual(await series({ ...autoscaler, status: { recommendation: { containerRecommendations: [] } } }), []);
    assert.deepEqual(await series({ ...autoscaler, kind: "Deployment", apiVersion: "apps/v1" }), []);
  });
});
