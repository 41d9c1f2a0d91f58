import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publishPrograms } from "../../../cluster/local/images";
import { ensureToolchain } from "../../../process/toolchain/ensure";
import { instance, kubectl } from "../e2e-cluster";
import { goModule } from "../real-charts";
import { root } from "../tree";

const source = "github.com/sigstore/policy-controller@v0.13.1";
/** Its configuration is installed in the order of the files' names, the program last. */
const isPart = (file: string): boolean => /^(\d{3}|config)-.*\.yaml$|^webhook\.yaml$/.test(file);

async function parts(): Promise<string[]> {
  const folder = join(await goModule(source, root), "config");
  return readdirSync(folder)
    .filter(isPart)
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8"));
}

/** Puts sigstore's policy-controller onto the shared cluster, as its own repository installs it, and waits until it admits. */
export async function installPolicyController(): Promise<void> {
  await ensureToolchain(() => {}, ["policy-controller"]);
  const [image = ""] = await publishPrograms(instance, ["policy-controller"], "Admits signed images.");
  for (const part of await parts()) {
    const text = part
      .replaceAll("ko://github.com/sigstore/policy-controller/cmd/webhook", image)
      // Keys are given in the policies: the public trust root is not asked for, and nobody here is online.
      .replace("args: [", 'args: [ "--disable-tuf",')
      .replace("initialDelaySeconds: 20", "initialDelaySeconds: 1")
      .replace("terminationGracePeriodSeconds: 300", "terminationGracePeriodSeconds: 5");
    await kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], text);
  }
  await kubectl(["rollout", "status", "deployment/webhook", "-n", "cosign-system", "--timeout=120s"]);
}

/** Takes it off the cluster, with its definitions and every policy. */
export async function removePolicyController(): Promise<void> {
  // While it runs: it alone takes its finalizers off them.
  const kind = "clusterimagepolicies.policy.sigstore.dev";
  if ((await kubectl(["get", "crd", kind, "--ignore-not-found", "-o", "name"])) !== "")
    await kubectl(["delete", kind, "--all", "--timeout=60s"]);
  for (const part of (await parts()).reverse())
    await kubectl(["delete", "-f", "-", "--ignore-not-found", "--wait=false"], part);
  await kubectl(["wait", "--for=delete", "namespace/cosign-system", "--timeout=60s"]);
}
