import { strict as assert } from "node:assert";
import type { Json } from "../../../policy/contract";
import { evaluate } from "../../../policy/evaluate/evaluate";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { policySettings } from "../../../policy/settings/settings-schema";
import { imagesOf } from "../../../policy/signatures/verify-images";
import { container, deployment, image, podSpec, prod } from "../support/pod";

/** Content of an image that is mounted runs in the pod like that of its containers (KEP-4639, on since Kubernetes 1.35). */
describe("images of volumes", () => {
  const settings = policySettings.parse({
    defaultDeny: ["apps"],
    images: [{ allow: ["registry.example/web"] }],
    scans: { folder: "scans" },
  });
  const good = { outcome: "verified", reason: "", offline: "fail" } as const;
  const refused = { outcome: "refused", reason: "has no signature", offline: "fail" } as const;
  const elsewhere = "docker.io/other/model:latest";
  const signatures = new Map<string, typeof good | typeof refused>([
    [image, good],
    [elsewhere, refused],
  ]);
  const created = prod.now?.getTime() ?? 0;
  const digests = [image.slice(image.indexOf("@") + 1)];
  const scans = [{ file: "web.json", scanner: "trivy" as const, digests, names: [], created, vulnerabilities: [] }];
  const asked = ["image-digest", "image-signature", "registry-allow-list", "image-tag-forbidden", "scan-report"];
  const mounting = (reference: unknown) =>
    deployment(
      podSpec({
        volumes: [
          { name: "tmp", emptyDir: {} },
          { name: "model", image: { reference } as Json },
        ],
      }),
    );
  const told = (of: ReturnType<typeof deployment>) =>
    evaluate([of], { ...prod, settings, signatures, scans }).findings.filter(({ rule }) => asked.includes(rule));

  it("are evaluated by every rule about images", () => {
    assert.deepEqual(told(mounting(image)), []);
    const found = told(mounting(elsewhere));
    assert.deepEqual(
      found.map(({ rule }) => rule),
      asked,
    );
    for (const { field } of found) assert.equal(field, "spec.template.spec.volumes[1].image.reference");
  });

  it("cannot be evaluated while they are unknown, and count as none when they name none", () => {
    for (const { outcome } of told(mounting(UNKNOWN))) assert.equal(outcome, "undetermined");
    assert.equal(told(mounting(UNKNOWN)).length, asked.length);
    assert.ok(told(mounting(undefined)).length > 0);
  });

  it("are among those whose signatures are verified, as are those of every kind of container", () => {
    const rooms = ["initContainers", "containers", "ephemeralContainers"] as const;
    const spec = Object.fromEntries(
      rooms.map((room) => [room, [container({ name: room, image: `r.example/${room}` })]]),
    );
    const pod = deployment(podSpec({ ...spec, volumes: [{ name: "model", image: { reference: elsewhere } }] }));
    assert.deepEqual(imagesOf([pod]), [...rooms.map((room) => `r.example/${room}`), elsewhere]);
  });
});
