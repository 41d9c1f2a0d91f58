import { strict as assert } from "node:assert";
import { kindsServed } from "../../cli/generate/kubernetes-kinds";
import { knownKinds } from "../../policy/manifest/kind-table";
import { servedByStock } from "../../policy/render/api-versions";
import { servedInVersion, versionIn, versionPaths } from "../../policy/render/discovery";
import { type ApiServer, startApiServer } from "./api-server";

describe("what a stock Kubernetes serves, asked of a real API server", function () {
  this.timeout(300_000);
  let api: ApiServer;
  let version: string;
  const answers = new Map<string, unknown>();

  before(async () => {
    api = await startApiServer();
    version = versionIn((await api.call("GET", "/version")).body) ?? "";
    for (const root of ["/api", "/apis"]) {
      answers.set(root, (await api.call("GET", root)).body);
      for (const path of versionPaths(answers.get(root))) answers.set(path, (await api.call("GET", path)).body);
    }
  });
  after(() => api?.stop());

  it("is what the table says for its version, version by version and kind by kind", () => {
    assert.match(version, /^v1\.\d+\.\d+/);
    const served = ["/api", "/apis"]
      .flatMap((root) => versionPaths(answers.get(root)))
      .flatMap((path) => servedInVersion(answers.get(path)));
    assert.ok(served.length > 80, String(served.length));
    assert.deepEqual([...served].sort(), [...servedByStock(version)].sort());
  });

  it("has each kind where the table says: in a namespace, or once in the cluster", () => {
    const minor = Number(version.split(".")[1]);
    const expected = knownKinds.filter(({ from, to, stock }) => stock && from <= minor && minor <= to);
    const inWords = ({ apiVersion, kind, scope }: { apiVersion: string; kind: string; scope: string | undefined }) =>
      `${apiVersion} ${kind} ${scope}`;
    assert.deepEqual(
      kindsServed((path) => answers.get(path))
        .map(inWords)
        .sort(),
      expected.map(inWords).sort(),
    );
  });
});
