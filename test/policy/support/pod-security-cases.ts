import { strict as assert } from "node:assert";
import type { PodSecurityCheck } from "../../../policy/pod-security/contract/check";
import { evaluatePod } from "../../../policy/pod-security/evaluate-pod";

type Fields = { [key: string]: unknown };

/** A pod that passes restricted at every version, with its parts at hand to be changed. */
export interface Parts {
  readonly annotations: Fields;
  readonly spec: Fields;
  /** spec.securityContext */
  readonly context: Fields;
  /** One container of each sort, each with a securityContext, and all three together. */
  readonly init: Fields & { securityContext: Fields };
  readonly app: Fields & { securityContext: Fields };
  readonly debug: Fields & { securityContext: Fields };
  readonly all: readonly (Fields & { securityContext: Fields })[];
}

function minimalPod(): Parts & { pod: Fields } {
  const container = (name: string) => ({
    name,
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } as Fields,
  });
  const [init, app, debug] = [container("init"), container("app"), container("debug")];
  const annotations: Fields = {};
  const context: Fields = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
  const spec: Fields = {
    securityContext: context,
    initContainers: [init],
    containers: [app],
    ephemeralContainers: [debug],
  };
  return {
    pod: { metadata: { annotations }, spec },
    annotations,
    spec,
    context,
    init,
    app,
    debug,
    all: [init, app, debug],
  };
}

/** What is done to the pod, and what is said of it then. */
export interface Case {
  /** Title, with the requirement rows it proves. */
  readonly it: string;
  /** Versions evaluated at. @default latest */
  readonly at?: string | readonly string[];
  /** @default the level of the check */
  readonly level?: "baseline" | "restricted";
  readonly change: (parts: Parts) => void;
  /** The whole text of the verdict; without one the pod passes. */
  readonly says?: string;
  /** Fields the finding names. */
  readonly fields?: readonly string[];
}

const everyVersion = Array.from({ length: 38 }, (_, minor) => `v1.${minor}`);

/** Versions from one to another, both included: `from("v1.25")`, `from("v1.8", "v1.24")`. */
export function from(first: string, last = "v1.37"): string[] {
  return everyVersion.slice(everyVersion.indexOf(first), everyVersion.indexOf(last) + 1);
}

/** One test for each case, and one for the untouched pod. A failing case breaks this check alone: text and finding are asserted whole. */
export function podSecurityCases(check: PodSecurityCheck, stem: string, cases: readonly Case[]): void {
  describe(stem, () => {
    it("[MR-34] has the stem of its file and passes the minimal pod at every version", () => {
      assert.equal(check.id, stem);
      for (const version of everyVersion) assert.equal(evaluatePod(minimalPod().pod, check.level, version).detail, "");
    });
    for (const { it: title, at = "latest", level = check.level, change, says, fields } of cases) {
      it(title, () => {
        const parts = minimalPod();
        change(parts);
        for (const version of [at].flat()) {
          const { allowed, reasons, detail, findings, problems } = evaluatePod(parts.pod, level, version);
          assert.deepEqual(problems, []);
          assert.equal(detail, says ?? "", version);
          assert.equal(allowed, says === undefined);
          assert.deepEqual(
            findings.map((finding) => finding.check),
            says === undefined ? [] : [stem],
          );
          assert.equal(reasons.length, findings.length);
          if (fields)
            assert.deepEqual(
              findings[0]?.places.map((place) => place.field),
              fields,
            );
          for (const { got, want, fix, outcome } of findings) assert.ok(got && want && fix && outcome === "fail");
        }
      });
    }
  });
}
