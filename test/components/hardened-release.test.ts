import assert from "node:assert/strict";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkReleaseName, HardenedRelease, healingDescription } from "../../components/hardened-release";
import { RestrictedNamespace } from "../../components/restricted-namespace";
import type { Delivery } from "../../config/delivery-schema";
import { releasesOf } from "../../operations/stack/release-inputs";
import type { JsonObject } from "../../policy/contract";
import { packChart } from "../../policy/render/chart-package";

describe("hardened-release: names Helm takes", () => {
  for (const name of ["a", "mailroom", "a-1", "1a", "a".repeat(53)])
    it(`takes ${name}`, () => assert.equal(checkReleaseName(name), undefined));
  for (const name of ["", "Mailroom", "mail_room", "-a", "a-", "a.b", "a".repeat(54)])
    it(`refuses "${name}", with the pattern in words`, () =>
      assert.match(
        checkReleaseName(name) ?? "",
        new RegExp(`^release name "${name}" must be lower-case letters.* at most 53`),
      ));
});

describe("hardened-release: what makes Pulumi repair a failed release", () => {
  const state = {
    status: "deployed",
    revision: 3,
    record: "sh.helm.release.v1.web.v3",
    written: "2026-01-02T03:04:05Z",
  };

  const values = { replicas: 2 };
  const failed = { ...state, status: "failed" };

  it("nothing for a release that is well, or that there is not", () => {
    assert.equal(healingDescription(undefined, values), undefined);
    assert.equal(healingDescription(state, values), undefined);
    assert.equal(healingDescription({ ...state, description: "Upgrade complete" }, values), undefined);
  });

  it("a new description for a failed one, another for the next failure", () => {
    const first = healingDescription(failed, values);
    assert.match(first ?? "", /^repair of failed revision 3, values [0-9a-f]{12}$/);
    assert.notEqual(healingDescription({ ...failed, revision: 4, description: first }, values), first);
  });

  it("the same description afterwards, so that a healed release does not change again, until its values do", () => {
    const healed = { ...state, revision: 4, description: healingDescription(failed, values) };
    assert.equal(healingDescription(healed, values), healed.description);
    assert.equal(healingDescription(healed, { replicas: 3 }), undefined);
  });
});

describe("[FL-117] hardened-release: one place decides who installs", () => {
  const repository = "oci://registry.example/charts";
  const digest = packChart(resolve("charts/service")).digest;

  /** What a release of the service chart registers. */
  async function registered(
    delivery: Delivery,
    release = "web",
  ): Promise<{ type: string; name: string; inputs: JsonObject }[]> {
    const resources: { type: string; name: string; inputs: JsonObject }[] = [];
    await pulumi.runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: inputs as JsonObject });
        return { id: name, state: { ...inputs, status: { status: "deployed", revision: 4 } } };
      },
      call: () => ({}),
    });
    const namespace = new RestrictedNamespace("web", { name: "apps", system: "web", podSecurityVersion: "latest" });
    const args = { namespace, name: release, chart: "./charts/service", values: { services: { web: {} }, none: null } };
    const { status } = new HardenedRelease("web", { ...args, delivery, timeoutSeconds: 60 });
    await new Promise<void>((done) => void status.apply(() => done()));
    await pulumi.runtime.disconnect();
    return resources.filter(({ type }) => /helm|argo|flux/.test(type));
  }

  it("a name that Helm refuses stops the run in words, without a stack trace", () =>
    assert.rejects(registered({ with: "release" }, "Web"), (error: unknown) => {
      assert.ok(error instanceof pulumi.ResourceError && error.hideStack);
      assert.equal(error.message, checkReleaseName("Web"));
      return true;
    }));

  it("Helm: the release it always was", async () => {
    const [only, ...others] = await registered({ with: "release" });
    assert.deepEqual([only?.type, only?.name, others], ["kubernetes:helm.sh/v3:Release", "web", []]);
    assert.equal(only?.inputs.description, undefined);
  });

  for (const delivery of [
    { with: "argocd", repository, namespace: "argocd", project: "default" },
    { with: "flux", repository, plainHttp: false, registrySecret: "pull" },
  ] as const)
    it(`${delivery.with}: the same chart, values and namespace, and no Helm release`, async () => {
      const [release] = await registered({ with: "release" });
      const made = await registered(delivery);
      assert.ok(made.every(({ type }) => type !== "kubernetes:helm.sh/v3:Release"));
      const wanted = made.flatMap(releasesOf);
      const { chart, name, namespace, values } = release?.inputs ?? {};
      assert.deepEqual(wanted, [{ chart, name, namespace, values }]);
      assert.ok(JSON.stringify(made).includes(digest), "pinned by the digest of its package");
      assert.ok(JSON.stringify(made).includes(`${repository}/service`));
    });
});
