import assert from "node:assert/strict";
import { objectsOf, shippedManifests } from "../support/charts/shipped-manifests";
import { textOf } from "../support/tree";
import { type Kubesec, type Score, startKubesec } from "./support/kubesec";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext: { allowPrivilegeEscalation?: boolean };
}
interface PodSpec {
  securityContext: object;
  readonly containers: [Container, ...Container[]];
}
interface Template {
  readonly template: { readonly spec: PodSpec };
}
interface Workload {
  readonly kind: string;
  readonly spec: Template & { readonly jobTemplate?: { readonly spec: Template } };
}

/** What fails: a score of seven or less, with the rules that gave no points and those that took some. */
const failing = (scores: readonly Score[]): string[] =>
  scores
    .filter(({ points }) => points <= 7)
    .map(({ of, points, missing, lost }) => `${of}: ${points}, missing ${missing.join(" ")}; lost ${lost.join(" ")}`);

/** The different scores of a system's workloads, and of their containers. */
const scoresOf = (scores: readonly Score[], system: string): number[] =>
  [...new Set(scores.filter(({ of }) => of.includes(system)).map(({ points }) => points))].sort((a, b) => a - b);

describe("[FL-13] [FL-102] kubesec", function () {
  this.timeout(300_000);
  let kubesec: Kubesec;
  let objects: Workload[];
  let scores: Score[];

  before(async () => {
    kubesec = await startKubesec();
    const manifests = await shippedManifests();
    objects = manifests.flatMap((manifest) => objectsOf<Workload>(manifest));
    scores = [];
    for (const manifest of manifests)
      for (const score of await kubesec.scores(objectsOf(manifest)))
        scores.push({ ...score, of: `${manifest.name} ${score.of}` });
  });
  after(() => kubesec?.close());

  it("scores every pod of every system, stack and overlay above 7, and each of its containers alone", () => {
    assert.ok(scores.length > 100, String(scores.length));
    assert.deepEqual(failing(scores), []);
  });

  it("gives them these scores, which the documentation lists", () => {
    const systems = ["companyos", "mailroom", "trevor", "floe", "stateful-service"];
    const given = systems.map((system) => [system, scoresOf(scores, system)] as const);
    assert.deepEqual(Object.fromEntries(given), {
      companyos: [14],
      mailroom: [11],
      trevor: [11, 12],
      floe: [10, 11, 13],
      "stateful-service": [13, 14, 15],
    });
    const document = textOf("docs/explanation/how-checks-are-tested.md");
    for (const [system, points] of given)
      assert.match(document, new RegExp(`^\\| ${system} +\\| ${points.join(", ")} +\\|$`, "m"));
  });

  it("misses on every pod only the points for annotations that became fields of securityContext", () => {
    const everywhere = scores
      .map(({ missing }) => missing)
      .reduce((all, some) => all.filter((id) => some.includes(id)));
    assert.deepEqual(everywhere.toSorted(), ["ApparmorAny", "SeccompAny"]);
  });

  /** A shipped Deployment, or CronJob, with its first container changed. */
  function changed(kind: "Deployment" | "CronJob", change: (container: Container, pod: PodSpec) => void): object {
    const object = structuredClone(objects.find((one) => one.kind === kind)) as Workload;
    const { spec } = (object.spec.jobTemplate?.spec ?? object.spec).template;
    change(spec.containers[0], spec);
    return object;
  }

  for (const kind of ["Deployment", "CronJob"] as const) {
    it(`refuses a ${kind} that may gain privileges`, async () => {
      const object = changed(kind, ({ securityContext }) => {
        securityContext.allowPrivilegeEscalation = true;
      });
      assert.match(failing(await kubesec.scores([object]))[0] ?? "", /: [4-7], .*; lost AllowPrivilegeEscalation$/);
    });

    it(`refuses a ${kind} with a bare container beside its hardened one`, async () => {
      const object = changed(kind, (container, pod) => {
        pod.securityContext = {};
        pod.containers.push({ name: "bare", image: container.image, securityContext: {} });
      });
      const [bare, ...others] = failing(await kubesec.scores([object]));
      assert.deepEqual(others, []);
      assert.match(bare ?? "", / bare: \d, missing .*CapDropAll.*; lost $/);
    });
  }
});
