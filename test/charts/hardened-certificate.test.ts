import { strict as assert } from "node:assert";
import { useLibrary } from "./support/library";

const served = ["cert-manager.io/v1"];
const certificate = {
  issuer: { kind: "ClusterIssuer", name: "internal" },
  dnsNames: ["shop.web.svc"],
  duration: "2160h",
  renewBefore: "720h",
};
const lacks = (key: string) =>
  `${key} needs cert-manager, and the cluster does not serve cert-manager.io/v1; install it first, or switch off what asks for it (where no cluster is asked: --api-versions cert-manager.io/v1, or served: true)`;
const noTime = (field: string, given: string, least: number) =>
  `certificate.${field} (${given}) is no time of at least ${least} s; write hours, such as "720h"`;

describe("charts/hardened: certificates", () => {
  const { object, problems } = useLibrary();

  it("a certificate has a new key at each renewal and is good for a server", async () => {
    const { apiVersion, kind, metadata, spec } = await object("certificate", certificate, served);
    assert.deepEqual([apiVersion, kind, metadata.name], ["cert-manager.io/v1", "Certificate", "shop-theirs"]);
    assert.deepEqual(spec as unknown, {
      secretName: "shop-theirs",
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal" },
      dnsNames: ["shop.web.svc"],
      duration: "2160h",
      renewBefore: "720h",
      usages: ["digital signature", "server auth"],
      privateKey: { algorithm: "ECDSA", size: 256, encoding: "PKCS8", rotationPolicy: "Always" },
      revisionHistoryLimit: 1,
    });
    const more = { ...certificate, suffix: "tls", secretName: "own", usages: ["client auth"] };
    const other = await object("certificate", more, served);
    assert.deepEqual(
      [other.metadata.name, other.spec.secretName, other.spec.usages],
      ["shop-theirs-tls", "own", ["client auth"]],
    );
  });

  it("an issuer signs with what it is given", async () => {
    const { apiVersion, kind, metadata, spec } = await object(
      "issuer",
      { issuer: { ca: { secretName: "ca" } } },
      served,
    );
    assert.deepEqual([apiVersion, kind, metadata.namespace], ["cert-manager.io/v1", "Issuer", "web"]);
    assert.deepEqual(spec as unknown, { ca: { secretName: "ca" } });
  });

  it("where the cluster has no cert-manager both are refused, with the fix", async () => {
    assert.deepEqual(await problems("certificate", { ...certificate, key: "tls" }), [lacks("tls")]);
    assert.deepEqual(await problems("issuer", { issuer: { ca: {} }, key: "tls.issuer" }), [lacks("tls.issuer")]);
    assert.deepEqual(await problems("certificate", certificate, ["cert-manager.io/v1alpha2"]), [lacks("certificate")]);
    assert.ok(await object("certificate", { ...certificate, served: true }));
    assert.ok(await object("issuer", { issuer: { ca: {} }, served: true }));
  });

  it("everything that is wrong with a certificate is said at once", async () => {
    const wrong = {
      issuer: { kind: "Signer" },
      duration: "90d",
      usages: ["server auth", "any", "cert sign"],
    };
    const usages =
      "digital signature, content commitment, key encipherment, data encipherment, key agreement, server auth, client auth";
    assert.deepEqual(await problems("certificate", wrong), [
      lacks("certificate"),
      'certificate.issuer.kind ("Signer") is none of Issuer, ClusterIssuer',
      "certificate.issuer.name is missing; name who signs",
      "certificate.dnsNames is empty: the certificate is for no name; name the Service as its clients do",
      noTime("duration", '"90d"', 3600),
      noTime("renewBefore", "null", 300),
      `certificate.usages[1] ("any") is none of ${usages}`,
      `certificate.usages[2] ("cert sign") is none of ${usages}`,
    ]);
  });

  type Times = [duration: unknown, renewBefore: unknown, words: readonly string[]];
  const endless = (duration: string, before: string) =>
    `certificate.renewBefore (${before}) is not below certificate.duration (${duration}): it would be renewed without end; lower it`;
  const often = (duration: string, before: string) =>
    `certificate.renewBefore (${before}) is above two thirds of certificate.duration (${duration}): each certificate would be renewed almost as soon as it is there; lower it`;
  const times: Times[] = [
    ["720h", "720h", [endless("720h", "720h")]],
    ["24h", "1441m", [endless("24h", "1441m")]],
    ["2160h", "2159h59m", [often("2160h", "2159h59m")]],
    ["1h30m", "1h1s", [often("1h30m", "1h1s")]],
    ["0h", "5m", [noTime("duration", '"0h"', 3600)]],
    ["59m59s", "5m", [noTime("duration", '"59m59s"', 3600)]],
    ["1h", "4m59s", [noTime("renewBefore", '"4m59s"', 300)]],
    ["-1h", "-5m", [noTime("duration", '"-1h"', 3600), noTime("renewBefore", '"-5m"', 300)]],
    [3600, "5m", [noTime("duration", "3600", 3600)]],
  ];
  for (const [duration, renewBefore, words] of times)
    it(`good for ${JSON.stringify(duration)} and renewed ${JSON.stringify(renewBefore)} before: refused`, async () =>
      assert.deepEqual(await problems("certificate", { ...certificate, duration, renewBefore }, served), words));

  it("the shortest times that cert-manager takes are taken, and times of several units", async () => {
    for (const [duration, renewBefore] of [
      ["1h", "5m"],
      ["1h30m", "59m60s"],
    ])
      assert.ok(await object("certificate", { ...certificate, duration, renewBefore }, served));
  });

  it("an issuer signs in one way that clients can tell from a forgery", async () => {
    const self =
      "issuer.selfSigned: clients cannot tell such certificates from forged ones; sign with a CA (ca.secretName)";
    assert.deepEqual(await problems("issuer", { issuer: { selfSigned: {} } }, served), [self]);
    assert.deepEqual(await problems("issuer", { issuer: { ca: {}, vault: {} } }, served), [
      "issuer names 2 ways to sign (ca, vault); name one of acme, ca, vault, venafi",
    ]);
    assert.deepEqual(await problems("issuer", {}, served), [
      "issuer names 0 ways to sign (); name one of acme, ca, vault, venafi",
    ]);
    assert.deepEqual(await problems("issuer", { issuer: { letsencrypt: {} } }, served), [
      'issuer ("letsencrypt") is none of acme, ca, vault, venafi',
    ]);
  });
});
