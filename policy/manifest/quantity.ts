/** Quantities of Kubernetes: "100m", "1.5Gi", 2, "1e3". Pure.
 *  Upstream: apimachinery pkg/api/resource/quantity.go, ParseQuantity. */
import { word } from "./read";

const written = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
/** Powers of ten of the units; "" is none. */
const powers: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** The number a quantity stands for; undefined when it is none the API server would take. */
export function quantityOf(value: unknown): number | undefined {
  const [, digits, unit = ""] = written.exec(word(value)) ?? [];
  if (digits === undefined) return undefined;
  if (unit.endsWith("i")) return Number(digits) * 1024 ** ("KMGTPE".indexOf(unit.charAt(0)) + 1);
  return Number(`${digits}e${powers[unit] ?? unit.slice(1)}`);
}
