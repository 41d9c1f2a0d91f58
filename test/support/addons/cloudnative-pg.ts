import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { registryName } from "../../../cluster/local/addresses";
import { registryUrl } from "../../../cluster/local/host-ports";
import { buildImages } from "../../../images/build/build";
import { type Image, imageUser } from "../../../images/build/image";
import { architecture, blobFile, manifestDescriptor, readManifest } from "../../../images/build/oci";
import { packBinary } from "../../../images/build/pack-binary";
import { pushImage } from "../../../images/build/registry-client";
import { ensureToolchain } from "../../../process/toolchain/ensure";
import { toolPath } from "../../../process/toolchain/locate";
import { platform } from "../../charts/support/floe";
import type { Rendered } from "../../charts/support/helm";
import { applyServerSide, cluster, instance, type KubeObject, kubectl } from "../e2e-cluster";
import type { Definition } from "../gitops-kinds";
import { goModule } from "../real-charts";
import { root } from "../tree";

/** The CloudNativePG operator, built from its Go module and installed as its own project releases it. */

const version = "1.30.0";
const source = `github.com/cloudnative-pg/cloudnative-pg@v${version}`;
const namespace = "cnpg-system";
const deployment = "cnpg-controller-manager";

async function released(cwd = root): Promise<KubeObject[]> {
  const text = readFileSync(join(await goModule(source, cwd), `releases/cnpg-${version}.yaml`), "utf8");
  return (loadAll(text) as (KubeObject | null)[]).filter((one) => one !== null);
}

/** Definitions of its kinds.
 *  @param cwd a folder outside of any other Go module */
export const cloudNativePgDefinitions = async (cwd: string): Promise<Definition[]> =>
  (await released(cwd)).filter(({ kind }) => kind === "CustomResourceDefinition") as unknown as Definition[];

/** What charts/floe-platform makes of the database in production: three instances, a role and a database for each part, and who reaches them. */
export async function productionDatabase(
  namespace: string,
  image: Readonly<Record<string, string>>,
): Promise<Rendered[]> {
  const values = { resourcePreset: "small", postgresql: { cnpg: { served: true }, image } };
  const all = await platform("prod", values, { namespace });
  const own = /^(Cluster|Database|NetworkPolicy)$/;
  return all.filter(({ kind, metadata: { name } }) => own.test(kind) && /-(postgresql(-.*)?|daemon)$/.test(name));
}

async function push(image: Image): Promise<string> {
  await pushImage(image.layoutDir, registryUrl(instance), image.name, "test");
  return image.digest;
}

/** Pushes the operator where its own image has it: it copies itself from there into the pods of PostgreSQL. */
async function publishOperator(): Promise<string> {
  await ensureToolchain(() => {}, ["cloudnative-pg"]);
  const name = "cloudnative-pg";
  const path = `/operator/manager_${architecture()}`;
  const image = await packBinary({
    name,
    description: "Runs PostgreSQL with standbys and failover.",
    files: [{ path, from: toolPath(name), mode: 0o755 }],
    links: [{ path: "/manager", target: path }],
    user: imageUser,
    entrypoint: ["/manager"],
    env: [],
  });
  return `${registryName}/${name}@${await push(image)}`;
}

/** Pushes PostgreSQL and gives it as values of the chart. Its tag is the major version: the operator reads it there. */
export async function publishPostgres(): Promise<Readonly<Record<"repository" | "tag" | "digest", string>>> {
  const [image] = await buildImages(["postgres"], { log: () => {} });
  assert.ok(image);
  const [layer] = readManifest(image.layoutDir, manifestDescriptor(image.layoutDir)).layers;
  assert.ok(layer);
  const files = execFileSync("tar", ["-tf", blobFile(image.layoutDir, layer.digest)], { encoding: "utf8" });
  const tag = /^usr\/lib\/postgresql\/(\d+)\/bin\/postgres$/m.exec(files)?.[1];
  assert.ok(tag);
  return { repository: `${registryName}/postgres`, tag, digest: await push(image) };
}

/** Pushes the client that adds rows. */
export async function publishPsql(): Promise<string> {
  const [image] = await buildImages(["psql"], { log: () => {}, sources: join(__dirname, "images") });
  assert.ok(image);
  return `${registryName}/psql@${await push(image)}`;
}

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };

/** Puts the operator onto the shared cluster, in a restricted namespace, and waits until it admits. */
export async function installCloudNativePg(): Promise<void> {
  await cluster();
  const image = await publishOperator();
  const items = (await released()).map((one) => {
    if (one.kind === "Namespace") return { ...one, metadata: { ...one.metadata, labels: restricted } };
    if (one.kind !== "Deployment") return one;
    // Where it runs, and where the pods of PostgreSQL get it from.
    const own = JSON.stringify(one).replaceAll(`ghcr.io/cloudnative-pg/cloudnative-pg:${version}`, image);
    return JSON.parse(own) as KubeObject;
  });
  await applyServerSide(items);
  await kubectl(["rollout", "status", `deployment/${deployment}`, "-n", namespace, "--timeout=120s"]);
}

/** Takes the operator off the cluster, with its definitions and everything made by them. */
export async function removeCloudNativePg(): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: await released() };
  await kubectl(["delete", "-f", "-", "--ignore-not-found", "--timeout=120s"], JSON.stringify(list));
}
