/** YAML 1.1 as go-yaml v2 resolves it, for two uses that decide nothing alone: the lines of fields (position.ts), and settings inside texts (value-leaves.ts).
 *  Objects and values come from the Go reader, see documents.ts. */
import { FAILSAFE_SCHEMA, Type } from "js-yaml";

const trueValues = new Set(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"]);
const falseValues = new Set(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]);

const nothing = new Type("tag:yaml.org,2002:null", {
  kind: "scalar",
  resolve: (text: string | null) => text === null || ["", "~", "null", "Null", "NULL"].includes(text),
  construct: () => null,
});

const merge = new Type("tag:yaml.org,2002:merge", {
  kind: "scalar",
  resolve: (text: string | null) => text === "<<",
});

const bool = new Type("tag:yaml.org,2002:bool", {
  kind: "scalar",
  resolve: (text: string | null) => text !== null && (trueValues.has(text) || falseValues.has(text)),
  construct: (text: string) => trueValues.has(text),
});

/** Decimal, 0x, 0o, 0b and the old octal 0777, with "_" between digits. */
const integer = /^[-+]?(?:0[xX][\da-fA-F_]+|0[oO]?[0-7_]*|0[bB][01_]+|[1-9][\d_]*)$/;

const int = new Type("tag:yaml.org,2002:int", {
  kind: "scalar",
  resolve: (text: string | null) => text !== null && integer.test(text) && Number.isFinite(toInteger(text)),
  construct: toInteger,
});

function toInteger(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "").toLowerCase();
  return sign * Number(/^0\d/.test(digits) ? `0o${digits}` : digits);
}

const float = new Type("tag:yaml.org,2002:float", {
  kind: "scalar",
  resolve: (text: string | null) =>
    text !== null &&
    /^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/.test(text) &&
    Number.isFinite(toFloat(text)),
  construct: toFloat,
});

function toFloat(text: string): number {
  return Number(text.replaceAll("_", ""));
}

/** Dates stay texts, as they do in Kubernetes; so do `.inf`, `.nan` and numbers no float64 holds, which have no JSON. */
export const kubernetesSchema = FAILSAFE_SCHEMA.extend({ implicit: [nothing, bool, int, float, merge] });
