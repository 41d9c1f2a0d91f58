import { scanReport } from "../../../policy/checks/scan-report";
import { toScanReport } from "../../../policy/images/scan-report";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import type { RuleContext } from "../../../policy/rules/rule";
import { policySettings } from "../../../policy/settings/settings-schema";
import { container, deployment, image, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const digest = image.split("@")[1] as string;
const of = (name: unknown) => deployment(podSpec({ containers: [container({ image: name as string })] }));
const trivy = (file: string, severities: Record<string, string>, change = {}) =>
  toScanReport(file, {
    SchemaVersion: 2,
    ArtifactName: "registry.example/web:1.0",
    CreatedAt: "2027-01-30T12:00:00.123456789Z",
    Metadata: { RepoDigests: [`registry.example/web@${digest}`] },
    Results: [
      { Target: "os" },
      {
        Vulnerabilities: Object.entries(severities).map(([VulnerabilityID, Severity]) => ({
          VulnerabilityID,
          Severity,
        })),
      },
    ],
    ...change,
  });
const grype = (file: string, severity: string, timestamp = "2027-01-31T11:00:00Z") =>
  toScanReport(file, {
    descriptor: { name: "grype", timestamp },
    source: { type: "image", target: { userInput: "web:2", manifestDigest: digest, repoDigests: [] } },
    matches: [{ vulnerability: { id: "CVE-2027-2", severity } }],
  });
const having = (...scans: ReturnType<typeof toScanReport>[]): RuleContext => ({
  ...prod,
  scans,
  settings: policySettings.parse({
    scans: {
      folder: "scans",
      maxAgeHours: 48,
      accept: [
        { id: "CVE-2027-8", reason: "not reachable from outside", expires: "2027-01-31" },
        { id: "CVE-2027-9", reason: "not reachable from outside", expires: "2027-01-30" },
      ],
    },
  }),
});
const must = (got: string) => [
  `container "web": image must be one with a report not older than 48 hours and nothing high or worse, got "${image}"${got}`,
];
const cases = (title: string, context: RuleContext, complaints: string[] = [], name: unknown = image) =>
  ruleCases(scanReport, "scan-report", [[title, of(name), complaints]], context);

cases("[COS-13] passes a clean report", having(trivy("a.json", { "CVE-1": "LOW", "CVE-2": "MEDIUM" })));
cases(
  "[COS-13] fails one critical finding, by image and CVE",
  having(trivy("a.json", { "CVE-2027-1": "CRITICAL" })),
  must(" with CVE-2027-1 (a.json)"),
);
cases("[COS-13] fails without a report", having(), must(", which has no report"));
cases(
  "fails a report of another digest",
  having(trivy("a.json", {}, { Metadata: { RepoDigests: ["x@sha256:00"] } })),
  must(", which has no report"),
);
cases(
  "[COS-13] fails a stale report",
  having(trivy("a.json", {}, { CreatedAt: "2027-01-29T11:00:00Z" })),
  must(", whose report is older or has no date (a.json)"),
);
cases(
  "fails a report without a date",
  having(trivy("a.json", {}, { CreatedAt: "" })),
  must(", whose report is older or has no date (a.json)"),
);
cases(
  "fails a report from the future",
  having(trivy("a.json", {}, { CreatedAt: "2028-01-01T00:00:00Z" })),
  must(", whose report is older or has no date (a.json)"),
);
cases(
  "fails every report when nobody tells the time",
  { ...having(trivy("a.json", {})), now: undefined },
  must(", whose report is older or has no date (a.json)"),
);
cases("[COS-13] passes an accepted finding on its last day", having(trivy("a.json", { "CVE-2027-8": "HIGH" })));
cases(
  "fails an accepted finding the day after",
  having(trivy("a.json", { "CVE-2027-9": "HIGH" })),
  must(" with CVE-2027-9 (a.json)"),
);
cases(
  "fails a finding nobody has evaluated",
  having(trivy("a.json", { "CVE-3": "UNKNOWN" })),
  must(" with CVE-3 (a.json)"),
);
cases(
  "names five and counts the rest",
  having(trivy("a.json", Object.fromEntries([..."gfedcba"].map((letter) => [`CVE-${letter}`, "HIGH"])))),
  must(" with CVE-a, CVE-b, CVE-c, CVE-d, CVE-e and 2 more (a.json)"),
);
cases(
  "takes the newest of several by one scanner",
  having(trivy("a.json", { "CVE-1": "HIGH" }), trivy("b.json", {}, { CreatedAt: "2027-01-31T11:00:00Z" })),
);
cases(
  "fails what one scanner finds although a newer report of the other does not",
  having(trivy("a.json", { "CVE-1": "HIGH" }), grype("b.json", "Medium")),
  must(" with CVE-1 (a.json)"),
);
cases(
  "[COS-13] fails a report without results, and one of something else than an image",
  having(
    trivy("a.json", {}, { Results: undefined }),
    trivy("b.json", {}, { ArtifactType: "filesystem" }),
    toScanReport("c.json", { descriptor: { name: "grype" }, matches: "none" }),
    toScanReport("d.json", { descriptor: { name: "grype" }, source: { type: "directory" }, matches: [] }),
  ),
  must(
    ", which has no report (a.json is a report without results, b.json is a report of something else than an image, c.json is a report without results, d.json is a report of something else than an image)",
  ),
);
const secretsOnly = [
  { Target: "/app/key.pem", Class: "secret", Secrets: [] },
  { Target: "OS Packages", Class: "license", Licenses: [] },
];
cases(
  "[COS-13] fails a report of Trivy's other scanners alone, which did not look for vulnerabilities",
  having(trivy("a.json", {}, { Results: secretsOnly })),
  must(", which has no report (a.json is a report of a scan for something else than vulnerabilities)"),
);
cases(
  "passes one of several scanners",
  having(trivy("a.json", {}, { Results: [...secretsOnly, { Target: "os", Class: "os-pkgs", Type: "alpine" }] })),
);
cases("[COS-13] reads Grype's reports too", having(grype("b.json", "Critical")), must(" with CVE-2027-2 (b.json)"));
cases("takes Grype's negligible for low", having(grype("b.json", "Negligible")));
cases("passes a name by a report of that name", having(trivy("a.json", {})), [], "registry.example/web:1.0");
cases(
  "says which files are no reports",
  having(toScanReport("c.json", { hello: 1 })),
  must(", which has no report (c.json is neither a report of Trivy nor of Grype (JSON))"),
);
cases(
  "cannot evaluate an unknown image",
  having(trivy("a.json", {})),
  ['container "web": image cannot be evaluated, got a value unknown until deployment'],
  UNKNOWN,
);
const hours = (count: number) => new Date(Date.parse("2027-01-31T12:00:00Z") - count * 3_600_000).toISOString();
cases("passes a report on its last hour", having(trivy("a.json", {}, { CreatedAt: hours(48) })));
cases(
  "fails one a second older",
  having(trivy("a.json", {}, { CreatedAt: hours(48 + 1 / 3600) })),
  must(", whose report is older or has no date (a.json)"),
);
cases("passes a report of a clock that is an hour ahead", having(trivy("a.json", {}, { CreatedAt: hours(-1) })));
cases(
  "fails one that is further ahead",
  having(trivy("a.json", {}, { CreatedAt: hours(-1 - 1 / 3600) })),
  must(", whose report is older or has no date (a.json)"),
);
cases(
  "names five without counting",
  having(trivy("a.json", Object.fromEntries([..."abcde"].map((letter) => [`CVE-${letter}`, "HIGH"])))),
  must(" with CVE-a, CVE-b, CVE-c, CVE-d, CVE-e (a.json)"),
);
cases(
  "names six as five and one",
  having(trivy("a.json", Object.fromEntries([..."abcdef"].map((letter) => [`CVE-${letter}`, "HIGH"])))),
  must(" with CVE-a, CVE-b, CVE-c, CVE-d, CVE-e and 1 more (a.json)"),
);
cases(
  "takes a report with a date before one without",
  having(trivy("a.json", { "CVE-1": "HIGH" }, { CreatedAt: "" }), grype("b.json", "Low")),
);
cases(
  "says which files are no reports, each",
  having(toScanReport("c.json", { hello: 1 }), toScanReport("d.json", [])),
  must(
    ", which has no report (c.json is neither a report of Trivy nor of Grype (JSON), d.json is neither a report of Trivy nor of Grype (JSON))",
  ),
);
ruleCases(scanReport, "scan-report", [["asks nothing without settings", of(image)]]);
