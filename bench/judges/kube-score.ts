/** kube-score. It scores by rules of its own; two of them ask what the standard asks, and what these complain about counts as denied here. */
import { peer } from "../peers";
import type { MakeJudge } from "./judge";

interface Score {
  readonly object_meta: { readonly name: string };
  readonly checks: readonly { readonly check: { readonly id: string }; readonly grade: number }[];
}

const rules = {
  baseline: ["container-security-context-privileged"],
  restricted: ["container-security-context-privileged", "container-seccomp-profile"],
} as const;
/** The grade kube-score gives what it has nothing against. */
const fine = 10;

export const kubeScore: MakeJudge = async (_folder, level, version) => {
  if (!["latest", "v1.37"].includes(version)) return undefined;
  const counts = ({ check, grade }: Score["checks"][number]): boolean =>
    grade < fine && rules[level].some((rule) => rule === check.id);
  return {
    name: "kube-score",
    command: peer("kube-score"),
    args: (file) => ["score", file],
    details: (file) => {
      const more = ["--enable-optional-test", "container-seccomp-profile"];
      return ["score", "--output-format", "json", ...more, file];
    },
    answer: (output) => {
      const denied = (JSON.parse(output) as Score[]).filter(({ checks }) => checks.some(counts));
      return { denied: new Set(denied.map(({ object_meta }) => object_meta.name)) };
    },
  };
};
