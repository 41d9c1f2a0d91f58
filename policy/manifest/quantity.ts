/** Quantities of Kubernetes: "100m", "1.5Gi", 2, "1e3". Pure.
 *  Upstream: apimachinery pkg/api/resource/quantity.go, ParseQuantity. */
import { word } from "./read";

const written = /^([+-]?(?:\d+\.?\d*|\.\d+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const decimal = new Map([..."num"].map((unit, at) => [unit, 1000 ** (at - 3)]).concat([..."kMGTPE"].map(toThousands)));

function toThousands(unit: string, at: number): [string, number] {
  return [unit, 1000 ** (at + 1)];
}

/** The number a quantity stands for; undefined when it is none the API server would take. */
export function quantityOf(value: unknown): number | undefined {
  const [, digits, unit = ""] = written.exec(word(value)) ?? [];
  if (digits === undefined) return undefined;
  if (unit.endsWith("i")) return Number(digits) * 1024 ** ("KMGTPE".indexOf(unit.charAt(0)) + 1);
  return Number(digits) * (decimal.get(unit) ?? Number(`1${unit || "e0"}`));
}
