import { join } from "node:path";
import { programEnvironment } from "../../../process/toolchain/locate";

/** Gives the policy's renderer the helm-render that was built, and tests that compare with it the Helm of the project. */
export function useHelm(): void {
  const { HELM_BIN, HELM_RENDER_BIN } = programEnvironment();
  Object.assign(process.env, { HELM_BIN, HELM_RENDER_BIN });
}

/** Absolute path of a fixture chart. */
export function chart(name: string): string {
  return join(__dirname, "..", "fixtures", "charts", name);
}
