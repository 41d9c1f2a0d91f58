/** Tells whether a chart may render to something else when it is upgraded than when it is installed. */
import type { Chart } from "./chart";
import { templatesOf } from "./chart-lookups";

/** The two words a template asks by, or the whole of `.Release`, which holds them (helm.sh/docs/chart_template_guide/builtin_objects); but not where it is
 *  only handed on under its own name, as in `dict "Release" $.Release`: whoever asks that asks by the words. */
const asking = /\bIs(?:Upgrade|Install)\b|(?<!"Release"\s+\$?)\.Release\b(?!\.(?:Name|Namespace|Service|Revision)\b)/;

const known = new Map<string, boolean>();

/** True when anything a template can be made of, in the chart, its subcharts or the `values` it is given, asks whether this is an upgrade. */
export function asksForUpgrade(chart: Chart, values: unknown): boolean {
  let asks = known.get(chart.digest);
  if (asks === undefined) {
    asks = [...templatesOf(chart)].some(({ text }) => asking.test(text));
    known.set(chart.digest, asks);
  }
  return asks || asking.test(JSON.stringify(values));
}
