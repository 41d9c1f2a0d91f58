import { strict as assert } from "node:assert";
import { refusal } from "./support/helm";
import { externalSecret, image } from "./support/service-values";

const refused = (services: object, values: object = {}): Promise<string> =>
  refusal({ chart: "service", release: "shop", namespace: "shop", values: { services, ...values } });

describe("charts/service: refusals", () => {
  it("no service at all", async () => assert.match(await refused({}), /services is empty: name at least one service/));

  it("[COS-11] an image without tag and digest, by service and image", async () =>
    assert.match(
      await refused({ orders: { image: { repository: "registry.example.com/shop" } } }),
      /services\.orders\.image: registry\.example\.com\/shop must be pinned as repository@sha256:<64 hex>/,
    ));

  it("everything that is wrong is named at once, and no value of a secret", async () => {
    const words = await refused({
      orders: {
        image,
        env: { DB_PASSWORD: "hunter2hunter2" },
        autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 3 },
        externalSecrets: [externalSecret("shared")],
      },
      returns: { image, replicas: 2, pdb: { minAvailable: 2 }, externalSecrets: [externalSecret("shared")] },
      small: { image, pdb: { minAvailable: 1, maxUnavailable: 1 } },
    });
    for (const line of [
      /services\.orders\.env\.DB_PASSWORD holds a credential in clear; .*services\.orders\.externalSecrets/,
      /services\.orders\.autoscaling\.minReplicas \(5\) is above services\.orders\.autoscaling\.maxReplicas \(3\)/,
      /services\.returns\.pdb\.minAvailable: 2 of 2 pods: drains would never finish/,
      /services\.returns\.externalSecrets\[0\]\.target: writes the same Secret as services\.orders\.externalSecrets\[0\]/,
      /services\.small\.pdb: minAvailable and maxUnavailable are both set: choose one/,
    ])
      assert.match(words, line);
    assert.doesNotMatch(words, /hunter2/);
  });

  const wrong: [title: string, service: object, words: RegExp][] = [
    [
      "a digest of 63 digits",
      { image: { ...image, digest: `sha256:${"a".repeat(63)}` } },
      /\/services\/orders\/image\/digest/,
    ],
    [
      "a digest in capitals",
      { image: { ...image, digest: `SHA256:${"a".repeat(64)}` } },
      /\/services\/orders\/image\/digest/,
    ],
    ["[COS-33] an unknown key", { image, replcas: 3 }, /'replcas' not allowed/],
    ["[COS-33] no pod at all", { image, replicas: 0 }, /\/services\/orders\/replicas.*minimum.*1/],
    [
      "[COS-33] a quantity with a slip",
      { image, resources: { limits: { memory: "64mb" } } },
      /\/resources\/limits\/memory/,
    ],
    [
      "[COS-24] an autoscaler down to zero",
      { image, autoscaling: { minReplicas: 0 } },
      /\/autoscaling\/minReplicas.*minimum.*1/,
    ],
    ["[COS-08] root", { image: { ...image, runAsUser: 0 } }, /\/image\/runAsUser.*minimum.*1/],
    [
      "[COS-10] a weaker security context",
      { image, securityContext: { privileged: true } },
      /'securityContext' not allowed/,
    ],
    ["[COS-33] a port that is none", { image, port: 70_000 }, /\/services\/orders\/port.*maximum/],
    [
      "[COS-23] a recommender that changes requests",
      { image, vpa: { enabled: true, updateMode: "Auto" } },
      /'updateMode' not allowed/,
    ],
  ];
  for (const [title, service, words] of wrong)
    it(`${title} is refused by its path`, async () => assert.match(await refused({ orders: service }), words));

  it("a service's name that is no DNS label is refused", async () =>
    assert.match(await refused({ Orders_1: { image } }), /Orders_1/));
});
