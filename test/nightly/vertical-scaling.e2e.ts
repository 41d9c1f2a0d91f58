import { strict as assert } from "node:assert";
import { quantity } from "../../systems/schema";
import { serviceRelease } from "../support/charts/service-chart";
import { cluster, type KubeObject, kubectl, livePods, object } from "../support/e2e-cluster";
import { installPart, removePart, vpaRecommender } from "../support/platform-part";
import { eventually } from "../support/run";

/** A recommendation that changes nothing, by the real recommender on real metrics. */

type Resources = Readonly<Record<"cpu" | "memory", string>>;
interface Recommendation extends KubeObject {
  readonly status?: {
    readonly recommendation?: {
      readonly containerRecommendations?: readonly Readonly<
        Record<"lowerBound" | "target" | "upperBound" | "uncappedTarget", Resources>
      >[];
    };
  };
}
interface Pod extends KubeObject {
  readonly spec: { readonly containers: readonly { readonly resources: unknown }[] };
}

const name = "api";
const minAllowed: Resources = { cpu: "60m", memory: "40Mi" };
const maxAllowed: Resources = { cpu: "80m", memory: "48Mi" };

describe("a recommendation for a service's pods", () => {
  const namespace = `e2e-vpa-${Date.now().toString(36).slice(-5)}`;
  const pods = (): Promise<Pod[]> => livePods<Pod>("-n", namespace, "-l", `app.kubernetes.io/name=${name}`);

  before(async () => {
    await cluster();
    const { findings, exempted = [] } = await installPart(vpaRecommender);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      vpaRecommender.left,
    );
    assert.deepEqual([...new Set(exempted.map(({ finding }) => finding.rule))], Object.keys(vpaRecommender.exempt));
    await serviceRelease(namespace, name, {
      resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
      autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 4, cpu: 60, scaleDownWindowSeconds: 15 },
      vpa: { enabled: true, minAllowed: { ...minAllowed }, maxAllowed: { ...maxAllowed } },
    });
    await eventually("two pods are ready", async () => (await pods()).length === 2, 120_000);
  });
  after(async () => {
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
    await removePart(vpaRecommender);
  });

  it("[COS-23] a recommendation within its bounds is written, and no pod is changed", async () => {
    const before = await pods();
    const found = await eventually(
      "the recommendation",
      async () => {
        const { status } = await object<Recommendation>("verticalpodautoscaler", name, "-n", namespace);
        return status?.recommendation?.containerRecommendations?.[0];
      },
      90_000,
    );
    for (const kind of ["lowerBound", "target", "upperBound"] as const) {
      for (const resource of ["cpu", "memory"] as const) {
        const got = quantity(found[kind][resource]);
        assert.ok(
          got >= quantity(minAllowed[resource]) && got <= quantity(maxAllowed[resource]),
          `${kind} ${resource}: ${got}`,
        );
      }
    }
    assert.ok(quantity(found.uncappedTarget.memory) > quantity(maxAllowed.memory), "it is the bounds that hold it");
    const identity = ({ metadata, spec }: Pod): unknown => [
      metadata.uid,
      spec.containers.map(({ resources }) => resources),
    ];
    assert.deepEqual((await pods()).map(identity), before.map(identity));
  });
});
