import assert from "node:assert/strict";
import { checkStack } from "../../config/stack-schema";

const repository = "oci://ghcr.io/acme/charts";
const said = (delivery: unknown, environment = "dev") => {
  const checked = checkStack("dev", { environment, cluster: { context: "here" }, delivery }, {}, "app");
  return "config" in checked ? checked.config.delivery : checked.mistakes.filter((line) => line.includes("delivery"));
};

describe("delivery-schema: who installs the charts", () => {
  it("fills in what is left out", () => {
    assert.deepEqual(said(undefined), { with: "release" });
    assert.deepEqual(said({ with: "argocd", repository, namespace: "argocd" }), {
      with: "argocd",
      repository,
      namespace: "argocd",
      project: "default",
    });
    assert.deepEqual(said({ with: "flux", repository }), { with: "flux", repository, plainHttp: false });
  });

  it("asks for the namespace of Argo CD, and for the repository", () => {
    assert.deepEqual(said({ with: "argocd" }), [
      "app:delivery.repository: missing, expected string",
      "app:delivery.namespace: missing, expected string",
    ]);
    assert.deepEqual(said({ with: "flux" }), ["app:delivery.repository: missing, expected string"]);
  });

  it("refuses another controller, and a key of another one", () => {
    assert.match(String(said({ with: "fleet" })), /^app:delivery\.with: .*'release' \| 'argocd' \| 'flux'/);
    assert.match(String(said({ with: "flux", repository, project: "a" })), /^app:delivery\.project: unknown key/);
  });

  for (const address of [
    "ghcr.io/acme/charts",
    "https://ghcr.io/acme",
    "oci://<registry>/charts",
    "oci://ghcr.io/Acme",
    "oci://user:hunter2@ghcr.io/acme",
    "oci://ghcr.io/acme/charts:1.0",
    "oci://ghcr.io/acme/",
  ])
    it(`refuses the repository ${address}`, () => {
      const [line = ""] = said({ with: "flux", repository: address }) as string[];
      assert.match(line, /^app:delivery\.repository: expected a registry and a path in lower case/);
      assert.ok(!line.includes("hunter2"), "nobody's password");
    });

  it("takes a registry without TLS in dev alone", () => {
    const delivery = { with: "flux", repository: "oci://127.0.0.1:5000/charts", plainHttp: true };
    assert.deepEqual(said(delivery), delivery);
    for (const environment of ["staging", "prod"])
      assert.match(String(said(delivery, environment)), /^app:delivery\.plainHttp: only in dev/);
  });
});
