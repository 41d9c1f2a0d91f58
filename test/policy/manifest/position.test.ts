import { strict as assert } from "node:assert";
import fc from "fast-check";
import { child, segments } from "../../../policy/manifest/field-path";
import { lineOf } from "../../../policy/manifest/position";
import { templateLine } from "../../../policy/render/template-lines";

const text = `# Source: web/templates/a.yaml
spec:
  containers:
    - name: a
      image: x
    - name: b
      securityContext: {privileged: true}
  annotations:
    a.b/c: "1"
`;

describe("position", () => {
  for (const [path, line] of [
    ["spec", 2],
    ["spec.containers[0].image", 5],
    ["spec.containers[1].securityContext.privileged", 7],
    ["spec.containers[1].securityContext.capabilities.drop", 7],
    ["spec.containers[1].resources", 6],
    ["spec.containers[9]", 3],
    ['spec.annotations["a.b/c"]', 9],
    ["nothing.here", 2],
  ] as const) {
    it(`finds ${path} in line ${line}`, () => assert.equal(lineOf(text, path), line));
  }

  it("finds a key of the document itself, and not what only looks like one", () => {
    assert.equal(lineOf("# spec:\nkind: Pod\nspec:\n  a: 1\n", "spec"), 3);
    assert.equal(lineOf("a: 1\nspec:", "spec"), 2);
    assert.equal(lineOf("a: |\n  spec: b\nspec: {c: d}\n", "spec"), 3);
    assert.equal(lineOf('a: "one\nspec: two"\nspec: 1\n', "spec"), 3);
    assert.equal(lineOf('"spec":\n  a: 1\n', "spec"), 1);
    assert.equal(lineOf("specific: 1\nspec: 2\n", "spec"), 2);
    assert.equal(lineOf("spec:x: 1\n", "spec"), 1);
  });

  const written = `# what people and programs write
"spec": &all
  args:
  - "--at: 1"
  - a
  empty:
  'node selector': {"a": 1,
    b: [x,
      {c: d}]}
  script: |
    args:
      - no key
  <<: {more: 1}
  yes: last
`;

  for (const [path, line] of [
    ["spec.args[0]", 4],
    ["spec.args[1]", 5],
    ["spec.empty", 6],
    ["spec.empty.below", 6],
    ['spec["node selector"].a', 7],
    ['spec["node selector"].b[1].c', 9],
    ["spec.script.args", 10],
    ["spec.true", 14],
  ] as const) {
    it(`finds ${path} in line ${line} of a text of many styles`, () => assert.equal(lineOf(written, path), line));
  }

  it("finds fields in JSON", () => {
    const json = JSON.stringify(
      { kind: "Pod", spec: { containers: [{ name: "a", ports: [{ hostPort: 1 }] }] } },
      null,
      2,
    );
    assert.equal(lineOf(json, "spec.containers[0].ports[0].hostPort"), 9);
    assert.equal(lineOf(JSON.stringify(JSON.parse(json)), "spec.containers[0].name"), 1);
  });

  it("has no line for a text that is no tree", () => assert.equal(lineOf("", "spec"), undefined));

  it("takes paths apart as they were put together", () => {
    const key = fc.oneof(fc.string(), fc.nat(99), fc.constantFrom("spec", "a.b/c", 'say "x"', "[0]", "back\\slash"));
    fc.assert(fc.property(fc.array(key), (keys) => assert.deepEqual(segments(keys.reduce<string>(child, "")), keys)));
  });
});

describe("template lines", () => {
  const template = `{{- if .Values.on }}
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  securityContext:
    {{- toYaml .Values.pod | nindent 4 }}
  containers:
    - name: web
      securityContext:
        {{- include "context" . | nindent 8 }}
{{- end }}
`;
  const rendered = `# Source: web/templates/a.yaml
kind: Deployment
metadata:
  name: web
spec:
  securityContext:
    runAsNonRoot: true
    runAsUser: 1
  containers:
    - name: web
      securityContext:
        privileged: true
        drop: []`;

  for (const [why, line, written] of [
    ["a line written as it is", 9, 8],
    ["a line with an action at its end", 4, 4],
    ["what a value printed belongs to its key", 8, 6],
    ["what an include printed belongs to the line above it", 13, 10],
    ["the second of two equal lines", 11, 10],
  ] as const) {
    it(`finds ${why}`, () => assert.equal(templateLine(template, rendered, line), written));
  }

  it("has no line when nothing agrees, or the texts are too large to compare", () => {
    assert.equal(templateLine(template, "a: b", 1), undefined);
    assert.equal(templateLine("x\n".repeat(3000), "x\n".repeat(3000), 2000), undefined);
  });

  it("takes the second of two alike objects in one template", () => {
    const one = (name: string) => `kind: Pod\nmetadata:\n  name: ${name}\nspec:\n  a: 1\n`;
    assert.equal(templateLine(`${one("a")}---\n${one("b")}`, one("b"), 5), 11);
  });
});
