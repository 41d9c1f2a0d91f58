import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { handOver } from "../../../cluster/local/forwards";

const child = (program: string): ChildProcess =>
  spawn(process.execPath, ["-e", program], { stdio: ["ignore", "ignore", "inherit", "ipc"] });

async function listening(): Promise<Server> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

describe("host ports are handed over to the forwarder", () => {
  it("and it answers on each, also when the command has closed them", async () => {
    const taker = child("process.on('message', (name, server) => server.on('connection', (one) => one.end(name)))");
    const servers = new Map([
      ["api", await listening()],
      ["registry", await listening()],
    ]);
    const ports = [...servers].map(([name, server]) => [name, portOf(server)] as const);
    await handOver(taker, servers);
    try {
      for (const [name, port] of ports) {
        const [answer] = await once(connect(port, "127.0.0.1"), "data");
        assert.equal(String(answer), name);
      }
    } finally {
      taker.kill();
    }
  });

  for (const [when, program] of [
    ["at once, as one that cannot join its cgroup", "process.exit(1)"],
    ["by a signal", "process.kill(process.pid, 'SIGKILL')"],
  ] as const)
    it(`an end of it ${when} is an error, and the ports are free again`, async () => {
      const servers = new Map([
        ["api", await listening()],
        ["registry", await listening()],
      ]);
      await assert.rejects(handOver(child(program), servers));
      assert.deepEqual(
        [...servers.values()].filter((server) => server.listening),
        [],
      );
    });

  it("a process that has ended before takes none", async () => {
    const gone = child("");
    await once(gone, "exit");
    const server = await listening();
    await assert.rejects(handOver(gone, new Map([["api", server]])), /ended/);
    assert.ok(!server.listening);
  });
});
