import { strict as assert } from "node:assert";
import { notesOf } from "./support/notes";

const host = (name: string, ...paths: string[]) => ({
  host: name,
  paths: paths.map((path) => ({ path, pathType: "Prefix" })),
});

describe("charts/trevor: NOTES", () => {
  const notes = notesOf("trevor");
  const ingress = { enabled: true, hosts: [host("a.example.com", "/", "/api"), host("b.example.com", "/")] };

  it("[TR-32] version, namespace, the way in, the health check, the metrics and the log", async () => {
    const text = await notes();
    assert.match(text, /trevor 1\.0\.0 \(trevor-0\.1\.0\) is in namespace post\./);
    assert.match(text, /^ {2}kubectl port-forward -n post svc\/prod-trevor 8000:8000$/m);
    assert.match(text, /^ {2}curl http:\/\/127\.0\.0\.1:8000\/health$/m);
    assert.match(text, /Prometheus scrapes \/metrics on port http/);
    assert.match(
      text,
      /kubectl get pods -n post -l app\.kubernetes\.io\/name=trevor,app\.kubernetes\.io\/instance=prod$/m,
    );
    assert.match(text, /^ {2}kubectl logs -n post deploy\/prod-trevor$/m);
    assert.doesNotMatch(text, /outside|https?:\/\/(?!127)/);
  });

  it("[TR-32] the port of the Service, from the port of the program here", async () => {
    const text = await notes({ service: { port: 80 } });
    assert.match(text, /svc\/prod-trevor 8000:80$/m);
    assert.match(text, /curl http:\/\/127\.0\.0\.1:8000\/health/);
  });

  it("[TR-32] with an ingress every address, in clear", async () => {
    const text = await notes({ ingress });
    for (const url of ["a.example.com/", "a.example.com/api", "b.example.com/"])
      assert.match(text, new RegExp(`^  http://${url}$`, "m"));
    assert.doesNotMatch(text, /https:/);
  });

  it("[TR-32] with certificates every address of their hosts by https", async () => {
    const tls = [{ secretName: "a-tls", hosts: ["a.example.com"] }];
    const text = await notes({ ingress: { ...ingress, tls } });
    for (const url of ["https://a.example.com/", "https://a.example.com/api", "http://b.example.com/"])
      assert.match(text, new RegExp(`^  ${url}$`, "m"));
    const wildcard = [{ secretName: "all", hosts: ["*.example.com"] }];
    assert.doesNotMatch(await notes({ ingress: { ...ingress, tls: wildcard } }), /http:\/\/[ab]\./);
  });

  it("says who migrates, and where the last words of a failed migration are", async () => {
    const said: [mode: string, words: RegExp][] = [
      ["hook", /kubectl logs -n post job\/prod-trevor-migrate/],
      ["init", /Each pod of the API migrates/],
      ["external", /before this release, outside the chart/],
      ["none", /Nothing migrates the database/],
    ];
    for (const [mode, words] of said) {
      const text = await notes({ migrations: { mode } });
      for (const [other, pattern] of said) assert.equal(pattern.test(text), other === mode, `${mode}: ${pattern}`);
      assert.match(text, words);
    }
  });
});
