import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, type UnpackedImage, unpackedImage } from "./unpacked-image";

const span = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "dbt build",
  kind: 1,
  startTimeUnixNano: "1790000000000000000",
  endTimeUnixNano: "1790000001000000000",
};
const resource = { attributes: [{ key: "service.name", value: { stringValue: "dbt" } }] };
const trace = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });

/** The collector out of the image's own layer, as the image's user, with nothing but /tmp to write to. */
describe("images: otel-collector", function () {
  this.timeout(600_000); // the first build compiles the collector
  let image: UnpackedImage;
  const running = new Set<ChildProcess>();

  before(async () => {
    image = await unpackedImage("otel-collector");
    mkdirSync(join(image.root, "etc"));
  });
  after(() => {
    for (const child of running) child.kill("SIGKILL");
    image.remove();
  });

  function collector(config: object, env: Readonly<Record<string, string>> = {}) {
    writeFileSync(join(image.root, "etc/collector.yaml"), JSON.stringify(config));
    chmodSync(join(image.root, "etc/collector.yaml"), 0o644);
    const [command, ...args] = [
      ...image.within,
      "/usr/local/bin/otel-collector",
      "--config=/etc/collector.yaml",
    ] as const;
    const child = spawn(command, args, {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    running.add(child);
    let text = "";
    child.stderr.on("data", (chunk) => (text += chunk));
    return { child, ended: once(child, "close").then(([code]) => code as number | null), output: () => text };
  }

  /** Asks until the answer is the wanted one. */
  async function eventually(what: string, asked: () => Promise<boolean>): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 50) {
      if (await asked().catch(() => false)) return;
      await sleep(50);
    }
    throw new Error(`not seen: ${what}`);
  }

  it("a span that comes in is counted and goes on, nothing is written, and it ends when told to", async () => {
    const [http, health, metrics] = [await freePort(), await freePort(), await freePort()];
    const received: string[] = [];
    const sink: Server = createServer((request, response) => {
      received.push(`${request.method} ${request.url}`);
      request.resume().on("end", () => response.end());
    }).listen(0, "127.0.0.1");
    await once(sink, "listening");
    const { port } = sink.address() as { port: number };
    const { child, ended, output } = collector(
      {
        extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
        receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
        processors: { memory_limiter: { check_interval: "1s", limit_mib: 100 }, batch: { timeout: "100ms" } },
        exporters: { debug: {}, otlphttp: { endpoint: "${env:SINK}" } },
        service: {
          extensions: ["health_check"],
          telemetry: {
            metrics: { readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: metrics } } } }] },
          },
          pipelines: {
            traces: { receivers: ["otlp"], processors: ["memory_limiter", "batch"], exporters: ["debug", "otlphttp"] },
          },
        },
      },
      { SINK: `http://127.0.0.1:${port}` },
    );
    try {
      await eventually("healthy", async () => (await fetch(`http://127.0.0.1:${health}/`)).status === 200);
      const post = (body: string): Promise<Response> =>
        fetch(`http://127.0.0.1:${http}/v1/traces`, {
          method: "POST",
          body,
          headers: { "content-type": "application/json" },
        });
      assert.equal((await post("{")).status, 400);
      assert.equal((await post(trace)).status, 200);
      const counted = async (name: string): Promise<boolean> =>
        new RegExp(`^${name}\\{.*\\} 1$`, "m").test(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text());
      await eventually("accepted", () => counted("otelcol_receiver_accepted_spans"));
      await eventually("sent", async () => received.includes("POST /v1/traces"));
      assert.deepEqual(readdirSync(join(image.root, "tmp")), []);
    } finally {
      child.kill("SIGTERM");
      sink.close();
    }
    assert.equal(await ended, 0, output());
  });

  it("a component that it does not have is told by its name, with those it has", async () => {
    const { ended, output } = collector({ exporters: { prometheus: {} } });
    assert.equal(await ended, 1);
    assert.match(output(), /'exporters' unknown type: "prometheus" for id: "prometheus" \(valid values: \[.*otlphttp/);
  });
});
