/** Each pattern in the sources of the pack takes linear time, and so does each function that runs one: it is in linear-time.slow.test.ts, or said here to be out. */
import { strict as assert } from "node:assert";
import { filesBelow, textOf } from "../support/tree";
import { assertLinear } from "./support/hostile-texts";
import { exportsWithPatterns, patternsIn } from "./support/patterns";

const sources = filesBelow(["policy"], [".ts"]);

/** Patterns that never meet a long text, with the reason. */
const short: readonly string[] = [
  String.raw`/[\s"',;]+$/`, // isSwitch looks at texts of twenty characters at most
  "/[A-Z]?[a-z]+$|[A-Z]+$/", // isKeyName at names of a hundred
];

/** Every place a pattern could begin at, with what it finds there. A sticky one is asked at one place; where that goes on is a function's work. */
const everywhere =
  (pattern: RegExp) =>
  (text: string): number => {
    if (pattern.sticky) return Number(new RegExp(pattern).test(text));
    const all = new RegExp(pattern.source, [...new Set(`${pattern.flags}g`)].join(""));
    let count = 0;
    for (const _ of text.matchAll(all)) count += 1;
    return count;
  };

/** A check asks its patterns once of a field: each by itself is enough. */
const isCheck = (one: string): boolean => one.startsWith("checks/");

/** Functions that run a pattern and are not tried as a whole, by the reason. */
const out: Readonly<Record<string, readonly string[]>> = {
  "it reads the project's own settings, keys and reports, or what a cluster says of itself": [
    "images/scan-report toScanReport",
    "pod-security/admission readConfiguration",
    "render/ask-cluster askCluster",
    "config/explain-config configIssues",
    "config/explain-config explainConfig",
    "settings/live-cluster liveCluster",
    "evaluate/pack-config environmentConfig",
    "evaluate/pack-config packConfig",
    "settings/settings-schema exemptionSchema",
    "settings/settings-schema policySettings",
    "signatures/public-key publicKey",
    "signatures/settings-schema signatureSettings",
    "signatures/signature-policy readSignaturePolicy",
  ],
  "it matches a pattern of the project's own settings": ["signatures/signature-policy isWho"],
  "it reads a table of the pack": [
    "manifest/kind-table isOwnGroup",
    "manifest/kind-table knownKinds",
    "manifest/kind-table knownMinors",
    "manifest/kind-table readKinds",
    "pod-security/contract/unicode-after-15 isAfterUnicode15",
  ],
  "it hands fields on, one by one, and asks its own patterns once of each": [
    "evaluate/evaluate evaluate",
    "evaluate/evaluate-resource evaluateResource",
    "evaluate/pack policiesOf",
    "evaluate/resource-type roleOf",
    "evaluate/summary chartSummary",
    "manifest/manifest-schema kubernetesSchema",
    "pod-security/evaluate-pod evaluatePod",
    "pod-security/evaluate-pod verdictOnPod",
    "remedies/allow-privilege-escalation allowPrivilegeEscalation",
    "remedies/remedy podPlaces",
    "remedies/writable-tmp writableTmp",
    "render/alternatives alternativesOf",
    "render/chart-lines chartLines",
    "render/chart-lines textLines",
    "report/markdown commentMark",
    "report/markdown findingLines",
    "report/markdown formatMarkdown",
    "evaluate/exemptions applyExemptions",
  ],
  "it starts a program or asks a registry, and its answer is bounded in length": [
    "render/render renderChart",
    "render/render-process outOfBounds",
    "signatures/bundle verifyBundle",
    "signatures/find-signatures findSignatures",
    "signatures/registry RegistryReader",
    "signatures/registry-access authorize",
    "signatures/registry-access repositoryUrl",
  ],
  "it is given the name of a folder": ["render/locate-chart locateChart"],
  "it reads a chart's Chart.yaml and the names of its files, each pattern once": [
    "render/chart-package packChart",
    "render/subchart-folders subchartFolders",
  ],
};

describe("every pattern of the pack", function () {
  this.timeout(300_000);
  for (const file of sources) {
    const patterns = patternsIn(textOf(file)).filter((pattern) => !short.includes(String(pattern)));
    if (patterns.length > 0)
      it(`takes linear time in ${file}`, () => {
        for (const pattern of patterns)
          try {
            assertLinear(everywhere(pattern));
          } catch (error) {
            throw new Error(`${pattern}: ${(error as Error).message}`);
          }
      });
  }

  it("is found wherever an exported function reaches it in its file", () => {
    const text = "const a = /b/;\nfunction c() { return a; }\nexport const d = () => c();\nexport const e = 1;";
    assert.deepEqual(exportsWithPatterns(text), ["d"]);
    assert.deepEqual(exportsWithPatterns("export class A { b = new RegExp(c); }"), ["A"]);
    assert.deepEqual(patternsIn(text).map(String), ["/b/"]);
  });

  it("is in a function of linear-time.slow.test.ts, or in one that is out for a reason", () => {
    const tried = textOf("test/policy/linear-time.slow.test.ts");
    const known = new Set(Object.values(out).flat());
    const reached = sources.flatMap((file) =>
      exportsWithPatterns(textOf(file)).map((name) => `${file.slice("policy/".length, -".ts".length)} ${name}`),
    );
    const isTried = (one: string): boolean => {
      const [file, name] = one.split(" ");
      const imported = new RegExp(`import \\{([^}]*)\\} from "../../policy/${file}"`).exec(tried)?.[1] ?? "";
      return imported.split(/[\s,]+/).includes(name as string);
    };
    assert.deepEqual(
      reached.filter((one) => !isTried(one) && !known.has(one) && !isCheck(one)),
      [],
    );
    assert.deepEqual(
      [...known].filter((one) => !reached.includes(one) || isTried(one)),
      [],
    );
  });
});
