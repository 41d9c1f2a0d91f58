import { strict as assert } from "node:assert";
import { asked, helmRelease, release, unknown } from "../support/ask";
import { useHelm } from "../support/helm";

describe("release-renders", function () {
  this.timeout(60_000);
  before(useHelm);

  it("has nothing against a release that renders", async () => {
    assert.deepEqual(await asked(helmRelease, release("good")), []);
    const said = { reuseValues: false, valueYamlFiles: [], postrender: "" };
    assert.deepEqual(await asked(helmRelease, release("good", {}, said)), []);
  });

  for (const [why, props, message] of [
    [
      "a template that fails",
      release("broken"),
      /chart must be a chart that renders to objects, got (?:template: )?broken.*\(broken\/templates\/_helpers\.tpl:2\)/,
    ],
    [
      "objects that cannot be read",
      release("badyaml"),
      /got badyaml\/templates\/config\.yaml: two keys become the same text "1"/,
    ],
    ["a release of nothing", release("empty"), /nothing to evaluate/],
    [
      "a chart that is not there",
      release("none"),
      /got a chart of a repository, or none: there is no chart at this path of the project/,
    ],
    [
      "a chart of a repository",
      release("good", {}, { repositoryOpts: { repo: "https://charts.example" } }),
      /chart of a repository/,
    ],
    ["a chart of a registry", { ...release("good"), chart: "oci://registry.example/web" }, /chart of a repository/],
    ["no chart", { ...release("good"), chart: "" }, /chart must be a folder of this project, got unset/],
    [
      "a command after rendering",
      release("good", {}, { postrender: "/bin/sed" }),
      /postrender must be empty, got a command/,
    ],
    [
      "values of the release before, which Helm would mix in",
      release("good", {}, { reuseValues: true }),
      /reuseValues must be false, got true/,
    ],
    [
      "values of the release before, perhaps",
      release("good", {}, { reuseValues: unknown }),
      /: reuseValues cannot be evaluated/,
    ],
    [
      "values files nobody has read into the values",
      release("good", {}, { valueYamlFiles: [{ path: "more.yaml" }] }),
      /: valueYamlFiles cannot be evaluated, got files nobody has read/,
    ],
    ["a bad name", release("good", {}, { name: "Web" }), /release name "Web" must be lower case/],
    [
      "an unknown value",
      release("good", { web: { list: [{ host: unknown }] } }),
      /: values\.web\.list\[0\]\.host cannot be evaluated, got a value unknown/,
    ],
    ["unknown values", release("good", unknown), /: values cannot be evaluated/],
    [
      "a value the provider has dropped because it is unknown",
      release("good", {}, { version: "" }),
      /: values cannot be evaluated, got a value unknown until deployment, which the provider left out/,
    ],
    ["an unknown chart", { ...release("good"), chart: unknown }, /: chart cannot be evaluated/],
    ["an unknown namespace", { ...release("good"), namespace: unknown }, /: namespace cannot be evaluated/],
  ] as const) {
    it(`fails closed on ${why}, in words`, async () => {
      const found = await asked(helmRelease, props);
      assert.deepEqual(
        found.map(([rule]) => rule),
        ["release-renders"],
      );
      assert.match(found[0]?.[1] ?? "", message);
    });
  }

  it("names every unknown value at once", async () => {
    const found = await asked(
      helmRelease,
      release("good", { a: unknown, b: [unknown], "c.d/e": unknown }, { version: "" }),
    );
    assert.deepEqual(
      found.map(([, message]) => /values\S+/.exec(message)?.[0]),
      ["values.a", "values.b[0]", 'values["c.d/e"]'],
    );
  });
});
