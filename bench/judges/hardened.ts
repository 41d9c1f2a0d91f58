/** This project's command line, which judges files by the restricted standard. */
import { join } from "node:path";
import type { MakeJudge } from "./judge";

interface Report {
  readonly findings: readonly { readonly object: { readonly name: string } }[];
}

export const command = join(__dirname, "..", "..", "bin", "hardened");

export const hardened: MakeJudge = async (_folder, level, version) => {
  if (level !== "restricted") return undefined;
  const args = (file: string): string[] => ["check", "--only", "pod-security", "--pod-security", version, file];
  return {
    name: "this project",
    command,
    args,
    details: (file) => [...args(file), "--format", "json"],
    answer: (output) => ({
      denied: new Set((JSON.parse(output) as Report).findings.map(({ object }) => object.name)),
    }),
  };
};
