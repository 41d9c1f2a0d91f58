/** Labelled lines: what is a credential and what is none, each of our own writing. No secret is real, and none stands in the files as it is evaluated:
 *  `⟦A36⟧` stands for 36 letters and digits, so that no scanner takes the files for a leak. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secretInValues } from "../../../policy/checks/secret-in-values";
import type { Finding } from "../../../policy/contract";
import { container, deployment, manifest, podSpec, prod } from "../support/pod";

export interface Line {
  /** `switch`, `reference` and `name` are no credentials, nor is what is `public`. */
  readonly kind: string;
  readonly secret: boolean;
  readonly in: "value" | "env" | "config" | "args";
  /** Keys of a value, name of a variable, key of a ConfigMap, `command` or `args`. */
  readonly at: string;
  readonly text: unknown;
}

const alphabets: Readonly<Record<string, string>> = {
  A: "Qk7Zp2Xv9Lm4Tb8Rw3Nc6Hd5Jf1Gs0Ya",
  a: "qk7zp2xv9lm4tb8rw3nc6hd5jf0gs",
  H: "3f9a1c7e5b0d8246",
  T: "Q7ZP2XV4LMTBRW3NC6HD5JFGSYA",
  M: "Qk7Zp2Xv9Lm4/Tb8Rw3Nc6+Hd5Jf1Gs0Ya",
};

/** The line with every gap filled in. */
function filled(text: string): string {
  return text.replaceAll(/⟦([AaHTM])(\d+)⟧/g, (_, kind: string, count: string) => {
    const letters = alphabets[kind] ?? "";
    return Array.from(
      { length: Number(count) },
      (_, index) => letters[(index * 7 + (index >> 4)) % letters.length],
    ).join("");
  });
}

/** The lines of a file. */
export function linesOf(file: string): Line[] {
  return readFileSync(join(__dirname, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(filled(line)));
}

/** What the rule finds where the line stands. */
export function findingsFor({ in: place, at, text }: Line): readonly Finding[] {
  if (place === "value") {
    const tree = at
      .split(".")
      .reduceRight<unknown>((inside, key) => (/^\d+$/.test(key) ? [inside] : { [key]: inside }), text);
    const object = { apiVersion: "helm.sh/v3", kind: "Release", name: "web", namespace: "apps" };
    return secretInValues.check([], { ...prod, values: [{ name: "values", object, tree }] });
  }
  if (place === "config")
    return secretInValues.check([manifest("v1", "ConfigMap", { data: { [at]: text as string } })], prod);
  const fields = place === "env" ? { env: [{ name: at, value: text as string }] } : { [at]: text as string[] };
  return secretInValues.check([deployment(podSpec({ containers: [container(fields)] }))], prod);
}
