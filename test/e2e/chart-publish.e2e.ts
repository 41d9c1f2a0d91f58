import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { registryUrl } from "../../cluster/local/host-ports";
import { runHelm } from "../../cluster/run-helm";
import { cluster, instance } from "../support/e2e-cluster";
import { run } from "../support/run";
import { root } from "../support/tree";

/** Charts that are published, with what an install of each has to say. */
const published: Readonly<Record<string, readonly string[]>> = {
  monitoring: ["--set", "chartDigest=one"],
  "zen-watcher": ["--set", "networkPolicy.apiServer.cidrs={10.0.0.1/32}"],
  "zen-agent": [
    ...["-f", join(root, "docs/examples/values-gitops.yaml")],
    ...["--set", "saas.existingSecret=zen-agent-bootstrap,tenant.id=acme,cluster.id=shop-1"],
  ],
};
const folders = Object.keys(published).map((name) => `charts/${name}`);

/** Charts in the local cluster's registry, and in an index over HTTP: what is pulled is what was packed. */
describe("[FL-93] [FL-101] publishing charts", function () {
  this.timeout(300_000);
  let scratch: string;
  let repository: string;
  let server: Server;
  let served: string;

  before(async () => {
    await cluster();
    scratch = mkdtempSync(join(tmpdir(), "hardened-publish-"));
    repository = `${registryUrl(instance).replace("http://", "oci://")}/published-${Date.now().toString(36)}`;
    served = join(scratch, "served");
    server = createServer(({ url = "" }, response) => {
      const file = join(served, basename(url));
      if (existsSync(file)) createReadStream(file).pipe(response);
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  after(() => {
    server?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const chart = (...args: string[]) => run(join(root, "bin/hardened"), ["chart", ...args], { cwd: root });
  async function helm(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runHelm(args, "");
    assert.equal(code, 0, stderr);
    return stdout === "" ? stderr : stdout;
  }

  for (const [name, args] of Object.entries(published))
    it(`[ZN-74] ${name}: pushes to the registry and pulls by digest: the same digest, the same bytes as the package, and the same objects`, async () => {
      const folder = `charts/${name}`;
      const pushed = await chart("push", folder, "--to", repository, "--plain-http", "--json");
      assert.equal(pushed.code, 0, pushed.stderr);
      const [{ reference, digest }] = JSON.parse(pushed.stdout) as [{ reference: string; digest: string }];
      assert.equal(reference, `${repository}/${name}@${digest}`);
      const into = mkdtempSync(join(scratch, "pulled-"));
      const said = await helm("pull", reference, "--plain-http", "-d", into);
      assert.match(said, new RegExp(`Digest: ${digest}`));
      const packed = await chart("package", folder, "-o", join(scratch, "packed"), "--json");
      const [{ file, digest: again }] = JSON.parse(packed.stdout) as [{ file: string; digest: string }];
      assert.equal(again, digest);
      const [pulled = ""] = readdirSync(into);
      assert.deepEqual(readFileSync(join(into, pulled)), readFileSync(file));
      assert.equal(
        await helm("template", "web", join(into, pulled), ...args),
        await helm("template", "web", join(root, folder), ...args),
      );
    });

  it("pushes once: the second time it is there, and another content under the version is refused with both digests", async () => {
    const again = await chart("push", "charts/monitoring", "--to", repository, "--plain-http");
    assert.match(again.stdout, /monitoring@sha256:[0-9a-f]{64} \(0\.1\.0, was there\)/);
    const other = join(scratch, "monitoring");
    mkdirSync(other);
    writeFileSync(join(other, "Chart.yaml"), "apiVersion: v2\nname: monitoring\nversion: 0.1.0\n");
    const refused = await chart("push", other, "--to", repository, "--plain-http");
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /monitoring 0\.1\.0 is in oci:.* with another content \(sha256:[0-9a-f]{64}, here sha256:[0-9a-f]{64}\); raise version/,
    );
  });

  it("[ZN-76] an index of the packages over HTTP: helm template of what it serves is that of the folder", async () => {
    const { code, stderr } = await chart("package", ...folders, "charts/datastores", "-o", served);
    assert.equal(code, 0, stderr);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await helm("repo", "index", served, "--url", url);
    const own = [
      "--repository-config",
      join(scratch, "repositories.yaml"),
      "--repository-cache",
      join(scratch, "cache"),
    ];
    await helm("repo", "add", "own", url, ...own);
    for (const [name, args] of Object.entries(published))
      assert.equal(
        await helm("template", "web", `own/${name}`, ...args, ...own),
        await helm("template", "web", join(root, `charts/${name}`), ...args),
        name,
      );
  });
});
