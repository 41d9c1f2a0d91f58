import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diffFolders, layObjects, withoutFlux } from "../../../operations/stack/object-diff";
import { useHelm } from "../../policy/support/helm";

const object = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "web", labels }, spec: { ports: [] } });
const flux = { "helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "apps" };

describe("operations/stack/object-diff: what Flux has installed", () => {
  let folder: string;
  before(() => useHelm());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hardened-object-diff-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function differs(deployed: string, wanted: string): Promise<string> {
    await layObjects(join(folder, "deployed"), deployed, { hooks: false, as: withoutFlux });
    await layObjects(join(folder, "wanted"), wanted, { hooks: false });
    return diffFolders(folder, "deployed", "wanted");
  }

  it("[FL-117] is what the chart has: Flux's own labels and the digest behind the version are no change", async () => {
    const live = object({ "helm.sh/chart": "service-0.1.0_2b97d5902813", ...flux });
    assert.equal(await differs(live, object({ "helm.sh/chart": "service-0.1.0" })), "");
    const bare = JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "bare" } });
    const marked = JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "bare", labels: flux } });
    assert.equal(await differs(marked, bare), "");
  });

  it("[FL-117] another version, and any other label, is one", async () => {
    const live = object({ "helm.sh/chart": "service-0.1.0_2b97d5902813", tier: "a", ...flux });
    const text = await differs(live, object({ "helm.sh/chart": "service-0.2.0", tier: "b" }));
    assert.match(
      text,
      /^- +helm\.sh\/chart: service-0\.1\.0\n- +tier: a\n\+ +helm\.sh\/chart: service-0\.2\.0\n\+ +tier: b$/m,
    );
  });
});
