import * as pulumi from "@pulumi/pulumi";
import { connect } from "./components/connect";
import { readImageLock } from "./components/image";
import { underAdmission } from "./components/signature-admission";
import { readStackConfig } from "./config/stack-config";
import { systems } from "./systems/registry";
import { systemSchemas } from "./systems/schemas";

/** The program: the stack's configuration → one component for each enabled system → outputs. */
export = async (): Promise<Record<string, unknown>> => {
  const stack = readStackConfig(systemSchemas);
  const enabled = Object.entries(systems).filter(([name, system]) => system.isEnabled(stack.systems[name]));
  const owner = `${pulumi.getProject()}/${stack.stack}`;
  const wanted = enabled.flatMap(([name, system]) => system.wanted(stack.systems[name]));
  const { provider, observed, own } = await connect(stack, owner, wanted);
  const opts = underAdmission(stack, owner, { providers: { kubernetes: provider }, transformations: [own] });
  const imageLock = stack.imageLock ? readImageLock(stack.imageLock) : {};
  return Object.fromEntries(
    enabled.map(([name, system]) => [
      name,
      system.deploy(
        stack.systems[name],
        { stack, owner, observed, imageLock, credentials: stack.credentials[name] },
        opts,
      ),
    ]),
  );
};
