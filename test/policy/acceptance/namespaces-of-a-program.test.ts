import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namespacePodSecurity } from "../../../policy/checks/namespace-pod-security";
import { policySettings } from "../../../policy/settings/settings-schema";
import { asked, helmRelease, release, settings, unknown } from "../support/ask";
import { evaluatedFiles } from "../support/evaluated-files";
import { useHelm } from "../support/helm";

/** Admission holds pods to what their namespace says. */
describe("Pod Security of namespaces", function () {
  this.timeout(60_000);
  before(useHelm);
  const type = "kubernetes:core/v1:Namespace";
  const labels = Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
  const namespace = (change: Readonly<Record<string, unknown>>) => ({
    metadata: { name: "shop", labels: { ...labels, ...change } },
  });
  const told = async (what: string, inputs: object): Promise<string[]> =>
    (await asked(what, inputs)).map(([rule]) => rule).filter((rule) => rule === namespacePodSecurity.id);

  it("is asked of a Namespace of a program", async () => {
    assert.deepEqual(await told(type, namespace({})), []);
    assert.equal((await told(type, namespace({ "pod-security.kubernetes.io/enforce": "privileged" }))).length, 1);
    assert.equal((await told(type, namespace({ "pod-security.kubernetes.io/warn-version": unknown }))).length, 1);
    assert.equal((await told(type, { metadata: { name: "shop" } })).length, 6);
    assert.ok((await told(type, { metadata: { name: "shop", labels: unknown } })).length > 0);
  });

  it("refuses a release that makes its namespace itself", async () => {
    assert.deepEqual(await told(helmRelease, release("good", {}, { createNamespace: false })), []);
    assert.equal((await told(helmRelease, release("good", {}, { createNamespace: true }))).length, 1);
    assert.equal((await told(helmRelease, release("good", {}, { createNamespace: unknown }))).length, 1);
  });

  it("is exempt by an exemption with a reason, and by nothing else", async () => {
    const exemption = { reason: "helm makes it until the move", owner: "team", expires: "9999-12-31" };
    const exempt = { ...exemption, rule: namespacePodSecurity.id, object: "Release/web" };
    const config = { ...settings(), settings: policySettings.parse({ exemptions: [exempt] }) };
    const said = await asked(helmRelease, release("good", {}, { createNamespace: true }), config);
    assert.deepEqual(
      said.map(([rule]) => rule),
      ["exemption-used"],
    );
  });

  it("is asked of plain manifests, a kube-system of theirs too", async () => {
    const { units } = await evaluatedFiles({
      "namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n",
    });
    const found = units
      .flatMap(({ verdict }) => verdict.findings)
      .filter(({ rule }) => rule === namespacePodSecurity.id);
    assert.equal(found.length, 6);
  });

  for (const stack of ["dev", "staging", "prod"])
    it(`passes the namespaces of ${stack}`, async () => {
      const program = readFileSync(join(__dirname, "../../golden", stack, "program.yaml"), "utf8");
      const { units } = await evaluatedFiles(
        { "program.yaml": program },
        { podSecurity: stack === "dev" ? "latest" : "v1.36" },
      );
      assert.match(program, /^kind: Namespace$/m);
      const found = units.flatMap(({ verdict }) => verdict.findings);
      assert.deepEqual(
        found.filter(({ rule }) => rule === namespacePodSecurity.id),
        [],
      );
    });
});
