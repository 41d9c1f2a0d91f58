import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureStorage } from "../../../cluster/local/storage";
import { apiStandIn } from "../../support/cluster/api-stand-in";
import { scratchInstance, standInTools } from "../../support/cluster/scratch-instance";

interface Applied {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly persistentVolumeReclaimPolicy: string; readonly local: { readonly path: string } };
}

describe("volumes of a local cluster", function () {
  this.timeout(60_000);
  const instance = scratchInstance();
  const log = join(instance.top, "kubectl.log");
  const data = (volume: number): string => join(instance.state, "node-1/volumes", String(volume), "data");
  const phases = ["Released", "Bound", "Available", "Failed"];
  let stop: () => void;
  let restore: () => void;

  before(async () => {
    const items = phases.map((phase, index) => ({
      metadata: { name: `node-1-volume-${index + 1}` },
      status: { phase },
    }));
    const foreign = { metadata: { name: "someone-elses" }, status: { phase: "Released" } };
    stop = await apiStandIn(instance, {
      "/api/v1/persistentvolumes": [200, JSON.stringify({ items: [...items, foreign] })],
    });
    // Notes what it is asked, and whether the first volume still has its data then.
    restore = standInTools(instance.top, {
      kubectl: `echo "$3 $4 $5 data=$(ls '${data(1)}' 2>/dev/null)" >> '${log}'; cat >> '${log}'`,
    });
    for (const [index] of phases.entries()) {
      mkdirSync(join(data(index + 1), ".."), { recursive: true });
      writeFileSync(data(index + 1), "");
    }
    await ensureStorage(instance);
  });
  after(() => {
    restore?.();
    stop?.();
    instance.remove();
  });

  it("are emptied once their claim is gone, after nothing leads there any more; all others keep what is in them", () => {
    assert.deepEqual(
      phases.map((_, index) => existsSync(data(index + 1))),
      [false, true, true, true],
    );
    const [first = "", ...others] = readFileSync(log, "utf8").split("\n");
    assert.equal(first, `delete persistentvolume node-1-volume-1 data=${data(1)}`);
    assert.ok(!others.some((line) => line.startsWith("delete")), others.join("\n"));
  });

  it("are five on each node, kept when a claim goes, of the default class", () => {
    const text = readFileSync(log, "utf8");
    const [storageClass, ...volumes] = (JSON.parse(text.slice(text.indexOf("{"))) as { items: Applied[] }).items;
    assert.equal(storageClass?.metadata.annotations["storageclass.kubernetes.io/is-default-class"], "true");
    assert.equal(volumes.length, 10);
    for (const { spec } of volumes) {
      assert.equal(spec.persistentVolumeReclaimPolicy, "Retain");
      assert.ok(spec.local.path.startsWith(`${instance.state}/node-`) && existsSync(spec.local.path), spec.local.path);
    }
  });
});
