import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import {
  apiTarget,
  apiUrl,
  type HostPorts,
  hostPorts,
  openHostPorts,
  registryTarget,
  registryUrl,
} from "../../../cluster/local/host-ports";
import { writeAtomic } from "../../../process/atomic-write";
import { scratchInstance } from "../../support/cluster/scratch-instance";

const addressOf = (server: Server | undefined): AddressInfo => server?.address() as AddressInfo;

describe("host ports of a local cluster", () => {
  let instance: ReturnType<typeof scratchInstance>;
  const open: Server[] = [];
  const recorded = (ports: HostPorts): void =>
    writeAtomic(join(instance.state, "host-ports.json"), JSON.stringify(ports));
  async function opened(): Promise<Map<string, Server>> {
    const servers = await openHostPorts(instance);
    open.push(...servers.values());
    return servers;
  }
  /** A port that is taken, by this test or by someone else. */
  const taken = (port: number): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(port));
      server.listen(port, "127.0.0.1", () => {
        open.push(server);
        resolve(addressOf(server).port);
      });
    });
  async function closeAll(): Promise<void> {
    for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
  }
  beforeEach(() => {
    instance = scratchInstance();
  });
  afterEach(async () => {
    await closeAll();
    instance.remove();
  });

  it("are on loopback alone: the registry asks nobody for a name", async () => {
    const servers = await opened();
    assert.equal(servers.size, 12);
    assert.deepEqual([...new Set([...servers.values()].map((one) => addressOf(one).address))], ["127.0.0.1"]);
  });

  it("are recorded as they were opened", async () => {
    const servers = await opened();
    const ports = [...servers].map(([target, server]) => [target, addressOf(server).port]);
    assert.deepEqual(hostPorts(instance), Object.fromEntries(ports));
    assert.equal(apiUrl(instance), `https://127.0.0.1:${addressOf(servers.get(apiTarget)).port}`);
    assert.equal(registryUrl(instance), `http://127.0.0.1:${addressOf(servers.get(registryTarget)).port}`);
  });

  it("stay the same: kubeconfigs that were copied still lead there", async () => {
    const free = await taken(0);
    await closeAll();
    recorded({ [apiTarget]: free });
    assert.equal(addressOf((await opened()).get(apiTarget)).port, free);
  });

  it("are others where someone has them", async () => {
    const before = await taken(0);
    const own = await taken(6443);
    recorded({ [apiTarget]: before });
    const { port } = addressOf((await opened()).get(apiTarget));
    assert.ok(port !== before && port !== own, String(port));
    assert.equal(hostPorts(instance)[apiTarget], port);
  });

  it("are none of an instance that was never up, which is said with the command", () => {
    assert.ok(!existsSync(join(instance.state, "host-ports.json")));
    for (const [url, what] of [
      [apiUrl, "the API server"],
      [registryUrl, "the registry"],
    ] as const)
      assert.throws(() => url(instance), {
        name: "UserError",
        message: `${what} of cluster unit is not reachable; run: npm run cluster:up`,
      });
  });
});
