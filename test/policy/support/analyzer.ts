import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzeResponse, AnalyzerInfo, RemediateResponse } from "@pulumi/pulumi/proto/analyzer_pb";
import {
  AnalyzeRequest,
  AnalyzerResourceOptions,
  AnalyzerStackConfigureRequest,
  ConfigureAnalyzerRequest,
  type EnforcementLevel,
  PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

// The copy that Pulumi's own stubs use.
const { credentials } = createRequire(require.resolve("@pulumi/pulumi"))(
  "@grpc/grpc-js",
) as typeof import("@grpc/grpc-js");

/** A policy pack as the engine sees it: a process that says its port and answers calls. */
export class Analyzer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** Starts `program` in `folder`, as the engine starts an executable pack in the project's folder. */
  static async start(program: string, folder: string, env: NodeJS.ProcessEnv = process.env): Promise<Analyzer> {
    const child = spawn(program, ["127.0.0.1:1"], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return new Analyzer(child, new AnalyzerClient(`127.0.0.1:${String(line).trim()}`, credentials.createInsecure()));
  }

  /** The engine's first call: which stack it is and how it is configured. */
  configureStack(project: string, config: Readonly<Record<string, string>>): Promise<unknown> {
    const request = new AnalyzerStackConfigureRequest().setProject(project);
    for (const [key, value] of Object.entries(config)) request.getConfigMap().set(key, value);
    return answer((done) => this.client.configureStack(request, done));
  }

  /** What `--policy-pack-config` says, laid over the pack's own levels as the engine does. */
  async configure(
    given: Readonly<Record<string, { level?: EnforcementLevel; properties?: Record<string, JavaScriptValue> }>>,
  ): Promise<unknown> {
    const request = new ConfigureAnalyzerRequest();
    const own = (await this.info()).getPoliciesList().map((policy) => [policy.getName(), policy.getEnforcementlevel()]);
    const levels = new Map(own as [string, EnforcementLevel][]);
    for (const name of new Set([...levels.keys(), ...Object.keys(given)])) {
      const { level = levels.get(name) ?? 0, properties = {} } = given[name] ?? {};
      const setting = new PolicyConfig().setEnforcementlevel(level).setProperties(Struct.fromJavaScript(properties));
      request.getPolicyconfigMap().set(name, setting);
    }
    return answer((done) => this.client.configure(request, done));
  }

  info(): Promise<AnalyzerInfo> {
    return answer((done) => this.client.getAnalyzerInfo(new Empty(), done));
  }

  analyze(type: string, properties: Record<string, JavaScriptValue>): Promise<AnalyzeResponse> {
    const request = new AnalyzeRequest()
      .setType(type)
      .setUrn(`urn:${type}`)
      .setName("web")
      .setOptions(new AnalyzerResourceOptions());
    return answer((done) => this.client.analyze(request.setProperties(Struct.fromJavaScript(properties)), done));
  }

  /** Inputs after the fixes of all policies at the level "remediate", and which policies made one; the inputs given when none did. */
  async remediate(
    type: string,
    properties: Record<string, JavaScriptValue>,
  ): Promise<{ properties: Record<string, JavaScriptValue>; by: string[] }> {
    const request = new AnalyzeRequest()
      .setType(type)
      .setUrn(`urn:${type}`)
      .setName("web")
      .setOptions(new AnalyzerResourceOptions())
      .setProperties(Struct.fromJavaScript(properties));
    const response: RemediateResponse = await answer((done) => this.client.remediate(request, done));
    const fixes = response.getRemediationsList();
    return {
      properties: fixes.at(-1)?.getProperties()?.toJavaScript() ?? properties,
      by: fixes.map((fix) => fix.getPolicyname()),
    };
  }

  async stop(): Promise<void> {
    this.client.close();
    this.child.kill("SIGKILL");
    await once(this.child, "close");
  }
}

function answer<T>(call: (done: (error: ServiceError | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error === null ? resolve(value) : reject(error))));
}
