import * as pulumi from "@pulumi/pulumi";
import { type Registration, watchRegistrations } from "../../../operations/validation/registration";

/**
 * What `make` asks an engine for, in the order it asks. An object's name is known, as after its creation. Throws what `make` throws.
 * @param seen is given every resource with its inputs as they are, secrets among them
 */
export async function registered(
  make: () => unknown,
  isPreview = true,
  seen: (resource: pulumi.runtime.MockResourceArgs) => void = () => undefined,
): Promise<Registration[]> {
  const all: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        seen(resource);
        const { name, inputs } = resource;
        const metadata = { name, ...inputs.metadata };
        const status = { status: "deployed", revision: 4 };
        return { id: name, state: { ...inputs, metadata, status, result: `(random of ${name})` } };
      },
      call: () => ({}),
    },
    "hardened",
    "dev",
    isPreview,
    "organization",
  );
  watchRegistrations((one) => void all.push(one));
  try {
    await make();
  } finally {
    await pulumi.runtime.disconnect();
  }
  return all;
}

/** Collects what is in Secrets, by their names, from all that `registered` sees. */
export function secretContents() {
  const secrets: Record<string, Readonly<Record<string, string>>> = {};
  const seen = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs): void => {
    if (type === "kubernetes:core/v1:Secret") secrets[name] = pulumi.runtime.unwrapRpcSecret(inputs.stringData);
  };
  return { secrets, seen };
}

/** The registration of that type and name. */
export function registrationOf(all: readonly Registration[], resource: string): Registration {
  const found = all.find((one) => one.resource === resource);
  if (!found) throw new Error(`no ${resource} among ${all.map((one) => one.resource).join(", ")}`);
  return found;
}

/** The value of an output. */
export const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => void output.apply(resolve));

/** What `make` warns of, where there is no engine to tell it. Throws what `make` throws. */
export async function warnings(make: () => unknown): Promise<string[]> {
  const all: string[] = [];
  const { warn } = console;
  console.warn = (line: string) => void all.push(line.replace("warning: [runtime] ", ""));
  try {
    await make();
  } finally {
    console.warn = warn;
  }
  return all;
}
