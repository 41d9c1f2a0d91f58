/** Cron schedules as Kubernetes reads them (robfig/cron, five fields). Pure. */

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const days = "sun mon tue wed thu fri sat".split(" ");

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}
const fields: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: months },
  { least: 0, most: 6, names: days },
];

/** True for a schedule a CronJob takes: five fields, or a word such as @daily. */
export function isCron(schedule: string): boolean {
  if (/^@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)$/.test(schedule)) return true;
  const parts = schedule.split(" ");
  return parts.length === fields.length && parts.every((part, index) => isField(part, fields[index] as Field));
}

const isField = (text: string, field: Field): boolean => text.split(",").every((one) => isRange(one, field));

/** `*`, a number, or two with a dash, each with a step or without. */
function isRange(text: string, field: Field): boolean {
  const [, range = "", step] = /^([*?]|\w+(?:-\w+)?)(?:\/(\d{1,4}))?$/.exec(text) ?? [];
  if (range === "" || (step !== undefined && Number(step) === 0)) return false;
  if (range === "*" || range === "?") return true;
  const [from, to = from] = range.split("-").map((word) => numberOf(word, field));
  return from !== undefined && to !== undefined && from <= to;
}

function numberOf(word: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(word.toLowerCase());
  if (named >= 0) return named + least;
  const value = /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
