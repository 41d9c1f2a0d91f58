import { strict as assert } from "node:assert";
import type { Json, JsonObject, Manifest } from "../../../policy/contract";
import { checkSize, withinTime } from "../../../policy/evaluate/bounds";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { evaluateResource } from "../../../policy/evaluate/evaluate-resource";
import { evaluateTogether } from "../../../policy/evaluate/together";
import { RenderError } from "../../../policy/render/render-error";
import { settings } from "../support/ask";
import { deployment, manifest, podSpec, prod } from "../support/pod";

const beyond = (said: RegExp) => (error: unknown) =>
  error instanceof RenderError && error.kind === "bounds" && said.test(error.message);
const runsOn = (): never => {
  for (;;);
};

describe("bounds of evaluating", () => {
  it("end what runs on, a pattern too, and leave what comes after alone", () => {
    const said = beyond(/^evaluating took longer than 0\.2 s and was stopped$/);
    assert.throws(() => withinTime(runsOn, 200), said);
    assert.throws(() => withinTime(() => /^(a+)+$/.test(`${"a".repeat(60)}!`), 200), said);
    assert.throws(() => withinTime(() => withinTime(runsOn), 200), said);
    assert.equal(
      withinTime(() => 1),
      1,
    );
  });

  it("pass on what a task throws", () => {
    const error = new TypeError("no");
    assert.throws(
      () =>
        withinTime(() => {
          throw error;
        }),
      (thrown) => thrown === error,
    );
  });

  it("refuse an object, and objects, of more values than can be evaluated", () => {
    const values = (count: number): Json[] => Array.from({ length: count }, (_, index) => index);
    const of = (count: number): Manifest =>
      manifest("v1", "ConfigMap", { data: values(count) as unknown as JsonObject });
    checkSize([of(200_000), of(200_000)]);
    assert.throws(() => checkSize([of(300_000)]), beyond(/^an object of more than 250000 values is not evaluated$/));
    const many = Array.from({ length: 6 }, () => of(200_000));
    assert.throws(() => checkSize(many), beyond(/^objects of more than 1000000 values is not evaluated$/));
    assert.throws(() => evaluate(many, prod), RenderError);
  });

  it("are a finding of a plain object, and of what is evaluated together", async () => {
    const data = Array.from({ length: 300_000 }, () => 1);
    const { verdict, incomplete } = await evaluateResource(
      "kubernetes:core/v1:ConfigMap",
      { metadata: { name: "a" }, data },
      settings(),
    );
    assert.deepEqual(
      [verdict.findings.map(({ rule, outcome }) => [rule, outcome]), incomplete],
      [[["release-renders", "undetermined"]], true],
    );

    const part = { verdict: { findings: [], objects: 1, pods: 1 }, manifests: [deployment()], namespace: "apps" };
    const policy = {
      ...prod.settings,
      get podKinds() {
        return runsOn();
      },
    } as unknown as NonNullable<typeof prod.settings>;
    const [together] = evaluateTogether([part], { ...prod, settings: policy, limitMs: 200 });
    assert.deepEqual(
      together?.findings.map(({ rule, outcome, got }) => [rule, outcome, got]),
      [["release-renders", "undetermined", "evaluating took longer than 0.2 s and was stopped"]],
    );
  });

  it("hold for the worst that fits in them: it ends, evaluated or not", function () {
    this.timeout(120_000);
    const expression = { matchExpressions: [{ key: "x", operator: "DoesNotExist" }] };
    const selecting = (at: number): Manifest => {
      const { object } = deployment();
      return {
        object: {
          ...object,
          metadata: { name: `d${at}` },
          spec: { ...(object.spec as JsonObject), selector: expression },
        },
      };
    };
    const containers = Array.from({ length: 80_000 }, (_, at) => ({ name: `c${at}` }));
    const worst: [string, Manifest[]][] = [
      ["containers", [deployment(podSpec({ containers }))]],
      ["selectors", Array.from({ length: 10_000 }, (_, at) => selecting(at))],
    ];
    for (const [what, objects] of worst) {
      const start = Date.now();
      try {
        evaluate(objects, prod);
      } catch (error) {
        assert.ok(error instanceof RenderError, `${what}: ${error}`);
      }
      assert.ok(Date.now() - start < 40_000, `${what}: ${Date.now() - start}`);
    }
  });
});
