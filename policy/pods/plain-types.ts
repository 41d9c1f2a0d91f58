/** The types fields of a plain pod may have, each as the API server takes it; absent always passes. */

export type Fields = { readonly [key: string]: unknown };

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || value === false || value === true;
}

export function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

export function isTexts(list: unknown): list is string[] | undefined {
  if (list === undefined) return true;
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== "string") return false;
  return true;
}

/** A whole number from -limit to limit, the upper one left out. */
export function isInteger(value: unknown, limit: number): value is number | undefined {
  return value === undefined || (Number.isInteger(value) && (value as number) < limit && (value as number) >= -limit);
}
