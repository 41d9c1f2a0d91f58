import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { imageDefinitions } from "../../images/build/image-definition";

const imageNames = imageDefinitions().flatMap(({ name, from }) => (from === "go" ? [name] : []));

const run = promisify(execFile);

describe("images: Go modules", function () {
  this.timeout(120_000);
  for (const name of imageNames) {
    const cwd = join(__dirname, "../../images", name);

    it(`${name}: formatted, vetted, own tests pass`, async () => {
      assert.equal((await run("gofmt", ["-l", "."], { cwd })).stdout, "");
      await run("go", ["vet", "./..."], { cwd });
      await run("go", ["test", "./..."], { cwd });
    });
  }
});
