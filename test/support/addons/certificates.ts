import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alerts, inCheckout, promtool, ruleFiles } from "../../operations/monitoring/rule-files";
import { type KubeObject, object } from "../e2e-cluster";

/** Certificates in Secrets of the cluster, and the alerts that watch them on series a program really reports. */

export interface Kept {
  readonly certificate: X509Certificate;
  /** The CA's certificate beside it. */
  readonly ca: X509Certificate;
  readonly keys: readonly string[];
  readonly key: string;
  /** Name of the issuer that signed it, by cert-manager's word. */
  readonly issuer: string | undefined;
}

const decoded = (text = ""): string => Buffer.from(text, "base64").toString();

/** What a Secret that cert-manager keeps holds. */
export const kept = async (namespace: string, secret: string): Promise<Kept> =>
  heldBy(await object<KubeObject>("secret", secret, "-n", namespace));

/** The same of a Secret that was read before. */
export function heldBy({ data = {}, metadata }: KubeObject): Kept {
  return {
    certificate: new X509Certificate(decoded(data["tls.crt"])),
    ca: new X509Certificate(decoded(data["ca.crt"])),
    keys: Object.keys(data).sort(),
    key: decoded(data["tls.key"]),
    issuer: metadata.annotations?.["cert-manager.io/issuer-name"],
  };
}

/** Certificates of a bundle, as a PEM file has them one after the other. */
export const bundle = (pem: string): X509Certificate[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([one]) => new X509Certificate(one),
  );

/** Whether one of the CAs has signed it. */
export const isTrusted = (certificate: X509Certificate, cas: readonly X509Certificate[]): boolean =>
  cas.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));

/** A line of a program's metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a metric in a program's own text. */
export const samples = (text: string, name: string): Sample[] =>
  [...text.matchAll(/^([a-z_]+)\{(.*)\} (\S+)$/gm)]
    .filter(([, found]) => found === name)
    .map(([, , labels = "", value]) => ({
      name,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key, of])),
      value: Number(value),
    }));

/** The sample as Prometheus stores it when it does not honour a program's labels: what it is called itself gets a prefix. */
export const scraped = (sample: Sample, target: Readonly<Record<string, string>>): Sample => {
  const own = Object.entries(sample.labels).map(([key, value]) => [key in target ? `exported_${key}` : key, value]);
  return { ...sample, labels: { ...target, ...(Object.fromEntries(own) as Record<string, string>) } };
};

const day = 86_400;

/** What is asked of an alert: it fires for the certificate so many days before its end, a minute after them and 15 minutes of patience, and not before. */
export interface Expected {
  readonly alert: string;
  readonly days: number;
  readonly namespace: string;
  readonly name: string;
  /** Its end, in Unix time. */
  readonly end: number;
}

/** Evaluates an alert on samples that stay as they are while time goes on, by promtool. Returns its words, none when it does as expected. */
export async function unlike(given: readonly Sample[], expected: Expected): Promise<string> {
  const { alert, days, namespace, name, end } = expected;
  const rule = alerts.find((one) => one.alert === alert) ?? assert.fail(`no alert ${alert}`);
  const file = ruleFiles.find(({ groups }) => groups.some(({ rules }) => rules.includes(rule)))?.file ?? "";
  const labels = { namespace, name };
  const filled = (text: string): string =>
    text
      .replaceAll("{{ $labels.namespace }}", namespace)
      .replaceAll("{{ $labels.name }}", name)
      .replaceAll("{{ $value | humanizeDuration }}", `${days - 1}d 23h 44m 0s`);
  const firing = {
    exp_labels: { ...rule.labels, ...labels },
    exp_annotations: Object.fromEntries(Object.entries(rule.annotations).map(([key, text]) => [key, filled(text)])),
  };
  const test = {
    rule_files: [inCheckout(file)],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        start_timestamp: new Date((end - days * day - 20 * 60) * 1000).toISOString(),
        input_series: given.map((one) => ({
          series: `${one.name}{${Object.entries(one.labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)}}`,
          values: `${one.value}x60`,
        })),
        alert_rule_test: [
          { alertname: alert, eval_time: "35m", exp_alerts: [] },
          { alertname: alert, eval_time: "36m", exp_alerts: [firing] },
        ],
      },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), "alert-"));
  try {
    writeFileSync(join(folder, "test.yaml"), JSON.stringify(test));
    const { code, text } = await promtool("test", "rules", join(folder, "test.yaml"));
    return code === 0 ? "" : text;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
