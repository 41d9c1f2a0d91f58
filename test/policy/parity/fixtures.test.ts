import { strict as assert } from "node:assert";
import { type PodVerdict, verdictOnPod } from "../../../policy/pod-security/evaluate-pod";
import { newestVersion } from "../../../policy/pod-security/plan";
import { type Oracle, startOracle } from "../../oracle/oracle";
import { distinctPods, type Fixture, readFixtures } from "./fixtures";

const upstreamPart = ({ allowed, reasons, detail }: PodVerdict) => ({ allowed, reasons, detail });

describe("parity with upstream's test pods", function () {
  this.timeout(240_000);
  let fixtures: Fixture[];
  let oracle: Oracle;

  before(async () => {
    fixtures = await readFixtures();
    oracle = await startOracle();
  });
  after(() => oracle?.close());

  it("[PSS] finds all 4,537 pods of v0.37.2", () => assert.equal(fixtures.length, 4537));

  it("[PSS] allows the pods under pass and forbids those under fail", () => {
    const wrong = fixtures.filter(
      ({ pod, level, version, passes }) => verdictOnPod(pod, level, version, { kind: "Pod" }).allowed !== passes,
    );
    assert.deepEqual(
      wrong.map(({ path }) => path),
      [],
    );
  });

  it("[PSS] gives each pod upstream's reasons and detail", async () => {
    const answers = await oracle.ask<PodVerdict>(
      fixtures.map(({ pod, level, version }) => ({ pod, level, version, kind: "Pod" })),
    );
    fixtures.forEach(({ path, pod, level, version }, i) => {
      assert.deepEqual(upstreamPart(verdictOnPod(pod, level, version, { kind: "Pod" })), answers[i], path);
    });
  });

  it("[PSS] agrees on every distinct pod at every level and version, latest and later included", async () => {
    const pods = distinctPods(fixtures);
    const versions = [...Array.from({ length: newestVersion + 1 }, (_, minor) => `v1.${minor}`), "latest", "v1.99"];
    let verdicts = 0;
    for (const pod of pods) {
      const questions = (["privileged", "baseline", "restricted"] as const).flatMap((level) =>
        versions.map((version) => ({ pod, level, version })),
      );
      const answers = await oracle.ask<PodVerdict>(questions);
      questions.forEach(({ level, version }, i) => {
        assert.deepEqual(
          upstreamPart(verdictOnPod(pod, level, version)),
          answers[i],
          `${level}:${version} ${JSON.stringify(pod)}`,
        );
      });
      verdicts += answers.length;
    }
    assert.ok(pods.length > 300, `distinct pods: ${pods.length}`);
    assert.equal(verdicts, pods.length * 3 * versions.length);
  });

  it("[PSS] agrees when an older cluster is emulated", async () => {
    const pods = fixtures.filter(({ version }) => version === `v1.${newestVersion}`);
    for (const emulation of ["v1.0", "v1.18", "v1.24", "v1.34", "v1.36", "v1.37", "v1.50", "latest"]) {
      const questions = pods.flatMap(({ pod, level }) =>
        ["v1.17", "v1.35", "v1.40", "latest"].map((version) => ({ pod, level, version, emulation })),
      );
      const answers = await oracle.ask<PodVerdict>(questions);
      questions.forEach(({ pod, level, version }, i) => {
        assert.deepEqual(
          upstreamPart(verdictOnPod(pod, level, version, { emulation })),
          answers[i],
          `${emulation} ${version}`,
        );
      });
    }
  });
});
