import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureToolchain } from "../../process/toolchain/ensure";
import { toolPath } from "../../process/toolchain/locate";
import { useHelm } from "../policy/support/helm";
import { writeSchemas } from "../support/charts/manifest-schemas";
import { objectsOf, shippedManifests } from "../support/charts/shipped-manifests";
import { run } from "../support/run";
import { startApiServer } from "./api-server";

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
}
/** What kubeconform says of one object. */
interface Result {
  readonly filename: string;
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly status: "statusValid" | "statusInvalid" | "statusError" | "statusSkipped";
  readonly msg: string;
}

/** Kinds whose definition no module carries: the operator of VictoriaMetrics publishes Go types alone. */
const skipped = ["operator.victoriametrics.com/v1beta1/VMServiceScrape"];

/** Changes of one line of a shipped object, and what is said of them. */
const mistakes: readonly (readonly [title: string, kind: string, line: RegExp, wrong: string, said: RegExp])[] = [
  [
    "a field no container has",
    "Deployment",
    /^( +)readOnlyRootFilesystem: true/m,
    "$1readOnlyRootFileSystem: true",
    /containers\/0\/securityContext'.*'readOnlyRootFileSystem' not allowed/,
  ],
  ["a field in the wrong place", "NetworkPolicy", /^spec:/m, "spec:\n  ports: []", /'\/spec': .*'ports' not allowed/],
  [
    "a text where a number belongs",
    "Deployment",
    /^( +)replicas: \d+/m,
    '$1replicas: "2"',
    /'\/spec\/replicas': got string, want/,
  ],
  [
    "a word that is none of the field's",
    "Deployment",
    /^( +)imagePullPolicy: .*/m,
    "$1imagePullPolicy: Sometimes",
    /imagePullPolicy': value must be one of/,
  ],
  [
    "a field left out that must be there",
    "HorizontalPodAutoscaler",
    /^ +maxReplicas: .*\n/m,
    "",
    /'\/spec': missing property 'maxReplicas'/,
  ],
  ["a key said twice", "Service", /^kind: Service/m, "kind: Service\nkind: Service", /key "kind" already set/],
  [
    "a version that is not served",
    "Deployment",
    /^apiVersion: apps\/v1/m,
    "apiVersion: apps/v1beta1",
    /could not find schema for Deployment/,
  ],
  [
    "a field that a definition does not have",
    "VerticalPodAutoscaler",
    /^( +)updateMode: /m,
    "$1updateModes: ",
    /'updateModes' not allowed/,
  ],
];

describe("[FL-95] kubeconform, strict, with the API server's own schemas and those of definitions", function () {
  this.timeout(300_000);
  let folder: string;
  let schemas: string;
  let objects: KubernetesObject[];

  /** What it says of everything in a folder, and whether it is content. */
  async function kubeconform(files: string): Promise<{ results: Result[]; isContent: boolean }> {
    const options = ["-strict", "-verbose", "-output", "json", "-skip", skipped.join(), "-schema-location", schemas];
    const { code, stdout, stderr } = await run(toolPath("kubeconform"), [...options, files]);
    assert.equal(stderr, "");
    const { resources } = JSON.parse(stdout) as { resources: Result[] };
    return { results: resources.filter(({ kind }) => kind !== ""), isContent: code === 0 }; // some documents are empty
  }

  before(async () => {
    useHelm();
    await ensureToolchain(() => {}, ["kubeconform"]);
    folder = mkdtempSync(join(tmpdir(), "hardened-schemas-"));
    const manifests = await shippedManifests();
    objects = manifests.flatMap((manifest) => objectsOf<KubernetesObject>(manifest));
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    for (const { name, text } of manifests) write(`shipped/${name}`, text);
    const documents = manifests.flatMap(({ text }) => text.split(/^---\n/m));
    for (const [index, [title, kind, line, wrong]] of mistakes.entries()) {
      const good = documents.find((one) => one.includes(`\nkind: ${kind}\n`) && line.test(one)) ?? "";
      assert.match(good, line, title);
      write(`broken/${index}.yaml`, good.replace(line, wrong));
    }
    const apiVersions = [...new Set(objects.map(({ apiVersion }) => apiVersion))];
    const api = await startApiServer();
    try {
      const get = async (path: string): Promise<unknown> => {
        const { status, body } = await api.call("GET", path);
        return status === 200 ? body : undefined;
      };
      schemas = await writeSchemas({ apiVersions, get, folder: join(folder, "schemas") });
    } finally {
      await api.stop();
    }
  });
  after(() => rmSync(folder ?? "", { recursive: true, force: true }));

  it("every object of every system, stack and overlay is valid; one kind has no schema", async () => {
    const { results, isContent } = await kubeconform(join(folder, "shipped"));
    const wrong = results.filter(({ status }) => !["statusValid", "statusSkipped"].includes(status));
    assert.deepEqual(wrong, []);
    assert.ok(isContent);
    assert.equal(results.length, objects.length);
    assert.ok(results.length > 300, String(results.length));
    const left = results.filter(({ status }) => status === "statusSkipped");
    assert.deepEqual([...new Set(left.map(({ version, kind }) => `${version}/${kind}`))], skipped);
  });

  it("each mistake is found", async () => {
    const { results, isContent } = await kubeconform(join(folder, "broken"));
    assert.ok(!isContent);
    for (const [index, [title, , , , said]] of mistakes.entries()) {
      const about = results.filter(({ filename }) => filename.endsWith(`/${index}.yaml`));
      assert.equal(about.length, 1, title);
      assert.match(about[0]?.msg ?? "", said, title);
    }
  });
});
