/** Builds the tools the benches compare with, each from its own pinned Go module below peers/, into a cache outside the checkout. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "../policy/own-folders";

const packages = {
  upstream: ".",
  "kube-score": "github.com/zegl/kube-score/cmd/kube-score",
  kyverno: "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
  gator: "github.com/open-policy-agent/gatekeeper/v3/cmd/gator",
} as const;

/** Path of a peer, built when its sources are new. Needs Go 1.26 and, the first time, the Go module proxy. */
export function peer(name: keyof typeof packages): string {
  const module = join(__dirname, "peers", name);
  const digest = createHash("sha256");
  for (const file of readdirSync(module).sort()) digest.update(`${file}\0`).update(readFileSync(join(module, file)));
  const cache = cacheRoot();
  const binary = join(cache, "bench", `${name}-${digest.digest("hex").slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  mkdirSync(join(cache, "bench"), { recursive: true });
  console.error(`building ${name}, once: this can take minutes`);
  const unfinished = `${binary}.${process.pid}`;
  const args = ["build", "-trimpath", "-buildvcs=false", "-o", unfinished, packages[name]];
  execFileSync("go", args, { cwd: module, stdio: ["ignore", "inherit", "inherit"] });
  renameSync(unfinished, binary);
  return binary;
}
