import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { forwarderProgram, handOver } from "../../../cluster/local/forwards";

const portOf = (server: Server): number => (server.address() as { port: number }).port;
async function listening(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("forwarder of a local cluster", function () {
  this.timeout(60_000);
  let forwarder: ChildProcess;
  const behind: Server[] = [];
  const folder = mkdtempSync(join(tmpdir(), "forwarder-"));
  before(() => {
    const program = join(folder, "forwarder.js");
    writeFileSync(program, forwarderProgram());
    forwarder = spawn(process.execPath, [program], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  });
  after(() => {
    rmSync(folder, { recursive: true });
    forwarder.kill("SIGKILL");
    for (const server of behind) server.close();
  });

  /** A connection through the forwarder to a server that does `serve`. */
  async function through(serve: (socket: Socket) => void, allowHalfOpen = true): Promise<Socket> {
    const server = await listening(serve);
    behind.push(server);
    return forwarded(`127.0.0.1:${portOf(server)}`, allowHalfOpen);
  }
  async function forwarded(target: string, allowHalfOpen: boolean): Promise<Socket> {
    const front = await listening(() => undefined);
    const port = portOf(front);
    await handOver(forwarder, new Map([[target, front]]));
    return connect({ host: "127.0.0.1", port, allowHalfOpen });
  }

  it("carries the whole answer to a client that has said all it wants to say", async () => {
    const client = await through(async (socket) => {
      const asked = await text(socket);
      socket.end(`${asked} ${"x".repeat(1 << 20)}`);
    });
    client.end("question");
    assert.equal((await text(client)).length, "question ".length + (1 << 20));
  });

  it("carries all that a client says to a server that has nothing more to say", async () => {
    const heard = Promise.withResolvers<string>();
    const client = await through((socket) => {
      socket.end("go on");
      void text(socket).then(heard.resolve, heard.reject);
    });
    assert.equal(await text(client), "go on");
    client.end("x".repeat(1 << 20));
    assert.equal((await heard.promise).length, 1 << 20);
  });

  it("ends a connection to a port at which nobody listens, and goes on", async () => {
    const gone = await listening(() => undefined);
    const target = `127.0.0.1:${portOf(gone)}`;
    await new Promise((resolve) => gone.close(resolve));
    const refused = await forwarded(target, false);
    refused.on("error", () => undefined).resume();
    await once(refused, "close");
    const client = await through((socket) => socket.end("answer"));
    assert.equal(await text(client), "answer");
  });

  it("ends a client's connection when the server's breaks", async () => {
    const client = await through((socket) => socket.once("data", () => socket.resetAndDestroy()), false);
    client.on("error", () => undefined).resume();
    client.write("question");
    await once(client, "close");
  });
});
