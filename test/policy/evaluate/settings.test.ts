import { strict as assert } from "node:assert";
import { readSettings } from "../../../policy/evaluate/settings";

const exemption = {
  rule: "image-digest",
  object: "Deployment/web",
  reason: "the vendor publishes no digests",
  owner: "platform",
  expires: "2027-01-31",
};
const mistakes = (settings: unknown) => readSettings(settings, "shop:policy").mistakes;

describe("settings of the pack", () => {
  it("are JSON as the engine gives them, or the object itself", () => {
    const given = { exemptions: [exemption], images: [{ allow: ["nginx"] }] };
    const { settings } = readSettings(JSON.stringify(given), "shop:policy");
    assert.deepEqual(settings, readSettings(given, "shop:policy").settings);
    assert.deepEqual(settings?.images, [{ namespaces: ["*"], allow: ["nginx"] }]);
    assert.deepEqual(settings.forbiddenTags, ["latest"]);
  });

  it("may be missing", () => assert.deepEqual(readSettings(undefined, "shop:policy"), { mistakes: [] }));

  it("[ZN-79] names every mistake of an exemption by index and key, and quotes none", () => {
    const { owner: _, ...ownerless } = exemption;
    const found = mistakes({
      exemptions: [
        exemption,
        { ...ownerless, expires: "correct-horse", reason: "because" },
        { ...exemption, rule: "correct-horse", until: 1, object: "web" },
      ],
    });
    assert.deepEqual(found, [
      "shop:policy.exemptions[1].reason: expected a reason of at least 10 characters",
      "shop:policy.exemptions[1].owner: missing, expected string",
      'shop:policy.exemptions[1].expires: expected a date in quotes such as "2027-01-31"',
      'shop:policy.exemptions[2].object: expected "Kind/name"',
      "shop:policy.exemptions[2].until: unknown key; known keys: rule, object, namespace, container, image, reason, owner, expires",
    ]);
  });

  it("knows rules that are none, and those nobody is exempt from", () => {
    const found = mistakes({
      exemptions: ["qqqq-qqqq", "release-renders", "exemption-expired"].map((rule) => ({ ...exemption, rule })),
    });
    assert.deepEqual(found, [
      "shop:policy.exemptions[0].rule: there is no such rule; the catalogue of checks lists all",
      "shop:policy.exemptions[1].rule: nobody can be exempt from it",
      "shop:policy.exemptions[2].rule: nobody can be exempt from it",
    ]);
  });

  it("names every mistake in where custom kinds keep their pods", () => {
    const good = { group: "batch.example.com", kind: "BatchRun", path: "spec.steps.*.template" };
    assert.deepEqual(readSettings({ podKinds: [good] }, "shop:policy").settings?.podKinds, [good]);
    const found = mistakes({
      podKinds: [
        { ...good, group: "batch.example.com/v1" },
        { ...good, kind: "batchruns", path: "spec..template" },
        { ...good, path: "", version: "v1" },
        { ...good, group: "apps" },
      ],
    });
    assert.deepEqual(found, [
      'shop:policy.podKinds[0].group: expected an API group such as "batch.example.com"',
      'shop:policy.podKinds[1].kind: expected a kind such as "BatchRun"',
      'shop:policy.podKinds[1].path: expected a path such as "spec.jobTemplate.spec.template"',
      'shop:policy.podKinds[2].path: expected a path such as "spec.jobTemplate.spec.template"',
      "shop:policy.podKinds[2].version: unknown key; known keys: group, kind, path",
      'shop:policy.podKinds[3].group: expected an API group such as "batch.example.com"',
    ]);
  });

  it("names the key and the rule that were meant", () => {
    assert.deepEqual(mistakes({ exemption: [], images: [{ alow: ["nginx"], allow: ["nginx"] }] }), [
      'shop:policy.images[0].alow: unknown key; did you mean "allow"?',
      'shop:policy.exemption: unknown key; did you mean "exemptions"?',
    ]);
    assert.deepEqual(mistakes({ exemptions: [{ ...exemption, rule: "image-diges" }] }), [
      'shop:policy.exemptions[0].rule: there is no such rule; did you mean "image-digest"?',
    ]);
  });

  it("refuses what is no map", () => {
    assert.deepEqual(mistakes("{"), ["shop:policy: expected object, received string"]);
    for (const value of ["{", "[]", [], 1, null]) assert.equal(mistakes(value).length, 1, JSON.stringify(value));
  });
});
