/** What the engine starts: hands the policies over. Everything else is in evaluate/pack.ts, which a test can load. */
import { createRequire } from "node:module";
import { PolicyPack } from "@pulumi/policy";
import { EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import { rules } from "./evaluate/catalogue";
import { policiesOf } from "./evaluate/pack";
import { environmentConfig, packConfig } from "./evaluate/pack-config";
import { engineConfigMistakes, type PolicySetting } from "./settings/engine-config";

// The copy of the stubs the policy SDK serves with: an installation may hold more than one.
const { AnalyzerService } = createRequire(require.resolve("@pulumi/policy"))(
  "@pulumi/pulumi/proto/analyzer_grpc_pb",
) as typeof import("@pulumi/pulumi/proto/analyzer_grpc_pb");

// Both language host and program start a pack in its own folder, of which the SDK reads package.json.
let settings = environmentConfig(process.env, process.cwd());
let switchedOn: ReadonlySet<string> = new Set();

// A pack started as a program gets the stack's configuration in the engine's first call, not in its environment, and the policy SDK (1.21)
// passes only tags on: so the call is read as it comes in. It comes before the engine asks for the policies and their enforcement.
const { configureStack, configure } = AnalyzerService;
const readStack = configureStack.requestDeserialize;
configureStack.requestDeserialize = (bytes) => {
  const request = readStack(bytes);
  const config = Object.fromEntries(request.getConfigMap().entries());
  if (request.getProject() !== "") settings = packConfig(config, request.getProject(), settings.projectRoot);
  return request;
};

const readLevels = configure.requestDeserialize;
configure.requestDeserialize = (bytes) => {
  const request = readLevels(bytes);
  const given = new Map<string, PolicySetting>();
  for (const [name, setting] of request.getPolicyconfigMap().entries()) {
    const properties = Object.keys(setting.getProperties()?.toJavaScript() ?? {});
    given.set(name, { enabled: setting.getEnforcementlevel() !== EnforcementLevel.DISABLED, properties });
  }
  const mistakes = engineConfigMistakes(
    given,
    rules.map(({ id }) => id),
  );
  if (mistakes.length > 0) request.getPolicyconfigMap = () => refuse(mistakes);
  switchedOn = new Set([...given].flatMap(([name, { enabled }]) => (enabled ? [name] : [])));
  return request;
};

/** Thrown where the SDK answers the engine, which would otherwise show the stack trace instead of the message. */
function refuse(mistakes: readonly string[]): never {
  const error = new Error(`the policy pack's configuration is wrong: ${mistakes.join("; ")}`);
  error.stack = error.message;
  throw error;
}

new PolicyPack("hardened", { policies: policiesOf(() => ({ ...settings, switchedOn })) });
