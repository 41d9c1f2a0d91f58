import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "../../../operations/stack/workspace";
import { identityOf } from "../../../process/identity";

describe("the temporary folder of a run", () => {
  it("is its owner's alone; those of ended runs go, and those of other containers stay, whatever their pid", () => {
    const path = mkdtempSync(join(tmpdir(), "hardened-runs-"));
    try {
      const place = identityOf(process.pid).pidNamespace.replaceAll(/\D/g, "");
      const dead = 2 ** 22 + 1;
      const others = [`${dead}-1`, `${process.pid}-1`];
      for (const name of [...others, `${dead}`, `${dead}-${place}`, `${process.pid}-${place}`, `1-${place}`])
        mkdirSync(join(path, name, "kubeconfig"), { recursive: true });
      const own = temporaryFolder(path);
      assert.deepEqual(readdirSync(path).sort(), [...others, `${process.pid}-${place}`, `1-${place}`].sort());
      assert.deepEqual(readdirSync(own), []);
      assert.equal(statSync(own).mode & 0o777, 0o700);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
});
