import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Cluster } from "../../../cluster/cluster";
import { openEndpoint } from "../../../operations/drills/endpoint";
import { figuresOf, percentile } from "../../../operations/drills/samples";
import { startStream } from "../../../operations/drills/stream";
import { eventually } from "../../support/run";

const nowhere = { cluster: new Cluster("none"), namespace: "none", service: "none", port: "80", path: "/" };

describe("stream of requests", () => {
  let server: Server;
  let mode: "well" | "broken" | "silent" | "cut" = "well";
  let connections = 0;
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;

  before(async () => {
    server = createServer((request, response) => {
      if (mode === "silent") return;
      if (mode === "cut") {
        response.writeHead(200, { "content-length": 100 });
        response.write("half");
        setTimeout(() => request.socket.destroy(), 5);
        return;
      }
      response.writeHead(mode === "well" ? 200 : 503).end(request.url);
    });
    server.on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("sends at its rate whether or not answers come, each request over a connection of its own", async () => {
    mode = "well";
    connections = 0;
    const stream = startStream(await openEndpoint({ ...nowhere, url: url() }), { rate: 100 });
    await sleep(600);
    const { requests, failed } = figuresOf(await stream.stop());
    assert.ok(requests >= 50 && requests <= 75, String(requests));
    assert.equal(failed, 0);
    assert.equal(connections, requests);
  });

  it("an error and a cut answer are failures with their reason, and belong to the phase they were due in", async () => {
    const stream = startStream(await openEndpoint({ ...nowhere, url: url() }), { rate: 50 });
    mode = "well";
    await sleep(200);
    // What is under way when the server changes belongs to neither side, and a busy machine takes its time to answer.
    stream.phase("between");
    const asked = connections + 5;
    await eventually("all from before is answered", async () => connections > asked);
    mode = "broken";
    stream.phase("broken");
    await eventually("a failure of it", async () => stream.failures("broken").length > 0);
    mode = "cut";
    stream.phase("cut");
    await eventually("a failure of it", async () => stream.failures("cut").length > 0);
    const samples = await stream.stop();
    const of = (phase: string): string[] => [
      ...new Set(samples.filter((one) => one.phase === phase).map(({ failure = "" }) => failure)),
    ];
    assert.deepEqual(stream.failures("before"), []);
    assert.deepEqual(of("before"), [""]);
    assert.ok(of("broken").includes("status 503"));
    assert.ok(
      of("cut").some((why) => why === "answer cut off" || why === "ECONNRESET"),
      String(of("cut")),
    );
    assert.equal(
      stream.count("broken", "cut"),
      samples.filter(({ phase }) => phase === "broken" || phase === "cut").length,
    );
  });

  it("silence is a failure, and so are too many unanswered requests", async () => {
    mode = "silent";
    const options = { rate: 50, timeoutMs: 200, maxInFlight: 4 };
    const stream = startStream(await openEndpoint({ ...nowhere, url: url() }), options);
    await sleep(400);
    assert.deepEqual(Object.keys(figuresOf(await stream.stop()).failures).sort(), [
      "no answer within 200 ms",
      "not sent: 4 requests unanswered",
    ]);
  });

  it("nobody listening is a failure, not the end", async () => {
    const stream = startStream(await openEndpoint({ ...nowhere, url: "http://127.0.0.1:1/" }), { rate: 50 });
    await sleep(100);
    assert.deepEqual(Object.keys(figuresOf(await stream.stop()).failures), ["ECONNREFUSED"]);
  });

  it("an address that is none is refused, and so is one with a user in it", async () => {
    await assert.rejects(openEndpoint({ ...nowhere, url: "nonsense" }), /--url is not an address: nonsense/);
    await assert.rejects(openEndpoint({ ...nowhere, url: "ftp://host/" }), /must be http:\/\/ or https:\/\//);
    await assert.rejects(
      openEndpoint({ ...nowhere, url: "http://user:word@host/" }),
      (error: Error) => !error.message.includes("word"),
    );
  });

  it("percentiles are values that were measured", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(
      [0.5, 0.95, 0.99, 1].map((share) => percentile(values, share)),
      [50, 95, 99, 100],
    );
    assert.equal(percentile([], 0.5), 0);
  });
});
