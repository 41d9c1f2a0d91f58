/** An image without a recent vulnerability scan is not known to be safe: a missing report counts as a failed one.
 *  Fields: images of containers and volumes, when `<project>:policy.scans` is set; wanted: a report of Trivy or Grype for the digest (or, without one,
 *  the name), not older than maxAgeHours, without vulnerabilities at the threshold or above, apart from accepted ones.
 *  Of several reports the newest of each scanner counts, and only one of an image that lists what it found, be it nothing.
 *  A vulnerability without a severity counts: it is not known to be harmless. */
import { parseImage } from "../images/image-reference";
import { nameOf, rank, type ScanReport } from "../images/scan-report";
import { imageRule } from "../rules/image-rule";
import type { RuleContext } from "../rules/rule";

const hour = 3_600_000;

export const scanReport = imageRule(
  {
    id: "scan-report",
    severity: "critical",
    description: "Every image has a recent vulnerability report that finds nothing at the threshold or above.",
    fix: "scan the image (trivy image --format json, or grype -o json) into the folder of policy.scans; use a fixed version of it, or accept the vulnerability there with reason and last day",
    controls: ["COS-13", "COS-14", "COS-59", "FL-102", "CIS 5.5.1", "NSA/CISA Upgrading and application security"],
  },
  function* (image, context) {
    const scans = context.settings?.scans;
    if (scans === undefined) return;
    const want = `one with a report not older than ${scans.maxAgeHours} hours and nothing ${scans.threshold} or worse`;
    if (typeof image !== "string") {
      yield { got: image, want };
      return;
    }
    const reports = newestFor(image, context.scans ?? []);
    const fresh = reports.filter((one) => !isStale(one, scans.maxAgeHours, context.now));
    const lost = (context.scans ?? []).flatMap((one) =>
      one.problem === undefined ? [] : `${one.file} is ${one.problem}`,
    );
    const unread = lost.length === 0 ? "" : ` (${lost.join(", ")})`;
    const [newest] = reports;
    if (newest === undefined) yield { said: `${JSON.stringify(image)}, which has no report${unread}`, want };
    else if (fresh.length === 0)
      yield { said: `${JSON.stringify(image)}, whose report is older or has no date (${newest.file})`, want };
    for (const report of fresh) {
      const ids = unaccepted(report, context);
      if (ids.length > 0) yield { said: `${JSON.stringify(image)} with ${inWords(ids)} (${report.file})`, want };
    }
  },
);

/** The newest report of each scanner: what one does not know the other may. By digest when the image has one: a name may mean something else by now. */
function newestFor(image: string, reports: readonly ScanReport[]): ScanReport[] {
  const digest = parseImage(image)?.digest;
  const name = nameOf(image);
  const own = reports.filter((one) => {
    if (one.problem !== undefined) return false;
    return digest === undefined ? one.names.includes(name) : one.digests.includes(digest);
  });
  const newest = own.toSorted((a, b) => (b.created ?? 0) - (a.created ?? 0));
  return newest.filter((one, index) => newest.findIndex(({ scanner }) => scanner === one.scanner) === index);
}

function isStale({ created }: ScanReport, maxAgeHours: number, now: Date | undefined): boolean {
  if (created === undefined || now === undefined) return true;
  return now.getTime() - created > maxAgeHours * hour || created > now.getTime() + hour;
}

function unaccepted({ vulnerabilities }: ScanReport, { settings, now }: RuleContext): string[] {
  const { threshold = "high", accept = [] } = settings?.scans ?? {};
  const today = now?.toISOString().slice(0, 10) ?? "9999-12-31";
  const accepted = new Set(accept.filter(({ expires }) => expires >= today).map(({ id }) => id));
  const bad = vulnerabilities.filter(({ severity }) => severity === "unknown" || rank(severity) >= rank(threshold));
  return [...new Set(bad.map(({ id }) => id))].filter((id) => !accepted.has(id)).toSorted();
}

/** At most five by name. */
function inWords(ids: readonly string[]): string {
  const rest = ids.length > 5 ? ` and ${ids.length - 5} more` : "";
  return `${ids.slice(0, 5).join(", ")}${rest}`;
}
