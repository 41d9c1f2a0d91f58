import { strict as assert } from "node:assert";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failed, succeeded } from "../support/changes";
import { kubectl } from "../support/e2e-cluster";
import { type TestProject, testProject } from "../support/test-project";

const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n";
const pod = (more: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: hidden}\nspec:\n  containers: [{name: hidden, image: "example.com/hidden:1"}]\n  ${more}\n`;
const hostPid = /hidden\b.*hostPID must be|host-namespaces/s;

/** What a chart may hide from a reader of YAML 1.2, from a search for words, and from a preview: refused through a real engine, and never in the cluster. */
describe("what a chart hides", function () {
  this.timeout(600_000);
  let project: TestProject;
  const template = (): string => join(project.root, "charts/mailroom/templates/hidden.yaml");
  const plain = (...args: string[]) =>
    project.pulumi([...args, "--policy-pack", "policy/hardened-policy", "--non-interactive", "--stack", project.stack]);

  before(async () => {
    project = await testProject("hidden");
    succeeded(await project.pulumi(["stack", "init", project.stack, "--non-interactive"]));
  });
  after(() => project?.remove());

  const nothingThere = async (): Promise<void> => {
    for (const namespace of project.namespaces)
      assert.equal(await kubectl(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]), "", namespace);
  };

  for (const [title, text, said] of [
    ["a setting behind a line break that only Kubernetes sees", pod("# for review\u2028  hostPID: true"), hostPid],
    ["the second of two equal keys", pod("hostPID: false\n  hostPID: true"), hostPid],
    [
      "a pod in a list that is called otherwise",
      `apiVersion: v1\nkind: ConfigMap\nitems: [${JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "hidden" }, spec: { hostPID: true, containers: [] } })}]\n`,
      hostPid,
    ],
    [
      "a pod in a list of its kind",
      `apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: hidden}, spec: {hostPID: true, containers: []}}]\n`,
      hostPid,
    ],
    ["a truth value in the words of YAML 1.1", pod("hostPID: on"), hostPid],
    [
      "what only an upgrade brings",
      `${map}{{ if .Release.IsUpgrade }}\n---\n${pod("hostPID: true")}{{ end }}`,
      hostPid,
    ],
    [
      "what only an upgrade brings, asked through the whole release",
      `${map}{{ if get .Release (printf "Is%s" "Upgrade") }}\n---\n${pod("hostPID: true")}{{ end }}`,
      hostPid,
    ],
    [
      "what the first revision brings, asked through a copy of the release",
      `${map}{{ $r := deepCopy .Release }}{{ if eq (int $r.Revision) 1 }}\n---\n${pod("hostPID: true")}{{ end }}`,
      hostPid,
    ],
    ["an object of no kind there is", "apiVersion: example.com/stable\nkind: []\nmetadata: {name: hidden}\n", /kind/],
    ["two keys of which chance decides", `${map}data: {1: a, "1": b}\n`, /two keys become the same text/],
    [
      "a text longer than can be evaluated",
      `${map}data: {a: "{{ repeat 120000000 "x" }}"}\n`,
      /renders to more than .* and was stopped/,
    ],
  ] as const)
    it(`[MR-54] ${title}: refused at preview and at up, and nothing of it is in the cluster`, async () => {
      writeFileSync(template(), text);
      assert.match(failed(await project.hardened(["preview"])), said);
      assert.match(failed(await project.hardened(["up"])), said);
      await nothingThere();
    });

  for (const [title, text, said, rule] of [
    [
      "a lookup that NOTES.txt defines",
      `${map}data: {a: {{ include "from.notes" . | quote }}}\n`,
      /a lookup, evaluated as if the cluster held no such object/,
      "chart-lookup",
    ],
    [
      "a comparison of the revision",
      `${map}{{ if gt (int .Release.Revision) 5 }}\n---\n${pod("hostPID: true")}{{ end }}`,
      /a question for Release\.Revision/,
      "chart-lookup",
    ],
    [
      "the version of Helm",
      `${map}data: {a: {{ .Capabilities.HelmVersion.Version | quote }}}\n`,
      /a question for Capabilities\.HelmVersion/,
      "chart-lookup",
    ],
    [
      "a pod in a kind the pack does not know",
      "apiVersion: example.com/stable\nkind: RobotList\nmetadata: {name: hidden}\nspec: {podTemplate: {spec: {hostPID: true}}}\n",
      /RobotList .*hidden: spec\.podTemplate/,
      "pod-in-custom-kind",
    ],
    [
      "a binding in a kind that makes whatever it holds",
      `apiVersion: example.com/v1\nkind: Robot\nmetadata: {name: hidden}\nspec:\n  manifest: ${JSON.stringify({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: "hidden" }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" }, subjects: [] })}\n`,
      /Robot .*hidden: spec\.manifest .*rbac-cluster-admin/,
      "object-in-custom-kind",
    ],
  ] as const)
    it(`[MR-54] ${title}: told by plain pulumi, refused where that is mandatory`, async () => {
      project.edit(
        "charts/mailroom/templates/NOTES.txt",
        (old) => `${old}{{ define "from.notes" }}{{ lookup "v1" "Node" "" "" | toJson }}{{ end }}`,
      );
      writeFileSync(template(), text);
      const levels = join(project.root, "levels.json");
      writeFileSync(levels, JSON.stringify({ [rule]: "mandatory" }));
      try {
        const { text: told } = succeeded(await plain("preview"));
        assert.match(told, said);
        assert.match(failed(await plain("preview", "--policy-pack-config", levels)), said);
        assert.match(failed(await plain("up", "--yes", "--policy-pack-config", levels)), said);
        await nothingThere();
      } finally {
        project.edit("charts/mailroom/templates/NOTES.txt", (now) =>
          now.replace(/\{\{ define "from\.notes"[\s\S]*$/, ""),
        );
      }
    });

  it("[MR-54] a chart that writes to the terminal: its words are shown, and move no cursor", async () => {
    writeFileSync(template(), `{{ fail "\\x1b[2J\\x1b]0;title\\x07in order" }}\n`);
    for (const run of [() => project.hardened(["preview"]), () => plain("preview")]) {
      const said = failed(await run());
      assert.match(said, /in order/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
      assert.doesNotMatch(said, /\u001b\[2J|\u001b\]0/);
    }
    await nothingThere();
  });

  it("[MR-54] what is written into a chart after it was evaluated: told at the end of the run, and the run fails", async () => {
    writeFileSync(template(), map);
    const before = readFileSync(join(project.root, "index.ts"), "utf8");
    const line = `process.once("beforeExit", () => require("node:fs").appendFileSync(${JSON.stringify(template())}, "# more\\n"));\n`;
    project.edit("index.ts", (text) => `${line}${text}`);
    try {
      assert.match(failed(await plain("preview")), /files that changed after they were evaluated/);
    } finally {
      writeFileSync(join(project.root, "index.ts"), before);
    }
  });

  it("[MR-54] the chart whose name differs by a blank the provider does not see: the one that would be installed is evaluated", async () => {
    rmSync(template());
    cpSync(join(project.root, "charts/mailroom"), join(project.root, "charts/mailroom "), { recursive: true });
    project.edit("systems/mailroom/component.ts", (text) =>
      text.replace('"./charts/mailroom"', '"./charts/mailroom "'),
    );
    writeFileSync(template(), pod("hostPID: true"));
    assert.match(failed(await project.hardened(["preview"])), hostPid);
    assert.match(failed(await plain("preview")), hostPid);
    await nothingThere();
  });
});
