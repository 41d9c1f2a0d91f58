import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { projectRoot } from "../../config/project";
import { meanings, sources } from "../../operations/monitoring/catalogue";
import { markdownTable, pageHead } from "./table";

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: { readonly summary: string; readonly runbook_url: string };
}
interface Dashboard {
  readonly title: string;
  readonly description: string;
  readonly panels: readonly { readonly type: string; readonly title: string }[];
}

const folderOfMonitoring = join(projectRoot, "operations", "monitoring");
const filesOf = (folder: string): string[] => readdirSync(join(folderOfMonitoring, folder)).sort();

/** Rules of each topic, in the order of the files. */
function topics(): [topic: string, rules: Rule[]][] {
  return filesOf("rules").map((file) => {
    const { groups } = load(readFileSync(join(folderOfMonitoring, "rules", file), "utf8")) as {
      groups: { rules: Rule[] }[];
    };
    return [basename(file, ".yaml"), groups.flatMap(({ rules }) => rules)];
  });
}

/** A summary with what its placeholders stand for: "{{ $labels.namespace }}" → "‹namespace›". */
const readable = (summary: string): string => summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "‹$1›");

function alertRows(): string[][] {
  return topics().flatMap(([topic, rules]) =>
    rules.flatMap(({ alert, for: lasting = "0m", labels, annotations }) => {
      if (alert === undefined || annotations === undefined) return [];
      const link = `[${alert}](../../${annotations.runbook_url})`.replace("../../docs/", "../");
      return [[link, topic, labels?.severity ?? "", lasting, readable(annotations.summary)]];
    }),
  );
}

function recordedRows(): string[][] {
  return topics().flatMap(([topic, rules]) => {
    const names = [...new Set(rules.flatMap(({ record }) => record ?? []))];
    return names.map((name) => [`\`${name}\``, topic, meanings[name] ?? ""]);
  });
}

function dashboardRows(): string[][] {
  return filesOf("dashboards").map((file) => {
    const { title, description, panels } = JSON.parse(
      readFileSync(join(folderOfMonitoring, "dashboards", file), "utf8"),
    ) as Dashboard;
    const shown = panels.filter(({ type }) => type !== "row").map((panel) => panel.title);
    return [`[${title}](../../operations/monitoring/dashboards/${file})`, description, shown.join(", ")];
  });
}

/** docs/reference/monitoring.md: every metric, alert and dashboard of monitoring/. */
export function monitoringPage(): string {
  const scraped = sources.map(({ name, needs, metrics }) => [
    name,
    needs,
    metrics.map((one) => `\`${one}\``).join(" "),
  ]);
  return [
    pageHead("Metrics and alerts"),
    "What [monitoring](../../operations/monitoring/README.md) records, alerts on and shows. What to do about an alert: [respond to an alert](../how-to/respond-to-an-alert.md).\n",
    `## Alerts\n\n${markdownTable(["alert", "topic", "severity", "for", "says"], alertRows())}\n`,
    `## Recorded metrics\n\n${markdownTable(["metric", "topic", "meaning"], recordedRows())}\n`,
    `## Dashboards\n\n${markdownTable(["dashboard", "shows", "panels"], dashboardRows())}\n`,
    `## Sources\n\nWhere the series come from that rules and dashboards read.\n\n${markdownTable(["source", "needs", "metrics"], scraped)}\n`,
  ].join("\n");
}
