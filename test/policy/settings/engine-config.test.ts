import { strict as assert } from "node:assert";
import { engineConfigMistakes } from "../../../policy/settings/engine-config";

const ids = ["allow-privilege-escalation", "image-digest", "resources"];
const mistakes = (given: Record<string, string[]>) =>
  engineConfigMistakes(
    new Map(Object.entries(given).map(([name, properties]) => [name, { enabled: true, properties }])),
    ids,
  );

describe("configuration of the pack by the engine", () => {
  it("takes every policy by its name, and all of them", () => {
    assert.deepEqual(mistakes({ "image-digest": [], resources: [], all: [] }), []);
  });

  it("names every policy and property nobody knows, with the one that was meant", () => {
    assert.deepEqual(
      mistakes({
        "allow-privilege-escalatoin": [],
        "image-digests": [],
        "qqqq-qqqq": [],
        all: ["level"],
        resources: ["enforcement", "cpu"],
      }),
      [
        '"allow-privilege-escalatoin" is no policy of this pack; did you mean "allow-privilege-escalation"?',
        '"image-digests" is no policy of this pack; did you mean "image-digest"?',
        '"qqqq-qqqq" is no policy of this pack',
        '"all" takes no property "level"',
        '"resources" takes no property "enforcement"; did you mean "enforcementLevel"?',
        '"resources" takes no property "cpu"',
      ],
    );
  });
});
