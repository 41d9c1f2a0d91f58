/** Kyverno's command line, with its podSecurity rule or with the policies of its own chart kyverno-policies. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderChart } from "../../policy/render/render";
import { programEnvironment } from "../../process/toolchain/locate";
import { goModule } from "../../test/support/real-charts";
import { peer } from "../peers";
import { yamlOf } from "../workloads";
import type { Answer, Judge, Level, MakeJudge } from "./judge";

interface Report {
  readonly results?: readonly { readonly resources: readonly { readonly name: string }[]; readonly result: string }[];
}

/** Reads a policy report, which comes after lines about the policies; there is none when no policy applied. */
function answer(output: string): Answer {
  const start = output.search(/^\{/m);
  const { results = [] } = start < 0 ? {} : (JSON.parse(output.slice(start)) as Report);
  const names = (of: typeof results) => new Set(of.flatMap(({ resources }) => resources.map(({ name }) => name)));
  return { judged: names(results), denied: names(results.filter(({ result }) => ["fail", "error"].includes(result))) };
}

function judge(name: string, folder: string, file: string, policies: string): Judge {
  const path = join(folder, `${file}.yaml`);
  writeFileSync(path, policies);
  const args = (resources: string): string[] => ["apply", path, "--resource", resources];
  return {
    name,
    command: peer("kyverno"),
    args,
    details: (resources) => [...args(resources), "--policy-report", "--output-format", "json"],
    answer,
  };
}

const rule = (level: Level, version: string): object => ({
  apiVersion: "kyverno.io/v1",
  kind: "ClusterPolicy",
  metadata: { name: "pod-security" },
  spec: {
    background: true,
    rules: [
      {
        name: "pod-security",
        match: { any: [{ resources: { kinds: ["Pod"] } }] },
        validate: { failureAction: "Enforce", podSecurity: { level, version } },
      },
    ],
  },
});

/** One ClusterPolicy of one podSecurity rule. */
export const kyverno: MakeJudge = async (folder, level, version) =>
  judge("kyverno, podSecurity rule", folder, `kyverno-${level}-${version}`, yamlOf([rule(level, version)]));

/** The policies of Kyverno's chart, which know one version of the standard. */
export const kyvernoLibrary =
  (policyType: "ClusterPolicy" | "ValidatingPolicy"): MakeJudge =>
  async (folder, level, version) => {
    if (!["latest", "v1.37"].includes(version)) return undefined;
    Object.assign(process.env, programEnvironment());
    const chart = join(await goModule("github.com/kyverno/kyverno@v1.19.1", folder), "charts", "kyverno-policies");
    const values = { policyType, podSecurityStandard: level };
    const { text } = await renderChart({ chart, name: "kyverno", namespace: "kyverno", values, kubeVersion: "1.36" });
    return judge(`kyverno, its ${policyType} library`, folder, `${policyType}-${level}`, text);
  };
