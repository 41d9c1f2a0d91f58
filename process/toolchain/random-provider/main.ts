import { randomInt } from "node:crypto";
import * as provider from "@pulumi/pulumi/provider";

/** The part of the random provider this project uses, for machines that cannot fetch the real plugin. Same inputs, same outputs. */

const passwordType = "random:index/randomPassword:RandomPassword";

interface PasswordInputs {
  readonly length: number;
  readonly lower?: boolean;
  readonly upper?: boolean;
  readonly numeric?: boolean;
  readonly special?: boolean;
  readonly keepers?: Readonly<Record<string, string>>;
}

function password(inputs: PasswordInputs): string {
  const alphabet = [
    inputs.lower === false ? "" : "abcdefghijklmnopqrstuvwxyz",
    inputs.upper === false ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    inputs.numeric === false ? "" : "0123456789",
    inputs.special === false ? "" : "!@#$%&*()-_=+[]{}<>:?",
  ].join("");
  return Array.from({ length: inputs.length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";

class RandomProvider implements provider.Provider {
  readonly version = "4.21.2";
  async check(urn: string, _olds: unknown, inputs: PasswordInputs): Promise<provider.CheckResult> {
    if (typeOf(urn) === passwordType) return { inputs };
    const reason = `${typeOf(urn)} is not in the stand-in for the random provider, only RandomPassword is; install the real one: pulumi plugin install resource random`;
    return { inputs, failures: [{ property: "type", reason }] };
  }
  async diff(_id: string, _urn: string, olds: PasswordInputs, news: PasswordInputs): Promise<provider.DiffResult> {
    const keys = ["length", "lower", "upper", "numeric", "special", "keepers"] as const;
    const replaces = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    return { changes: replaces.length > 0, replaces };
  }
  async create(_urn: string, inputs: PasswordInputs): Promise<provider.CreateResult> {
    return { id: "none", outs: { ...inputs, result: password(inputs), bcryptHash: "" } };
  }
  async read(id: string, _urn: string, state: unknown): Promise<provider.ReadResult> {
    return { id, props: state };
  }
  async delete(): Promise<void> {}
}

console.error("random: using this project's stand-in for the random provider (RandomPassword only)");
provider.main(new RandomProvider(), process.argv.slice(2));
