/** Kubernetes' own evaluator as a program; for whole files it knows the newest restricted standard. */
import { peer } from "../peers";
import type { MakeJudge } from "./judge";

export const upstream: MakeJudge = async (_folder, level, version) =>
  level === "restricted" && ["latest", "v1.37"].includes(version)
    ? {
        name: "upstream's evaluator",
        command: peer("upstream"),
        args: (file) => ["check", file],
        details: (file) => ["check", file],
        answer: (output) => ({
          denied: new Set([...output.matchAll(/^\w+ (\S+): /gm)].map(([, name]) => name as string)),
        }),
      }
    : undefined;
