import assert from "node:assert/strict";
import { join } from "node:path";
import { type Combination, readMatrix } from "../../operations/charts/matrix";
import { formatMatrix, renderMatrix } from "../../operations/charts/render-matrix";
import { profileNames, profiles } from "../../systems/zen/profiles";
import { useHelm } from "../policy/support/helm";
import { root } from "../support/tree";
import { charts } from "./support/helm";

const folder = join(root, "charts/zen-agent/scripts/ci");

describe("charts/zen-agent/scripts/ci", function () {
  this.timeout(300_000);
  before(useHelm);

  it("[ZN-60] [ZN-72] [ZN-80] the matrix has at least 40 combinations, of every profile and of both charts", async () => {
    const all = await readMatrix(join(folder, "matrix.yaml"));
    assert.ok(all.length >= 40, `${all.length}`);
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    for (const name of profileNames) {
      const own = all.filter((one) => one.values.profile === name);
      assert.ok(own.length >= 12, `${name}: ${own.length}`);
      assert.ok(
        own.every(({ profile }) => profile === profiles[name].environment),
        name,
      );
      // a name without a registry is Docker Hub's
      const allowed = profiles[name].registries.map((one) => one.replace(/^kubezen\//, "docker.io/kubezen/"));
      assert.ok(
        own.every(({ images }) => images.join() === allowed.join()),
        name,
      );
    }
    const kinds = new Set(all.map(({ chart }) => chart));
    assert.deepEqual([...kinds], [join(charts, "zen-agent"), join(charts, "zen-watcher")]);
  });

  it("[ZN-52] [ZN-60] every combination lints, renders and passes the policy pack, and how many there are is printed", async () => {
    const all: Combination[] = await readMatrix(join(folder, "matrix.yaml"));
    const rendered = await renderMatrix(all, { policy: true });
    assert.deepEqual(
      rendered.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`)),
      [],
    );
    assert.ok(rendered.every(({ objects }) => objects >= 5));
    const last = formatMatrix(rendered, { policy: true }).split("\n").at(-1);
    assert.equal(last, `${all.length} combinations linted, rendered and evaluated by the policy pack, 0 failed`);
  });
});
