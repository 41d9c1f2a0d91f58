import { strict as assert } from "node:assert";
import { join } from "node:path";
import { succeeded } from "../support/changes";
import { cluster, kubectl } from "../support/e2e-cluster";
import { run } from "../support/run";
import { root } from "../support/tree";

const chart = join(root, "charts/floe-platform");
const environments = ["dev", "staging"] as const;
const namespaceOf = (environment: string): string => `floe-kinds-${environment}`;

/** Everything that a stack of the local cluster leaves off. */
const more = [
  "ingress.enabled=true",
  "ingress.hosts[0].host=dagster.example.com",
  "ingress.hosts[0].paths[0].path=/",
  "ingress.hosts[0].paths[0].pathType=Prefix",
  `networkPolicy.clients={${namespaceOf("dev")}}`,
  "resourceQuota.enabled=true",
];

describe("floe's objects on a real API server", () => {
  before(async () => {
    await cluster();
    for (const environment of environments) await kubectl(["create", "namespace", namespaceOf(environment)]);
  });
  after(() => kubectl(["delete", "namespace", ...environments.map(namespaceOf), "--ignore-not-found", "--wait=false"]));

  it("[FL-54] [FL-55] [FL-86] two environments with everything that is off here are taken by the API server, side by side", async () => {
    for (const environment of environments) {
      const words = [
        ...["template", "floe", chart, "-n", namespaceOf(environment)],
        ...["-f", join(chart, `values-${environment}.yaml`), ...more.flatMap((one) => ["--set", one])],
      ];
      const { stdout } = succeeded(await run("helm", words));
      const taken = await kubectl(["apply", "--dry-run=server", "-f", "-"], stdout);
      for (const kind of ["ingress.networking.k8s.io", "resourcequota", "limitrange", "job.batch", "pod"])
        assert.match(taken, new RegExp(`^${kind}/\\S+ created \\(server dry run\\)$`, "m"), `${environment} ${kind}`);
    }
  });
});
