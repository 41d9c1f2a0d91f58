import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../config/project";
import { isRelease, type ReleaseInputs } from "../../operations/stack/release-inputs";
import { stackNames } from "../../operations/stack/stack-file";
import { collect } from "../../operations/validation/collect";
import { askCluster, type Capabilities } from "../../policy/render/ask-cluster";
import { renderChart } from "../../policy/render/render";
import { useHelm } from "../policy/support/helm";
import { failed, succeeded } from "../support/changes";
import { cluster, helmRecords, instance, type KubeObject, object } from "../support/e2e-cluster";
import { layOut, realCharts } from "../support/real-charts";
import { run } from "../support/run";
import { type TestProject, testProject } from "../support/test-project";

/** Helm's record of a release, as far as it is compared. */
interface HelmRelease {
  readonly manifest: string;
  readonly hooks?: readonly { readonly path: string; readonly manifest: string }[];
}

/** The text our renderer promises for what Helm notes of a release. */
const textOf = ({ manifest, hooks = [] }: HelmRelease): string =>
  [`${manifest.trim()}\n`, ...hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`)].join("");

/** Renders differently by what the cluster offers. */
const capabilities = `apiVersion: v1
kind: ConfigMap
metadata:
  name: capabilities
data:
  version: {{ .Capabilities.KubeVersion.Version | quote }}
  served: {{ .Capabilities.APIVersions | toJson | quote }}
`;
/** A pod nobody may run, where the cluster measures nodes. */
const hidden = `{{- if .Capabilities.APIVersions.Has "metrics.k8s.io/v1beta1/NodeMetrics" }}
apiVersion: v1
kind: Pod
metadata: {name: hidden}
spec:
  hostNetwork: true
  containers: [{name: hidden, image: "example.com/hidden:1"}]
{{- end }}
`;

/** Kinds of which Helm says that this cluster lacks them, and so cannot install the release at all; any other refusal is thrown on. */
function unservedKinds(error: Error): string[] {
  const kinds = [...error.message.matchAll(/no matches for kind "(\w+)" in version "([^"]+)"/g)];
  if (kinds.length === 0) throw error;
  return kinds.map(([, kind, version]) => `${version}/${kind}`);
}

/** The text without a chart's crds/ folders, which Helm installs before it renders, and does not put into its record. */
const withoutCrds = (text: string): string =>
  text.replace(/^---\n# Source: [^/\n]+\/(?:charts\/[^/\n]+\/)*crds\/[\s\S]*?(?=^---\n# Source: |$(?![\s\S]))/gm, "");

describe("what is evaluated is what lands in the cluster", function () {
  this.timeout(600_000);
  let offered: Capabilities;
  let folder: string;
  const { KUBECONFIG } = process.env;

  /** What Helm itself would install now, by the API server's word. */
  const wouldInstall = async (chart: string, { name, namespace, values }: Omit<ReleaseInputs, "chart">) => {
    const file = join(folder, "values.json");
    writeFileSync(file, JSON.stringify(values));
    const args = [
      "install",
      name,
      chart,
      "--namespace",
      namespace,
      "--values",
      file,
      "--dry-run=server",
      "--take-ownership",
      "-o",
      "json",
    ];
    const env = { ...process.env, KUBECONFIG: instance.kubeconfig };
    const { stdout } = await promisify(execFile)(process.env.HELM_BIN ?? "helm", args, {
      env,
      maxBuffer: 64 * 2 ** 20,
    });
    return JSON.parse(stdout) as HelmRelease;
  };
  const rendered = async (chart: string, { name, namespace, values }: Omit<ReleaseInputs, "chart">) =>
    (await renderChart({ chart, name, namespace, values, ...offered })).text;

  before(async () => {
    useHelm();
    await cluster();
    process.env.KUBECONFIG = instance.kubeconfig;
    folder = mkdtempSync(join(tmpdir(), "identity-"));
    const told = await askCluster({ context: instance.context });
    assert.ok(told, "the cluster does not say what it offers");
    offered = told;
  });
  after(() => {
    if (KUBECONFIG === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = KUBECONFIG;
    rmSync(folder, { recursive: true, force: true });
  });

  it("the capabilities are those Helm installs by: version, every API version, every kind, nothing else", async () => {
    const chart = join(folder, "capabilities");
    mkdirSync(join(chart, "templates"), { recursive: true });
    writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: capabilities\nversion: 0.1.0\n");
    writeFileSync(join(chart, "templates/map.yaml"), capabilities);
    const release = { name: "web", namespace: "default", values: {} };
    const { manifest } = await wouldInstall(chart, release);
    const [, served = ""] = /served: (".*")/.exec(manifest) ?? [];
    const real = JSON.parse(JSON.parse(served) as string) as string[];
    assert.deepEqual(offered.served.toSorted(), real.toSorted());
    assert.ok(manifest.includes(`version: "${offered.kubeVersion}"`), manifest);
    // The order Helm keeps them in is that of a map.
    const sorted = (text: string) => text.replace(/served: .*/, "");
    assert.equal(sorted(await rendered(chart, release)), sorted(`${manifest.trim()}\n`));
    const [, ours = ""] = /served: (".*")/.exec(await rendered(chart, release)) ?? [];
    assert.deepEqual((JSON.parse(JSON.parse(ours) as string) as string[]).toSorted(), real.toSorted());
  });

  for (const stack of stackNames()) {
    it(`stack ${stack}: every release is what Helm would install, byte for byte`, async () => {
      const { resources } = await collect(stack);
      const releases = resources.filter(isRelease).map(({ inputs }) => inputs as unknown as ReleaseInputs);
      assert.ok(releases.length > 0);
      for (const { chart, ...release } of releases) {
        const path = join(projectRoot, chart);
        const wanted = await wouldInstall(path, release).catch(unservedKinds);
        if (Array.isArray(wanted))
          assert.deepEqual(
            wanted.filter((kind) => offered.served.includes(kind)),
            [],
          );
        else assert.equal(await rendered(path, release), textOf(wanted), release.name);
      }
    });
  }

  let compared = 0;
  for (const real of realCharts) {
    it(`${real.module} ${real.folder}: what is evaluated is what Helm would install, byte for byte`, async () => {
      const release = { name: "web", namespace: "default", values: { ...real.values } };
      const path = await layOut(real, folder);
      const ours = await rendered(path, release);
      const wanted = await wouldInstall(path, release).catch(unservedKinds);
      if (!Array.isArray(wanted)) {
        compared += 1;
        return assert.equal(withoutCrds(ours), textOf(wanted));
      }
      // A kind that the chart itself brings is not there yet; Helm stops at it.
      assert.ok(wanted.length > 0);
      assert.deepEqual(
        wanted.filter((kind) => offered.served.includes(kind)),
        [],
      );
    });
  }

  it("at least ten charts of other projects were compared to the byte", () => assert.ok(compared >= 10, `${compared}`));

  describe("of a stack that runs", () => {
    let project: TestProject;
    before(async () => {
      project = await testProject("identity");
      writeFileSync(join(project.root, "charts/mailroom/templates/capabilities.yaml"), capabilities);
      succeeded(await project.hardened(["up"]));
    });
    after(() => project?.remove());

    it("every release equals Helm's record of it, byte for byte, hooks too", async () => {
      const { stdout } = await project.pulumi(["stack", "export", "--stack", project.stack]);
      const { deployment } = JSON.parse(stdout) as {
        deployment: { resources: { type: string; inputs: ReleaseInputs }[] };
      };
      const releases = deployment.resources.filter(isRelease as (one: { type: string }) => boolean);
      assert.deepEqual(releases.map(({ inputs }) => inputs.name).toSorted(), ["mail-server", "mailroom"]);
      for (const { inputs } of releases) {
        const [record] = await helmRecords(inputs.namespace, inputs.name);
        const { chart, ...release } = inputs;
        const sorted = (text: string) => text.replace(/served: .*/, "");
        const expected = textOf(JSON.parse(record?.text ?? "{}") as HelmRelease);
        assert.equal(sorted(await rendered(join(project.root, chart), release)), sorted(expected), inputs.name);
      }
    });

    it("what the cluster offers went into it: the live object has the version and the kinds the pack was told", async () => {
      const map = await object<KubeObject>("configmap", "capabilities", "-n", project.namespace);
      assert.equal(map.data?.version, offered.kubeVersion);
      const served = JSON.parse(map.data?.served ?? "[]") as string[];
      // Kinds of other makers may have come and gone with other tests meanwhile: groups of Kubernetes itself, by their short names, do not.
      const stock = (kinds: readonly string[]) =>
        kinds.filter((kind) => !(kind.split("/")[0] ?? "").includes(".")).toSorted();
      assert.ok(stock(served).length > 30, served.join());
      assert.deepEqual(stock(served), stock(offered.served));
    });

    it("a pod that only this cluster's capabilities bring is refused at preview, by hardened and by plain pulumi", async () => {
      writeFileSync(join(project.root, "charts/mailroom/templates/hidden.yaml"), hidden);
      const violation = /Pod \S+\/hidden.*hostNetwork|hidden.*host-namespaces/s;
      assert.match(failed(await project.hardened(["preview"])), violation);
      const pack = ["--policy-pack", "policy/hardened-policy", "--non-interactive"];
      assert.match(failed(await project.pulumi(["preview", "--stack", project.stack, ...pack])), violation);
    });

    it("without a cluster the answer is not known: the pod is refused too, with the API's name, unless the list of APIs is told", async () => {
      const env = { ...project.env, KUBECONFIG: "/nonexistent" };
      const { code, text } = await run(join(project.root, "bin/hardened"), ["check", project.stack], {
        cwd: project.root,
        env,
      });
      assert.equal(code, 1, text);
      assert.match(text, /hostNetwork .*got true where the cluster serves metrics\.k8s\.io\/v1beta1\/NodeMetrics/);
      const told = { ...project.env, HARDENED_KUBE_VERSION: "v1.36.0", HARDENED_API_VERSIONS: "v1" };
      const preview = await project.hardened(["preview"], { env: told });
      assert.equal(preview.code, 0, preview.text);
    });
  });
});
