import { eventually } from "./run";

/** Waits until definitions of kinds are served. By itself `kubectl wait` ends at once where a new definition has no condition yet. */
export const established = (
  kubectl: (args: readonly string[]) => Promise<unknown>,
  names: readonly string[],
): Promise<unknown> => {
  const args = ["wait", "crd", "--for=condition=Established", "--timeout=60s", ...names];
  return eventually(`${names.join(", ")}: served`, () => kubectl(args).catch(() => undefined));
};
