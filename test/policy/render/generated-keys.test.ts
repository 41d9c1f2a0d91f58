import { strict as assert } from "node:assert";
import { X509Certificate } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderChart } from "../../../policy/render/render";
import { chart, useHelm } from "../support/helm";
import { requestOf } from "../support/helm-template";

const template = `
{{ $ca := genCA "ca.example" 30 -}}
{{ $signed := genSignedCert "web.example" (list "10.0.0.1") (list "web.example") 30 $ca -}}
{{ $own := genSelfSignedCert "own.example" nil (list "own.example") 30 -}}
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData:
  ca: {{ $ca.Cert | quote }}
  caKey: {{ $ca.Key | quote }}
  signed: {{ $signed.Cert | quote }}
  own: {{ $own.Cert | quote }}
  rsa: {{ genPrivateKey "rsa" | quote }}
  again: {{ genPrivateKey "rsa" | quote }}
  elliptic: {{ genPrivateKey "ecdsa" | quote }}
  second: {{ (genCA "other.example" 30).Key | quote }}
  equal: {{ eq (genPrivateKey "ecdsa") (genPrivateKey "ecdsa") | quote }}
`;

describe("keys that a chart generates", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What the chart writes into its Secret. */
  async function keys(name = "web"): Promise<Record<string, string>> {
    const path = join(folder, "empty");
    cpSync(chart("empty"), path, { recursive: true });
    writeFileSync(join(path, "templates/keys.yaml"), template);
    const { documents } = await renderChart({ ...requestOf(path), name });
    return documents[0]?.objects?.[0]?.object.stringData as Record<string, string>;
  }

  it("are what Helm's are: certificates of their names, signed by their authority", async () => {
    const { ca = "", caKey = "", signed = "", own = "", rsa = "", elliptic = "" } = await keys();
    const authority = new X509Certificate(ca);
    const web = new X509Certificate(signed);
    assert.equal(authority.ca, true);
    assert.equal(web.subject, "CN=web.example");
    assert.equal(web.subjectAltName, "DNS:web.example, IP Address:10.0.0.1");
    assert.equal(web.verify(authority.publicKey), true);
    const self = new X509Certificate(own);
    assert.equal(self.verify(self.publicKey), true);
    assert.match(caKey, /^-----BEGIN RSA PRIVATE KEY-----/);
    assert.match(rsa, /^-----BEGIN RSA PRIVATE KEY-----/);
    assert.match(elliptic, /^-----BEGIN EC PRIVATE KEY-----/);
  });

  it("[MR-54] all differ in one rendering, as in Helm: a chart finds no sign of the renderer", async () => {
    const { rsa, again, elliptic, caKey, second, equal } = await keys();
    assert.equal(new Set([rsa, again, elliptic, caKey, second]).size, 5);
    assert.equal(equal, "false");
  });

  it("are the same in the next rendering, so that a chart that is rendered many times makes them once", async () => {
    const pick = ({ rsa, again, elliptic, caKey }: Record<string, string>) => [rsa, again, elliptic, caKey];
    assert.deepEqual(pick(await keys("one")), pick(await keys("two")));
  });
});
