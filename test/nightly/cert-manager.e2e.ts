import { strict as assert } from "node:assert";
import type { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "../../policy/contract";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { only } from "../charts/support/helm";
import { objectsOf } from "../charts/support/zen-agent";
import { bundle, heldBy, isTrusted, kept, type Sample, samples, scraped, unlike } from "../support/addons/certificates";
import { section } from "../support/documents/document";
import { instance, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { readFrom } from "../support/network/client-pod";
import { forward } from "../support/network/forward";
import { certManager, installPart, removePart } from "../support/platform-part";
import { eventually, run } from "../support/run";

/** Certificates by the real cert-manager: issued, renewed every half minute, watched by the alerts, and of another CA without one that nobody trusts. */

const page = "docs/how-to/rotate-a-ca.md";
const ca = section(page, "Make a CA");

interface Certificate extends KubeObject {
  readonly status?: {
    readonly revision?: number;
    readonly notAfter?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
}

describe("certificates by cert-manager", () => {
  const namespace = `e2e-certs-${Date.now().toString(36).slice(-5)}`;
  const elsewhere = `${namespace}-elsewhere`;
  let verdict: Verdict;
  let folder: string;

  const certificate = (name: string, spec: object, issuer = "zen-ca-1") => ({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name, namespace },
    spec: {
      secretName: name,
      dnsNames: [`${name}.${namespace}.svc`],
      issuerRef: { group: "cert-manager.io", kind: "Issuer", name: issuer },
      ...spec,
    },
  });
  const inside = (...args: string[]): Promise<string> => kubectl(["-n", namespace, ...args]);
  const issued = async (name: string): Promise<void> => {
    await inside("wait", `certificate/${name}`, "--for=condition=Ready", "--timeout=60s");
  };
  const request = async (name: string, spec: object): Promise<void> => {
    await kubectl(["apply", "-f", "-"], JSON.stringify(certificate(name, spec)));
    await issued(name);
  };
  /** Runs a block of the page as a person does. */
  const follow = async (commands: string): Promise<void> => {
    const env = { ...process.env, KUBECONFIG: instance.kubeconfig, NS: namespace };
    const { code, text } = await run("bash", ["-euo", "pipefail", "-c", commands], { cwd: folder, env });
    assert.equal(code, 0, text);
  };
  const trusted = async (): Promise<X509Certificate[]> => {
    const { data } = await object<KubeObject>("configmap", "zen-trust", "-n", namespace);
    return bundle(data?.["ca.crt"] ?? "");
  };

  before(async function () {
    this.timeout(900_000); // the first time it is built
    await ensureToolchain(() => {}, ["promtool"]);
    folder = mkdtempSync(join(tmpdir(), "ca-"));
    writeFileSync(join(folder, "ca-1.yaml"), ca.block("yaml"));
    verdict = await installPart(certManager);
    await kubectl(["create", "namespace", namespace]);
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await kubectl(["delete", "namespace", "--ignore-not-found", "--wait=false", namespace, elsewhere]);
    await removePart(certManager);
  });

  it("runs in a restricted namespace with the shipped values, which the pack accepts but for what it is for", async () => {
    assert.deepEqual(verdict.findings, []);
    const rules = new Set((verdict.exempted ?? []).map(({ finding }) => finding.rule));
    assert.deepEqual([...rules].sort(), Object.keys(certManager.exempt).sort());
    const pods = await objects<KubeObject & { spec: { containers: { name: string }[] } }>(
      "pods",
      "-n",
      certManager.name,
    );
    assert.deepEqual(pods.flatMap(({ spec }) => spec.containers.map(({ name }) => name)).sort(), [
      "cert-manager-cainjector",
      "cert-manager-controller",
      "cert-manager-webhook",
    ]);
  });

  it("the API server reaches the webhook through the enforced policies, which let no other pod ask for metrics", async () => {
    const wrong = JSON.stringify(certificate("wrong", { duration: "10m" }));
    await assert.rejects(
      kubectl(["apply", "-f", "-"], wrong),
      /spec\.duration: Invalid value: .* must be greater than/,
    );
    const { caBundle } = (
      await object<KubeObject & { webhooks: { clientConfig: { caBundle?: string } }[] }>(
        "validatingwebhookconfiguration",
        "cert-manager-webhook",
      )
    ).webhooks[0]?.clientConfig ?? { caBundle: undefined };
    assert.match(Buffer.from(caBundle ?? "", "base64").toString(), /^-----BEGIN CERTIFICATE-----/);
    await assert.rejects(readFrom(elsewhere, `http://cert-manager.${certManager.name}.svc:9402/metrics`));
  });

  it("[ZN-12] a self-signed root makes a CA, and the CA certificates for a server and a client", async () => {
    for (const block of ca.blocks("sh")) await follow(block);
    await request("server", { duration: "2160h", renewBefore: "720h", usages: ["digital signature", "server auth"] });
    await request("client", { duration: "2160h", renewBefore: "720h", usages: ["digital signature", "client auth"] });
    const purposes = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" };
    for (const [name, purpose] of Object.entries(purposes)) {
      const found = await kept(namespace, name);
      assert.deepEqual(found.keys, ["ca.crt", "tls.crt", "tls.key"]);
      assert.equal(found.certificate.subjectAltName, `DNS:${name}.${namespace}.svc`);
      assert.deepEqual(found.certificate.keyUsage, [purpose]);
      assert.ok(isTrusted(found.certificate, [found.ca]));
      assert.ok(isTrusted(found.certificate, await trusted()));
      assert.match(found.ca.subject, /CN=zen CA 1/);
      assert.ok(found.ca.ca && isTrusted(found.ca, [found.ca]));
    }
  });

  it("[ZN-13] a certificate is renewed every 30 s, each time with a key of its own and before the last one ends", async function () {
    this.timeout(180_000);
    await request("fast", { duration: "1h", renewBefore: "59m30s", privateKey: { rotationPolicy: "Always" } });
    const seen = [await kept(namespace, "fast")];
    const start = Date.now();
    while (seen.length < 4) {
      const last = seen.at(-1)?.certificate.serialNumber;
      const next = await eventually("the next one", async () => {
        const now = await kept(namespace, "fast");
        return now.certificate.serialNumber !== last && now;
      });
      assert.ok(Date.parse(next.certificate.validFrom) < Date.parse(seen.at(-1)?.certificate.validTo ?? ""));
      seen.push(next);
    }
    const each = (Date.now() - start) / 3;
    assert.ok(each < 60_000, `one in ${each} ms`);
    assert.equal(new Set(seen.map(({ key }) => key)).size, seen.length);
    assert.equal(
      new Set(seen.map(({ certificate: one }) => one.publicKey.export({ type: "spki", format: "pem" }))).size,
      4,
    );
    for (const one of seen) assert.ok(isTrusted(one.certificate, await trusted()));
  });

  it("[ZN-12] [ZN-13] the Certificate of the agent's chart is issued for a client, into the Secret that its pods mount", async () => {
    const issuerRef = { kind: "Issuer", name: "zen-ca-1" };
    const made = await objectsOf("aws", { tls: { certManager: { issuerRef } } });
    const { metadata, spec, ...rest } = only(made, "Certificate");
    const own = { ...rest, spec, metadata: { ...metadata, namespace } };
    await kubectl(["apply", "-f", "-"], JSON.stringify(own));
    await issued(metadata.name);
    const mounted = only(made, "Deployment", "zen-agent").spec.template.spec.volumes.find(({ name }) => name === "tls");
    const found = await kept(namespace, (mounted as unknown as { secret: { secretName: string } }).secret.secretName);
    assert.deepEqual(found.keys, ["ca.crt", "tls.crt", "tls.key"]);
    assert.deepEqual(found.certificate.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
    assert.ok(isTrusted(found.certificate, await trusted()));
  });

  it("[ZN-13] a certificate is issued at once when it is asked for by hand", async () => {
    const before = await object<Certificate>("certificate", "client", "-n", namespace);
    await follow(section(page, "Ask for a certificate at once", [["<name>", "client"]]).block("sh"));
    await eventually("the next revision", async () => {
      const { status } = await object<Certificate>("certificate", "client", "-n", namespace);
      return (status?.revision ?? 0) > (before.status?.revision ?? 0);
    });
    await issued("client");
  });

  it("[ZN-12] [ZN-13] the next CA takes over, and there is no certificate at any time that the bundle does not cover", async function () {
    this.timeout(300_000);
    for (const block of section(page, "Trust both").blocks("sh")) await follow(block);
    assert.equal((await trusted()).length, 2);
    const names = ["client", "fast", "server", "zen-agent-tls"];
    const uncovered: string[] = [];
    let looked = 0;
    let isDone = false;
    const watch = async (): Promise<void> => {
      while (!isDone) {
        // Both at once: of two questions the second answer may be of another time.
        const all = await objects("configmaps,secrets", "-n", namespace);
        const of = (kind: string, name: string): KubeObject =>
          all.find((one) => one.kind === kind && one.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);
        const cas = bundle(of("ConfigMap", "zen-trust").data?.["ca.crt"] ?? "");
        for (const name of names) {
          const { certificate: one, issuer } = heldBy(of("Secret", name));
          if (!isTrusted(one, cas)) uncovered.push(`${name} ${one.serialNumber} of ${issuer}`);
        }
        looked += 1;
      }
    };
    const watching = watch();
    try {
      for (const block of section(page, "Let the next one sign").blocks("sh")) await follow(block);
      for (const name of names) assert.equal((await kept(namespace, name)).issuer, "zen-ca-2", name);
      for (const block of section(page, "Trust the next one alone").blocks("sh")) await follow(block);
      const { certificate: last } = await kept(namespace, "fast");
      await eventually("one more of the next CA", async () => {
        const { certificate: now } = await kept(namespace, "fast");
        return now.serialNumber !== last.serialNumber;
      });
    } finally {
      isDone = true;
      await watching;
    }
    assert.deepEqual(uncovered, []);
    assert.ok(looked > 10, `looked ${looked} times`);
    const cas = await trusted();
    assert.deepEqual(
      cas.map(({ subject }) => subject),
      ["CN=zen CA 2"],
    );
    await assert.rejects(inside("get", "secret", "zen-ca-1"), /not found/);
  });

  describe("[ZN-15] its metrics", () => {
    let text: string;
    let end: number;
    const target = { namespace: certManager.name, job: "cert-manager", instance: "10.244.0.9:9402" };
    const client = (name: string): Sample[] =>
      samples(text, name).filter(({ labels }) => labels.namespace === namespace && labels.name === "client");
    const read = [
      "certmanager_certificate_expiration_timestamp_seconds",
      "certmanager_certificate_renewal_timestamp_seconds",
      "certmanager_certificate_ready_status",
    ];

    before(async () => {
      const way = await forward(certManager.name, "cert-manager", 9402);
      try {
        text = await (await fetch(`${way.url}/metrics`)).text();
      } finally {
        way.close();
      }
      const { status } = await object<Certificate>("certificate", "client", "-n", namespace);
      end = Date.parse(status?.notAfter ?? "") / 1000;
    });

    it("have a series of each certificate, with the labels that the rules read", () => {
      for (const name of read) assert.ok(client(name).length > 0, `${name}:\n${text.slice(0, 2000)}`);
      const [series] = client("certmanager_certificate_expiration_timestamp_seconds");
      assert.deepEqual(series, {
        name: "certmanager_certificate_expiration_timestamp_seconds",
        labels: {
          name: "client",
          namespace,
          issuer_name: "zen-ca-2",
          issuer_kind: "Issuer",
          issuer_group: "cert-manager.io",
        },
        value: end,
      });
      const ready = client("certmanager_certificate_ready_status").filter(({ value }) => value === 1);
      assert.deepEqual(
        ready.map(({ labels }) => labels.condition),
        ["True"],
      );
    });

    for (const [alert, days] of [
      ["CertificateExpiresSoon", 14],
      ["CertificateAboutToExpire", 3],
    ] as const) {
      it(`raise ${alert} ${days} days before the end, as they are scraped with and without honorLabels`, async () => {
        const given = read.flatMap(client);
        const expected = { alert, days, namespace, name: "client", end };
        assert.equal(await unlike(given, expected), "");
        assert.equal(
          await unlike(
            given.map((one) => scraped(one, target)),
            expected,
          ),
          "",
        );
        const renamed = given.map((one) => ({ ...one, name: one.name.replace("expiration", "expiry") }));
        assert.match(await unlike(renamed, expected), /FAILED/, "a series of another name");
        const other = given.map(({ labels: { namespace: of = "", ...labels }, ...one }) => ({
          ...one,
          labels: { ...labels, ns: of },
        }));
        assert.match(await unlike(other, expected), /FAILED/, "a label of another name");
      });
    }
  });
});
