import { type ChildProcess, spawn } from "node:child_process";
import { instance } from "../e2e-cluster";

/** A way to one port of a Service, as a user at their desk takes it. */
export interface Forward {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): void;
}

/** Starts `kubectl port-forward` to one of the pods behind a Service, or to another object as `pod/<name>`, and returns its address once it listens. */
export function forward(namespace: string, service: string, port: number): Promise<Forward> {
  const target = service.includes("/") ? service : `svc/${service}`;
  const args = ["port-forward", "-n", namespace, target, `:${port}`, "--address", "127.0.0.1"];
  const child: ChildProcess = spawn("kubectl", args, {
    env: { ...process.env, KUBECONFIG: instance.kubeconfig },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let words = "";
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`port-forward ended: ${words}`)));
    child.stderr?.on("data", (text) => (words += text));
    child.stdout?.on("data", (text) => {
      const [, local] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(String(text)) ?? [];
      if (local) resolve({ url: `http://127.0.0.1:${local}`, close: () => void child.kill() });
    });
  });
}
