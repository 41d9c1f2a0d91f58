import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { goImages } from "./go-images";

const run = promisify(execFile);

/** As images are built: what was compiled for those is not compiled again. */
const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -trimpath" };

describe("images: Go modules", function () {
  this.timeout(600_000); // the first time everything is compiled, beside other files
  for (const name of goImages) {
    const cwd = join(__dirname, "../../images", name);

    it(`${name}: formatted, vetted, own tests pass`, async () => {
      assert.equal((await run("gofmt", ["-l", "."], { cwd })).stdout, "");
      await run("go", ["vet", "./..."], { cwd, env });
      await run("go", ["test", "./..."], { cwd, env });
    });
  }
});
