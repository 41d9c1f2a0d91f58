import { connect } from "node:net";
import { Duplex } from "node:stream";
import { WebSocket } from "ws";

/** Target of a connection: a port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Kubernetes' port-forward over a WebSocket: channel 0 carries the data, channel 1 an error; each begins with the port's two bytes. */
const protocol = "v4.channel.k8s.io";

class PodConnection extends Duplex {
  private readonly begun = new Set<number>();

  constructor(private readonly socket: WebSocket) {
    super();
    // Paused until there is a listener: the first bytes may be the error.
    socket.pause();
    socket.on("message", (message: Buffer) => this.receive(message));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.push(null));
    this.on("error", () => {});
  }

  private receive(message: Buffer): void {
    const channel = message[0] ?? 0;
    const start = this.begun.has(channel) ? 1 : 3;
    this.begun.add(channel);
    const content = message.subarray(start);
    if (content.length === 0 || this.destroyed) return;
    if (channel === 1) this.destroy(failureOf(content.toString().trim()));
    else if (!this.push(content)) this.socket.pause();
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.send(Buffer.concat([Buffer.of(0), chunk]), done);
  }

  /** The protocol has no half-closed connections: ending it closes both directions. */
  override _final(done: (error?: Error | null) => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.terminate();
    done(error);
  }
}

/** What the runtime says names the sandbox, which is another for each pod: a refused connection is told by its code. */
const failureOf = (text: string): Error =>
  /connection refused/.test(text)
    ? Object.assign(new Error(text), { code: "ECONNREFUSED" })
    : new Error(`port-forward: ${text}`);

/**
 * Opens a connection to a port of a pod, as `kubectl port-forward` does for each of its connections: through the API server and the kubelet into the pod's network
 * namespace, where no NetworkPolicy filters. Each has a WebSocket of its own, so that one that fails ends no other.
 */
export function connectToPod(socketPath: string, { namespace, pod, port }: PodPort): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const url = `ws://localhost/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
    const createConnection = () => connect(socketPath);
    const socket = new WebSocket(url, protocol, { createConnection, perMessageDeflate: false });
    socket.once("open", () => resolve(new PodConnection(socket)));
    socket.once("unexpected-response", (call, answer) => {
      reject(new Error(`port-forward: status ${answer.statusCode}`));
      call.destroy();
    });
    socket.on("error", reject);
  });
}
