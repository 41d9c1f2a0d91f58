import { strict as assert } from "node:assert";
import { chartDigest } from "../../components/chart-digest";
import { evidenceOf } from "../../components/evidence";
import { checkStackFile } from "../../operations/stack/stack-file";
import type { JsonObject } from "../../policy/contract";
import { chartSummary } from "../../policy/evaluate/summary";
import type { Platform } from "../../systems/companyos/resolve";
import { values } from "../../systems/companyos/values";
import { root } from "../support/tree";

describe("evidence of a deployment", () => {
  const stack = checkStackFile("prod");
  const platform = stack.systems.companyos as Platform;
  const of = (change: (given: ReturnType<typeof values>) => void = () => {}, more: object = {}) => {
    const given = structuredClone(values(platform, {}));
    change(given);
    const { namespace, release, relaxed } = platform;
    return evidenceOf({
      system: "companyos",
      owner: "hardened/prod",
      stack: { ...stack, ...more },
      namespace,
      release,
      chart: "./charts/service",
      values: given,
      relaxed,
    });
  };

  it("[COS-63] lists every image with its digest, the verdict and the digest of the rendered manifest", async () => {
    const { images, manifest, policy, problem, chart, ...known } = await of();
    assert.deepEqual(
      images.map(({ object, container }) => `${object}/${container}`),
      ["Deployment/accounts/accounts", "Deployment/catalog/catalog", "Deployment/notifications/notifications"],
    );
    for (const { image, digest } of images) assert.ok(digest && image.endsWith(`@${digest}`), image);
    assert.match(manifest?.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual([manifest?.pods, manifest?.kubernetesVersion, problem], [3, "1.36", null]);
    assert.deepEqual(policy, { profile: "prod", mandatory: 0, advisory: 0, exempted: 0, rules: [] });
    assert.deepEqual([chart.folder, chart.digest.length], ["./charts/service", 16]);
    assert.deepEqual(known, {
      format: 1,
      system: "companyos",
      stack: "hardened/prod",
      environment: "prod",
      namespace: "companyos",
      release: "companyos",
      relaxed: [],
    });
  });

  it("[COS-63] the manifest's digest is the same for the same values and another for others; a violation is counted", async () => {
    const sha = async (change?: (given: ReturnType<typeof values>) => void) => (await of(change)).manifest?.sha256;
    assert.equal(await sha(), await sha());
    const tagged = (given: ReturnType<typeof values>): void => {
      Object.assign(given.services.catalog?.image ?? {}, { digest: "", tag: "1.0" });
    };
    assert.notEqual(await sha(), await sha(tagged));
    const { policy, images } = await of(tagged);
    assert.deepEqual([policy?.mandatory, policy?.rules], [2, ["image-digest", "scan-report"]]);
    assert.equal(images.find(({ container }) => container === "catalog")?.digest, null);
  });

  it("[COS-63] the manifest is the one of the release, with the digest of its chart, for the stack's own versions", async () => {
    const { manifest, problem } = await of(undefined, { kubernetesVersion: "1.35" });
    assert.deepEqual([manifest?.kubernetesVersion, problem], ["1.35", null]);
    const { environment, kubernetesVersion, podSecurityVersion } = stack;
    const settings = { environment, kubernetesVersion, podSecurityVersion };
    const chart = `${root}/charts/service`;
    const given = { ...values(platform, {}), chartDigest: chartDigest(chart) } as unknown as JsonObject;
    const request = { chart, name: "companyos", namespace: "companyos", values: given };
    assert.deepEqual((await of()).manifest, (await chartSummary(request, settings, root)).manifest);
  });

  it("says why there is none when the chart cannot be rendered, and quotes no value", async () => {
    const { manifest, policy, images, problem, system, chart } = await of((given) => {
      Object.assign(given.services.catalog ?? {}, { env: { DB_PASSWORD: "hunter2hunter2" } });
    });
    assert.deepEqual([manifest, policy, images], [null, null, []]);
    assert.deepEqual([system, chart.folder], ["companyos", "./charts/service"]);
    assert.match(problem ?? "", /DB_PASSWORD holds a credential in clear/);
    assert.doesNotMatch(problem ?? "", /hunter2/);
  });
});
