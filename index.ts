import * as pulumi from "@pulumi/pulumi";
import { connect } from "./components/connect";
import { readImageLock } from "./components/image";
import { pulumiHost } from "./components/pulumi-host";
import { underAdmission } from "./components/signature-admission";
import { readStackConfig } from "./config/stack-config";
import type { RunHost } from "./process/run-events";
import { enabledSystems, requirementsOf, systems } from "./systems/registry";

/**
 * The program: the stack's configuration → one component for each enabled system → outputs. It emits its events to the host that
 * runs it; under plain `pulumi up` they go to Pulumi's log.
 */
export = async (host: RunHost = pulumiHost): Promise<Record<string, unknown>> => {
  const stack = readStackConfig(systems);
  const owner = `${pulumi.getProject()}/${stack.stack}`;
  const { provider, observed, own } = await connect(stack, owner, requirementsOf(stack), host);
  const opts = underAdmission(stack, owner, { providers: { kubernetes: provider }, transformations: [own] });
  const imageLock = stack.imageLock ? readImageLock(stack.imageLock) : {};
  // Loaded first, so that all components are made in one go.
  const enabled = enabledSystems(stack);
  const components = await Promise.all(enabled.map(({ system }) => system.component()));
  return Object.fromEntries(
    enabled.map(({ system: { name }, config }, index) => [
      name,
      components[index]?.deploy(
        config,
        { stack, owner, observed, imageLock, credentials: stack.credentials[name] },
        opts,
      ),
    ]),
  );
};
