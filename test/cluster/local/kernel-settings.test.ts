import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rememberKernelSettings, restoreKernelSettings } from "../../../cluster/local/kernel-settings";

describe("cluster kernel settings", () => {
  let top: string;
  const folders = () => ({ sysctl: join(top, "sys"), run: join(top, "run") });
  const panic = () => join(top, "sys/kernel/panic");
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), "kernel-"));
    mkdirSync(join(top, "sys/kernel"), { recursive: true });
    writeFileSync(panic(), "1\n");
    rememberKernelSettings(folders());
    mkdirSync(join(top, "run/one"));
    writeFileSync(panic(), "10");
  });
  afterEach(() => rmSync(top, { recursive: true }));

  it("are put back when the last instance has gone", () => {
    rmSync(join(top, "run/one"), { recursive: true });
    restoreKernelSettings(folders());
    assert.equal(readFileSync(panic(), "utf8"), "1");
    assert.ok(!existsSync(join(top, "run/kernel-settings.json")));
  });

  it("stay as they are while another instance is there", () => {
    restoreKernelSettings(folders());
    assert.equal(readFileSync(panic(), "utf8"), "10");
  });

  it("are remembered from before the first instance, not the second", () => {
    rememberKernelSettings(folders());
    rmSync(join(top, "run/one"), { recursive: true });
    restoreKernelSettings(folders());
    assert.equal(readFileSync(panic(), "utf8"), "1");
  });

  it("of another boot are forgotten", () => {
    const file = join(top, "run/kernel-settings.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"boot":"[^"]*"/, '"boot":"earlier"'));
    rmSync(join(top, "run/one"), { recursive: true });
    restoreKernelSettings(folders());
    assert.equal(readFileSync(panic(), "utf8"), "10");
  });
});
