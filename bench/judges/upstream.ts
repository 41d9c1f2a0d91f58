/** Kubernetes' own evaluator as a program. */
import { peer } from "../peers";
import type { MakeJudge } from "./judge";

export const upstream: MakeJudge = async (_folder, level, version) => {
  const args = (file: string): string[] => ["check", file, level, version];
  const answer = (output: string): { denied: Set<string> } => ({
    denied: new Set([...output.matchAll(/^\w+ (\S+): /gm)].map(([, name]) => name as string)),
  });
  return { name: "upstream's evaluator", command: peer("upstream"), args, details: args, answer };
};
