/** Label selectors in three values: a selector or a label nobody knows yet may select or not. Pure, never throws. */
import { entries, list, read, text } from "../manifest/read";
import { UNKNOWN, type Unknown } from "../manifest/unknown";

/** True, false, or not known before deployment. */
export type Truth = boolean | Unknown;

/** False when one is false, unknown when one is unknown, else true. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(UNKNOWN) ? UNKNOWN : true;
}

/** True when one is true, unknown when one is unknown, else false. */
export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(UNKNOWN) ? UNKNOWN : false;
}

const not = (truth: Truth): Truth => (truth === UNKNOWN ? UNKNOWN : !truth);

/** Whether a LabelSelector (`matchLabels`, `matchExpressions`) selects labels. An empty one selects everything, an absent one nothing.
 *  Upstream: apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector. */
export function selects(selector: unknown, labels: unknown): Truth {
  if (selector === UNKNOWN) return UNKNOWN;
  if (typeof selector !== "object" || selector === null) return false;
  return allOf([
    ...entries(selector, "matchLabels").map(([key, value]) => isOneOf(labels, key, [value])),
    ...list(selector, "matchExpressions").map((expression) => fits(expression, labels)),
  ]);
}

/** The same for the plain map of a Service; an empty or absent one selects nothing. */
export function mapSelects(selector: unknown, labels: unknown): Truth {
  const wanted = entries(selector);
  return wanted.length === 0 ? false : allOf(wanted.map(([key, value]) => isOneOf(labels, key, [value])));
}

function fits(expression: unknown, labels: unknown): Truth {
  const key = text(expression, "key");
  const values = list(expression, "values");
  switch (read(expression, "operator")) {
    case "In":
      return isOneOf(labels, key, values);
    case "NotIn":
      return not(isOneOf(labels, key, values));
    case "Exists":
      return has(labels, key);
    case "DoesNotExist":
      return not(has(labels, key));
    case UNKNOWN:
      return UNKNOWN;
    default:
      return false;
  }
}

function has(labels: unknown, key: string): Truth {
  if (labels === UNKNOWN) return UNKNOWN;
  return read(labels, key) !== undefined;
}

function isOneOf(labels: unknown, key: string, values: readonly unknown[]): Truth {
  if (key === "*" && values[0] === UNKNOWN) return UNKNOWN; // a map of unknown entries
  const value = read(labels, key);
  if (value === UNKNOWN) return UNKNOWN;
  if (value === undefined) return false;
  return anyOf(values.map((wanted) => (wanted === UNKNOWN ? UNKNOWN : wanted === value)));
}
