import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { programEnvironment, rendererPath } from "../../process/toolchain/locate";
import { run } from "../support/run";
import { type ScratchCheckout, scratchCheckout } from "../support/scratch-checkout";
import { textOf } from "../support/tree";

interface Component {
  readonly "bom-ref": string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}
interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe("the bill of materials of the policy pack's package", function () {
  this.timeout(300_000);
  const scratch: { checkout?: ScratchCheckout } = {};
  let bom: Bom;
  before(async () => {
    const checkout = scratchCheckout();
    scratch.checkout = checkout;
    const settings = Object.entries(programEnvironment()).filter(([name]) => !name.toLowerCase().startsWith("npm_"));
    const { code, text } = await run(join(checkout.root, ".ci/sbom.js"), ["pack.cdx.json"], {
      cwd: checkout.root,
      env: { ...Object.fromEntries(settings), HELM_RENDER_BIN: rendererPath() },
    });
    assert.equal(code, 0, text);
    bom = JSON.parse(readFileSync(join(checkout.root, "pack.cdx.json"), "utf8"));
    assert.match(text, new RegExp(`^pack\\.cdx\\.json: ${bom.components.length} components$`, "m"));
    assert.equal(checkout.git("status", "--porcelain"), "?? pack.cdx.json\n", "nothing else is left");
  });
  after(() => scratch.checkout && rmSync(scratch.checkout.root, { recursive: true, force: true }));

  it("is a CycloneDX document: every component is said once, with its version and package URL, and every reference leads to one", () => {
    const { bomFormat, specVersion, serialNumber, version, metadata, components, dependencies } = bom;
    assert.deepEqual([bomFormat, version], ["CycloneDX", 1]);
    assert.match(specVersion, /^1\.[4-9]$/);
    assert.match(serialNumber, /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const all = [metadata.component, ...components];
    const references = new Set(all.map((one) => one["bom-ref"]));
    assert.equal(references.size, all.length);
    for (const one of all) {
      assert.ok(one.name && one.version, JSON.stringify(one));
      assert.match(one.purl, /^pkg:(?:npm|golang)\/[^@]+@[^@]+$/);
      assert.match(one.type, /^(?:application|library)$/);
    }
    const named = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    assert.deepEqual(
      named.filter((ref) => !references.has(ref)),
      [],
    );
  });

  it("is of the pack, and has every package the pack depends on", () => {
    const own = JSON.parse(textOf("policy/package.json")) as {
      name: string;
      version: string;
      dependencies: Record<string, string>;
    };
    const { metadata, components } = bom;
    assert.deepEqual([metadata.component.name, metadata.component.version], [own.name, own.version]);
    const packages = components.filter(({ purl }) => purl.startsWith("pkg:npm/"));
    for (const [name, version] of Object.entries(own.dependencies))
      assert.ok(
        packages.some((one) => one.purl === `pkg:npm/${name.replace("@", "%40")}@${version}`),
        name,
      );
  });

  it("has every Go module of the renderer, Go's own library too, and the pack depends on them", () => {
    const { metadata, components, dependencies } = bom;
    const said = execFileSync("go", ["version", "-m", rendererPath()], { encoding: "utf8", env: programEnvironment() });
    const modules = [...said.matchAll(/^\tdep\t(\S+)\t(\S+)/gm)].map(
      ([, name, version]) => `pkg:golang/${name}@${version}`,
    );
    assert.ok(modules.length > 50 && modules.some((one) => one.startsWith("pkg:golang/helm.sh/helm/v3@")));
    const [, go = ""] = /: go(\d\S*)/.exec(said) ?? [];
    const wanted = [`pkg:golang/stdlib@${go}`, ...modules].sort();
    const found = components.map(({ purl }) => purl).filter((purl) => purl.startsWith("pkg:golang/"));
    assert.deepEqual(found.sort(), wanted);
    const root = dependencies.find(({ ref }) => ref === metadata.component["bom-ref"]);
    for (const one of wanted) assert.ok(root?.dependsOn.includes(one), one);
  });
});
