import assert from "node:assert/strict";
import { run } from "../support/run";
import { type UnpackedImage, unpackedImage } from "./unpacked-image";

/** The watcher out of the image's own layer, as the image's user, with nothing but /tmp to write to. */
describe("images: zen-watcher", function () {
  this.timeout(900_000); // the first build compiles the client of the API server
  let image: UnpackedImage;
  const watcher = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const [command, ...rest] = [...image.within, "/usr/local/bin/zen-watcher", ...args] as const;
    return run(command, rest, { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env } });
  };

  before(async () => {
    image = await unpackedImage("zen-watcher");
  });
  after(() => image.remove());

  it("tells its environment, and refuses arguments", async () => {
    const help = await watcher(["--help"]);
    assert.deepEqual([help.code, help.stderr], [0, ""]);
    assert.match(help.stdout, /ZEN_WATCHER_NAMESPACE {2,}namespace of its ObservationMappings/);
    const { code, stdout } = await watcher(["--kubeconfig=x"]);
    assert.deepEqual([code, stdout], [2, 'unknown arguments ["--kubeconfig=x"]; see zen-watcher --help\n']);
  });

  it("tells every mistake in its environment", async () => {
    const { code, stdout } = await watcher([], { ZEN_WATCHER_PORT: "http", ZEN_WATCHER_NAMESPACES: "Shop" });
    assert.equal(code, 2);
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0]),
      ["ZEN_WATCHER_NAMESPACE", "ZEN_WATCHER_PORT", "ZEN_WATCHER_NAMESPACES"],
    );
  });

  it("ends at once outside of a pod, and says so", async () => {
    const { code, stdout } = await watcher([], { ZEN_WATCHER_NAMESPACE: "zen" });
    assert.equal(code, 1);
    assert.match(stdout, /it runs in a pod with a ServiceAccount's token/);
  });
});
