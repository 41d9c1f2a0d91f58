import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { applyArguments } from "./addons";
import { nodes } from "./addresses";
import { apiGet, kubectl } from "./api";
import type { Instance } from "./names";

/** Default StorageClass: a folder on the node the pod is placed on. */
const storageClass = "local";
const volumesPerNode = 5;

interface Volume {
  readonly name: string;
  readonly node: string;
  readonly folder: string;
}

const volumes = (instance: Instance): Volume[] =>
  nodes.flatMap((node) =>
    Array.from({ length: volumesPerNode }, (_, index) => ({
      name: `${node.name}-volume-${index + 1}`,
      node: node.name,
      folder: join(instance.state, node.name, "volumes", String(index + 1)),
    })),
  );

const classManifest = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: storageClass, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode: "WaitForFirstConsumer",
};

const volumeManifest = ({ name, node, folder }: Volume) => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name },
  spec: {
    // The folder has no size limit: the capacity only decides which claims it satisfies.
    capacity: { storage: "100Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: storageClass,
    local: { path: folder },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }],
      },
    },
  },
});

/** Names of the volumes whose claim was deleted: only `up` empties them. */
async function released(instance: Instance): Promise<string[]> {
  const { items } = JSON.parse(await apiGet(instance, "/api/v1/persistentvolumes")) as {
    items: { metadata: { name: string }; status: { phase: string } }[];
  };
  return items.filter(({ status }) => status.phase === "Released").map(({ metadata }) => metadata.name);
}

/**
 * Offers persistent volumes: a default StorageClass with five folders on each node, bound when a pod is placed. A volume
 * whose claim is gone keeps its data until the next `up`, which empties it and offers it again.
 */
export async function ensureStorage(instance: Instance): Promise<void> {
  const all = volumes(instance);
  for (const name of await released(instance)) {
    const volume = all.find((one) => one.name === name);
    if (!volume) continue;
    await kubectl(instance, ["delete", "persistentvolume", name, "--wait=true"]);
    rmSync(volume.folder, { recursive: true, force: true });
  }
  for (const { folder } of all) mkdirSync(folder, { recursive: true });
  const items = [classManifest, ...all.map(volumeManifest)];
  await kubectl(instance, applyArguments, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}
