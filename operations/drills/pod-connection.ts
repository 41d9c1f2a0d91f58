import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Where a connection goes: a port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One WebSocket frame of a client: masked, in one piece. */
function frame(kind: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? Buffer.of(0x80 | length) : Buffer.alloc(length < 65_536 ? 3 : 9);
  if (length >= 126) size[0] = 0x80 | (length < 65_536 ? 126 : 127);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] as number)));
  return Buffer.concat([Buffer.of(0x80 | kind), size, mask, masked]);
}

/** The first frame of a server's bytes, and how many bytes it takes; nothing when it is not all there yet. */
function firstFrame(
  bytes: Buffer,
): { readonly kind: number; readonly payload: Buffer; readonly size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return undefined;
  return { kind: (bytes[0] as number) & 0x0f, payload: bytes.subarray(start, start + length), size: start + length };
}

/** Kubernetes' port-forward over a WebSocket (`v4.channel.k8s.io`): channel 0 carries the data, channel 1 an error; each begins with the port's two bytes. */
class PodConnection extends Duplex {
  private received: Buffer = Buffer.alloc(0);
  private readonly begun = new Set<number>();
  private ended = false;

  constructor(
    private readonly socket: Socket,
    head: Buffer,
  ) {
    super();
    // Paused until there is a listener: the first bytes may be the error.
    socket.pause();
    if (head.length > 0) socket.unshift(head);
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.finish());
    this.on("error", () => {});
  }

  private finish(): void {
    if (!this.ended) this.push(null);
    this.ended = true;
  }

  private receive(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    for (let found = firstFrame(this.received); found && !this.ended; found = firstFrame(this.received)) {
      this.received = this.received.subarray(found.size);
      this.handle(found.kind, found.payload);
    }
  }

  private handle(kind: number, payload: Buffer): void {
    if (kind === opcode.close) this.finish();
    if (kind === opcode.ping) this.socket.write(frame(opcode.pong, payload));
    if (kind !== opcode.binary && kind !== opcode.text) return;
    const channel = payload[0] ?? 0;
    const start = this.begun.has(channel) ? 1 : 3;
    this.begun.add(channel);
    const content = payload.subarray(start);
    if (content.length === 0) return;
    if (channel === 1) this.destroy(failureOf(content.toString().trim()));
    else if (!this.push(content)) this.socket.pause();
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(frame(opcode.binary, Buffer.concat([Buffer.of(0), chunk])), done);
  }

  /** There is no half-closed connection: who ends it is done. */
  override _final(done: (error?: Error | null) => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.ended = true;
    this.socket.destroy();
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
    const call = request({
      socketPath,
      path: `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`,
      headers: {
        host: "localhost",
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": randomBytes(16).toString("base64"),
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "v4.channel.k8s.io",
      },
    });
    call.on("upgrade", (_answer, socket, head) => resolve(new PodConnection(socket as Socket, head)));
    call.on("response", (answer) => {
      answer.resume();
      reject(new Error(`port-forward: status ${answer.statusCode}`));
    });
    call.on("error", reject);
    call.end();
  });
}
