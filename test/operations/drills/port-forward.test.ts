import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { type Cluster, ClusterUnavailable } from "../../../cluster/cluster";
import { openEndpoint } from "../../../operations/drills/endpoint";
import { connectToPod } from "../../../operations/drills/pod-connection";
import { podPorts } from "../../../operations/drills/ready-pods";
import { figuresOf } from "../../../operations/drills/samples";
import { startStream } from "../../../operations/drills/stream";
import { eventually } from "../../support/run";

const slice = (pods: Readonly<Record<string, boolean | undefined>>, name?: string) => ({
  ports: [{ port: 8080, ...(name !== undefined && { name }) }],
  endpoints: Object.entries(pods).map(([pod, ready]) => ({
    conditions: { ...(ready !== undefined && { ready }) },
    targetRef: { kind: "Pod", name: pod },
  })),
});

describe("requests through port-forwards", () => {
  const folder = mkdtempSync(join(tmpdir(), "port-forward-"));
  const socketPath = join(folder, "socket");
  const webSockets = new WebSocketServer({ noServer: true });
  let server: Server;
  /** What the pods run: answers with what it was asked. */
  let app: Server;
  let slices: object[] = [];
  let status = 200;
  let refusing = new Set<string>();
  let reached: string[] = [];

  const forward = (socket: WebSocket, pod: string): void => {
    const port = Buffer.of(0x90, 0x1f);
    const send = (channel: number, content: Buffer): void => socket.send(Buffer.concat([Buffer.of(channel), content]));
    send(0, port);
    send(1, port);
    if (refusing.has(pod)) {
      send(1, Buffer.from(`sandbox of ${pod}: dial tcp4 127.0.0.1:8080: connect: connection refused`));
      socket.close();
      return;
    }
    const target = connect((app.address() as { port: number }).port, "127.0.0.1");
    target.on("data", (bytes) => send(0, bytes));
    target.on("close", () => socket.close());
    socket.on("message", (message: Buffer) => {
      if (message[0] === 0) target.write(message.subarray(1));
    });
    socket.on("close", () => target.destroy());
  };

  before(async () => {
    app = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const body = Buffer.concat(parts);
        response.writeHead(200, { "content-length": body.length }).end(body);
      });
    });
    server = createServer((request, response) => {
      assert.match(
        request.url ?? "",
        /^\/apis\/discovery\.k8s\.io\/v1\/namespaces\/shop\/endpointslices\?labelSelector=/,
      );
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ items: slices }));
    });
    server.on("upgrade", (request, socket: Socket, head) => {
      const [, pod = ""] =
        /^\/api\/v1\/namespaces\/shop\/pods\/(\w+)\/portforward\?ports=8080$/.exec(request.url ?? "") ?? [];
      reached.push(pod);
      // What it sends at once comes in one piece with the answer, as it may.
      socket.cork();
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        assert.equal(webSocket.protocol, "v4.channel.k8s.io");
        forward(webSocket, pod);
        socket.uncork();
      });
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  });
  beforeEach(() => {
    [status, refusing, reached] = [200, new Set(), []];
  });
  after(() => {
    for (const one of [server, app]) {
      one.closeAllConnections();
      one.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  let closed = 0;
  const cluster = {
    proxy: async () => ({
      socketPath,
      close: () => {
        closed += 1;
      },
    }),
  } as unknown as Cluster;
  const open = () => openEndpoint({ cluster, namespace: "shop", service: "web", port: "http", path: "/" });

  it("the ready pods take turns, and a pod that is ready later takes part", async () => {
    slices = [slice({ one: true, two: undefined, gone: false }, "http")];
    const endpoint = await open();
    assert.equal(endpoint.name, "port-forward to shop/web:http/");
    const stream = startStream(endpoint, { rate: 50 });
    await sleep(300);
    const early = [...reached];
    slices = [slice({ one: false }, "http"), slice({ late: true }, "http")];
    await eventually("the new pod is reached", async () => reached.slice(-5).every((pod) => pod === "late"));
    const { failed, failures } = figuresOf(await stream.stop());
    endpoint.close();
    assert.deepEqual(failures, {});
    assert.equal(failed, 0);
    assert.deepEqual([...new Set(early)].sort(), ["one", "two"]);
    const turns = early.filter((pod) => pod === "one").length * 2 - early.length;
    assert.ok(Math.abs(turns) <= 1, early.join(" "));
  });

  it("a refused connection and a Service without a ready pod are failures of one request each, and nothing ends", async () => {
    slices = [slice({ one: true, two: true }, "http")];
    refusing = new Set(["two"]);
    const endpoint = await open();
    const stream = startStream(endpoint, { rate: 50 });
    await sleep(300);
    assert.deepEqual([...new Set(stream.failures("before"))], ["ECONNREFUSED"]);
    assert.ok(stream.failures("before").length < stream.count("before") * 0.7);
    slices = [slice({ one: false }, "http")];
    await sleep(400);
    stream.phase("empty");
    await sleep(200);
    await stream.stop();
    assert.deepEqual([...new Set(stream.failures("empty"))], ["no ready pod"]);
    endpoint.close();
  });

  it("content of any length arrives as it was sent", async () => {
    for (const length of [1, 125, 126, 65_535, 65_536, 300_000]) {
      const body = Buffer.alloc(length, "hardened");
      const connection = await connectToPod(socketPath, { namespace: "shop", pod: "one", port: 8080 });
      const parts: Buffer[] = [];
      connection.on("data", (part: Buffer) => parts.push(part));
      const ended = new Promise((resolve) => connection.on("end", resolve));
      connection.write(`POST / HTTP/1.1\r\nhost: web\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`);
      connection.write(body);
      await ended;
      const answer = Buffer.concat(parts);
      const start = answer.indexOf("\r\n\r\n") + 4;
      assert.ok(answer.subarray(start).equals(body), String(length));
      assert.equal(answer.subarray(0, start).toString().split("\r\n")[0], "HTTP/1.1 200 OK");
    }
  });

  it("endpoints nobody may read are an error, and the proxy is closed", async () => {
    status = 403;
    const before = closed;
    await assert.rejects(open(), (error: Error) => {
      assert.ok(error instanceof ClusterUnavailable);
      assert.match(error.message, /EndpointSlices could not be read: status 403/);
      return true;
    });
    assert.equal(closed, before + 1);
  });

  it("a port is found by its name, and one without a name by having none", () => {
    const found = [slice({ one: true }, "http"), slice({ two: true })];
    assert.deepEqual(podPorts(found, "shop", "http"), [{ namespace: "shop", pod: "one", port: 8080 }]);
    assert.deepEqual(podPorts(found, "shop", "80"), [{ namespace: "shop", pod: "two", port: 8080 }]);
    assert.deepEqual(podPorts(found, "shop", "other"), []);
    assert.deepEqual(podPorts([{ ports: null, endpoints: null }], "shop", "http"), []);
  });
});
