import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VerifiedCluster } from "../../cluster/cluster-identity";
import { deployedManifest } from "../../cluster/releases";
import { projectRoot } from "../../config/project";
import { askCluster } from "../../policy/render/ask-cluster";
import { renderChart } from "../../policy/render/render";
import { UserError } from "../../process/user-error";
import { diffFolders, layObjects, withoutFlux } from "./object-diff";
import { previewReleases } from "./run";

/**
 * The rendered objects of the charts compared with those of the revisions that Helm has deployed, as a unified diff; empty when they are
 * equal. Neither changes by hand nor what the program makes itself (Secret, ConfigMap, setup Job, NetworkPolicy, quota) are compared.
 */
export async function diff(stack: string, color: boolean): Promise<string> {
  const { config, releases } = await previewReleases(stack);
  if (config.delivery.with === "argocd")
    throw new UserError(
      "Argo CD keeps no Helm records to compare with; see the change with bin/hardened review, or with argocd app diff",
    );
  const cluster = new VerifiedCluster(config.cluster);
  const offered = await askCluster({ context: config.cluster.context });
  const folder = mkdtempSync(join(tmpdir(), "hardened-diff-"));
  try {
    for (const { chart, name, namespace, values } of releases) {
      const request = {
        chart: join(projectRoot, chart),
        name,
        namespace,
        values,
        kubeVersion: config.kubernetesVersion,
        ...offered,
      };
      const wanted = await renderChart(request);
      const deployed = await deployedManifest(cluster, namespace, name);
      const as = config.delivery.with === "flux" ? { as: withoutFlux } : {};
      await layObjects(join(folder, "deployed"), deployed ?? "", { namespace, hooks: false, ...as });
      await layObjects(join(folder, "wanted"), wanted.text, { namespace, hooks: false });
    }
    return diffFolders(folder, "deployed", "wanted", color);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
