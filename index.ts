import * as pulumi from "@pulumi/pulumi";
import { connect } from "./components/connect";
import { readImageLock } from "./components/image";
import { underAdmission } from "./components/signature-admission";
import { readStackConfig } from "./config/stack-config";
import { enabledSystems, requirementsOf, systems } from "./systems/registry";

/** The program: the stack's configuration → one component for each enabled system → outputs. */
export = async (): Promise<Record<string, unknown>> => {
  const stack = readStackConfig(systems);
  const owner = `${pulumi.getProject()}/${stack.stack}`;
  const { provider, observed, own } = await connect(stack, owner, requirementsOf(stack));
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
