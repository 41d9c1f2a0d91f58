import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodes } from "../../cluster/local/addresses";
import { pki } from "../../cluster/local/certificates";
import { apiUrl } from "../../cluster/local/host-ports";
import { nodeFolders } from "../../cluster/local/node-folders";
import { evaluateBench } from "../../operations/readiness/cis";
import { readBenchReport } from "../../operations/readiness/kube-bench";
import { readTargets } from "../../operations/readiness/security-targets";
import { canary, searchFiles } from "../support/canaries";
import { benchReports } from "../support/cluster/kube-bench";
import { cluster, instance, kubectl } from "../support/e2e-cluster";
import { root } from "../support/tree";

/** The local cluster by the CIS benchmark: kube-bench looks at its own programs and files, and the reports are evaluated as those of any cluster. */

describe("CIS benchmark of the local cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "cis-"));
  const namespace = `e2e-cis-${Date.now().toString(36)}`;
  const targets = readTargets(join(root, "docs/compliance/local-cluster.yaml"));
  const today = new Date().toISOString().slice(0, 10);
  let files: string[];

  before(async () => {
    await cluster();
    files = await benchReports(instance, folder);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  });

  it("[COS-34] kube-bench looked at this cluster, the control plane and each node", () => {
    assert.deepEqual(
      files.map((file) => file.slice(folder.length + 1)),
      ["control-plane.json", ...nodes.map(({ name }) => `${name}.json`)],
    );
    for (const file of files) {
      const seen = [...readFileSync(file, "utf8").matchAll(/\/clusters\/([a-z0-9-]+)\//g)].map(([, name]) => name);
      assert.deepEqual([...new Set(seen)], [instance.name], file);
    }
  });

  it("[COS-34] nothing fails in sections 1 to 4 but what such a cluster cannot have, and no such item passes after all", () => {
    const { problems, sections } = evaluateBench(files.map(readBenchReport), targets, today);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      sections.map(({ section, inScope, fail, waived }) => [section, inScope, fail - waived]),
      ["1", "2", "3", "4"].map((section) => [section, true, 0]),
    );
  });

  it("[COS-34] of what kube-bench leaves to a person only what no program can evaluate is open", () => {
    const items = files.flatMap((file) => readBenchReport(file).items);
    const inapplicable = targets.benchmark.notApplicable.flatMap((one) => ("items" in one ? one.items : []));
    const open = items.filter(({ id, status }) => status !== "PASS" && !inapplicable.includes(id));
    assert.deepEqual(
      open.map(({ id }) => id),
      [
        "1.2.20", // the default time for a request, a minute, is in force
        "3.1.2", // service accounts are given to pods alone
        "3.1.3", // there are no bootstrap tokens: nodes come with certificates
        "3.2.2", // charts/examples/audit-policy.yaml: audit-log.e2e.ts reads what it notes
      ],
    );
  });

  it("[COS-34] a kubelet's file with a looser setting, which others may read, is two failures", async () => {
    const [node] = nodes as [(typeof nodes)[0]];
    const text = readFileSync(join(nodeFolders(instance, node).config, "kubelet.json"), "utf8");
    const loose = join(folder, "kubelet.json");
    writeFileSync(loose, text.replace('"mode": "Webhook"', '"mode": "AlwaysAllow"'), { mode: 0o644 });
    const shown = { name: node.name, files: { "kubelet-config.yaml": loose } };
    const [report = ""] = await benchReports(instance, join(folder, "loose"), shown);
    const { problems } = evaluateBench([...files.slice(0, 1), report].map(readBenchReport), targets, today);
    assert.deepEqual(
      problems.map((problem) => /: (\S+) fails/.exec(problem)?.[1]),
      ["4.1.9", "4.2.2"],
    );
  });

  it("[COS-34] a Secret is encrypted in the cluster's store", async () => {
    const [secret, open] = [canary("secret"), canary("open")];
    await kubectl(["create", "namespace", namespace]);
    const metadata = { name: "stored", namespace };
    const items = [
      { apiVersion: "v1", kind: "Secret", metadata, stringData: { value: secret } },
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { value: open } },
    ];
    await kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const read = await kubectl(["get", "secret", "stored", "-n", namespace, "-o", "jsonpath={.data.value}"]);
    assert.equal(Buffer.from(read, "base64").toString(), secret);
    const store = join(instance.state, "etcd");
    assert.notDeepEqual(searchFiles([open], store).holding, [], "what is not encrypted is found");
    assert.deepEqual(searchFiles([secret], store).holding, []);
  });

  it("[COS-34] the API server answers nobody without a name", async () => {
    const status = await new Promise((resolve, reject) => {
      const options = { ca: readFileSync(pki(instance, "ca.crt")), agent: false as const };
      request(`${apiUrl(instance)}/readyz`, options, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    assert.equal(status, 401);
  });
});
