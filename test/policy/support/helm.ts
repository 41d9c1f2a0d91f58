import { join } from "node:path";
import { programEnvironment } from "../../../local/toolchain/locate";

/** Makes the policy's renderer use the Helm that the project uses: HELM_BIN, the person's own, or the built one, as a server where it is built as one. */
export function useHelm(): void {
  const { HELM_BIN, HELM_RENDER_BIN } = programEnvironment();
  Object.assign(process.env, { HELM_BIN, HELM_RENDER_BIN });
}

/** Absolute path of a fixture chart. */
export function chart(name: string): string {
  return join(__dirname, "..", "fixtures", "charts", name);
}
