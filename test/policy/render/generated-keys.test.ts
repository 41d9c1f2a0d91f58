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
{{ range until 200 }}
  key{{ . }}: {{ genPrivateKey "rsa" | sha256sum }}
{{- end }}
`;

describe("keys that a chart generates", function () {
  this.timeout(60_000);
  let folder: string;
  before(useHelm);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What the chart writes into its Secret. Two hundred keys of 4096 bits take minutes, one a second. */
  async function keys(): Promise<Record<string, string>> {
    const path = join(folder, "empty");
    cpSync(chart("empty"), path, { recursive: true });
    writeFileSync(join(path, "templates/keys.yaml"), template);
    const { documents } = await renderChart(requestOf(path));
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

  it("are generated once of each kind: none that is judged is ever installed", async () => {
    const { rsa, again, elliptic, caKey } = await keys();
    assert.equal(rsa, again);
    assert.equal(new Set([rsa, elliptic, caKey]).size, 3);
  });
});
