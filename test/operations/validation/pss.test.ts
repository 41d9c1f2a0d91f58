import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { runPss } from "../../../operations/validation/pss";

const good = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "good" },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{ name: "a", securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }],
  },
};
const allowed = { allowed: true, reasons: [], detail: "" };

async function answers(input: string | Readable): Promise<{ code: number; lines: unknown[] }> {
  const output = new PassThrough();
  const chunks: string[] = [];
  output.setEncoding("utf8").on("data", (chunk) => chunks.push(chunk));
  const code = await runPss(typeof input === "string" ? Readable.from([Buffer.from(input)]) : input, output);
  const text = chunks.join("");
  return {
    code,
    lines:
      text === ""
        ? []
        : text
            .replace(/\n$/, "")
            .split("\n")
            .map((line) => JSON.parse(line)),
  };
}

const ask = (pod: unknown, more: object = {}) =>
  `${JSON.stringify({ pod, level: "restricted", version: "latest", ...more })}\n`;

describe("pss", () => {
  it("[PSS] answers each line in order, with admission's words", async () => {
    const bad = { ...good, spec: { ...good.spec, hostPID: true } };
    const { code, lines } = await answers(
      ask(good) + ask(bad) + ask(bad, { level: "privileged" }) + ask(good, { version: "v1.30" }),
    );
    assert.deepEqual(lines, [
      allowed,
      { allowed: false, reasons: ["host namespaces"], detail: "host namespaces (hostPID=true)" },
      allowed,
      allowed,
    ]);
    assert.equal(code, 0);
  });

  it("[PSS] takes a Pod's ports as host ports on the host's network, a template's not", async () => {
    const spec = {
      ...good.spec,
      hostNetwork: true,
      containers: [{ ...good.spec.containers[0], ports: [{ containerPort: 80 }] }],
    };
    const template = { metadata: {}, spec };
    const pods = [
      { kind: "Pod", spec },
      { apiVersion: "v1", kind: "PodTemplate", template },
      { apiVersion: "apps/v1", kind: "Deployment", spec: { template } },
      template,
    ];
    const { lines } = await answers(pods.map((pod) => ask(pod)).join(""));
    const hostNetwork = "host namespaces (hostNetwork=true)";
    assert.deepEqual(
      lines.map((line) => (line as { detail: string }).detail),
      [`${hostNetwork}, hostPort (container "a" uses hostPort 80)`, hostNetwork, hostNetwork, hostNetwork],
    );
  });

  it("[PSS] knows no later checks than an emulated cluster", async () => {
    const pod = {
      ...good,
      spec: { ...good.spec, containers: [{ ...good.spec.containers[0], livenessProbe: { httpGet: { host: "x" } } }] },
    };
    const { lines } = await answers(ask(pod) + ask(pod, { emulation: "v1.33" }));
    assert.deepEqual(
      lines.map((line) => (line as { allowed: boolean }).allowed),
      [false, true],
    );
  });

  const bad: [string, string, string][] = [
    ["no JSON", "{\n", "the line is not JSON: "],
    ["an empty line", "\n", "the line is not JSON: "],
    [
      "a key that stands twice, which the API server would read as one object laid over the other",
      '{"level":"baseline","version":"latest","pod":{"spec":{"containers":[{"securityContext":{"privileged":true},"securityContext":{}}]}}}\n',
      'the key "securityContext" stands twice in one object',
    ],
    ["no object", "[]\n", 'the line must be an object with "pod", "level" and "version"'],
    [
      "every mistake at once",
      "{}\n",
      'level must be one of privileged, baseline, restricted, got nothing; version must be "latest" or "v1.x", got nothing; pod must be an object, got nothing',
    ],
    ["a bad version", ask(good, { version: "1.30" }), 'version must be "latest" or "v1.x", got "1.30"'],
    [
      "a version in a list",
      ask(good, { version: ["v1.30"] }),
      'version must be "latest" or "v1.x", got an object or list',
    ],
    ["a bad emulation", ask(good, { emulation: 3 }), 'emulation must be "latest" or "v1.x", got 3'],
    [
      "a bad level",
      ask(good, { level: ["restricted"] }),
      "level must be one of privileged, baseline, restricted, got an object or list",
    ],
    [
      "a kind without pods",
      ask({ apiVersion: "v1", kind: "Secret" }),
      'pod must be a Pod or have a pod template, got kind "Secret"',
    ],
    [
      "types the API server refuses",
      ask({ kind: "Pod", spec: { hostPID: "yes", containers: [{ ports: [{ hostPort: 1.5 }] }, 7] } }),
      "spec.hostPID must be true or false, got a string; spec.containers[0].ports[0].hostPort must be a 32-bit integer, got 1.5; spec.containers[1] must be an object, got 7",
    ],
  ];
  for (const [what, line, message] of bad) {
    it(`[PSS] answers ${what} with an error on its line, goes on, and ends with 2`, async () => {
      const { code, lines } = await answers(ask(good) + line + ask(good));
      assert.equal(code, 2);
      assert.deepEqual([lines[0], lines[2], lines.length], [allowed, allowed, 3]);
      const { error } = lines[1] as { error: string };
      assert.ok(error.startsWith(message), error);
    });
  }

  it("[PSS] never quotes the line, which may hold a secret, in what is wrong with it", async () => {
    const lines = [
      '{"password":correct-horse}',
      '{"a":"correct-horse" "b"}',
      "correct-horse",
      '{"pod":"correct-horse\u0001"}',
    ];
    for (const line of lines) {
      const [answer] = (await answers(`${line}\n`)).lines as { error: string }[];
      assert.match(answer?.error ?? "", /^the line is not JSON: \w/);
      assert.doesNotMatch(answer?.error ?? "", /orrect|hors/);
    }
  });

  it("[PSS] [MR-15] answers as the admission of a cluster where a line has a namespace in place of level and version", async () => {
    const pod = { kind: "Pod", spec: { hostPID: true } };
    const labels = { "pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/audit": "Baseline" };
    const namespace = { name: "shop", labels };
    const configuration = { exemptions: { usernames: ["robot"] } };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", spec: { template: pod } };
    const asked = [
      { pod, namespace },
      { pod: deployment, namespace: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": "baseline" } } },
      { pod, namespace, user: "robot", configuration },
      { pod, namespace: { name: "free" } },
    ];
    const { code, lines } = await answers(asked.map((one) => `${JSON.stringify(one)}\n`).join(""));
    const detail = "host namespaces (hostPID=true)";
    const verdict = { reasons: ["host namespaces"], detail };
    const unreadable = [
      'metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "Baseline": must be one of privileged, baseline, restricted',
    ];
    const would = `would violate PodSecurity "baseline:latest": ${detail}`;
    assert.deepEqual(lines, [
      {
        allowed: false,
        ...verdict,
        message: `violates PodSecurity "baseline:latest": ${detail}`,
        warnings: [],
        labels: unreadable,
      },
      { allowed: true, ...verdict, warnings: [would] },
      { ...allowed, warnings: [], exempt: "user", labels: unreadable },
      { ...allowed, warnings: [] },
    ]);
    assert.equal(code, 0);
  });

  it("[PSS] [MR-15] answers every mistake of a line with a namespace at once", async () => {
    const asked = {
      pod: 1,
      level: "baseline",
      namespace: { name: 1 },
      user: 3,
      configuration: { defaults: { warn: "none" } },
    };
    const { code, lines } = await answers(`${JSON.stringify(asked)}\n`);
    assert.deepEqual(lines, [
      {
        error:
          'level has no place beside namespace, whose labels decide; namespace must be an object with a "name" and "labels"; user must be a name, got 3; configuration.defaults.warn: Invalid value: "none": must be one of privileged, baseline, restricted; pod must be an object, got 1',
      },
    ]);
    assert.equal(code, 2);
  });

  it("[PSS] answers a last line without an end, and nothing with nothing", async () => {
    assert.deepEqual(await answers(ask(good).trimEnd()), { code: 0, lines: [allowed] });
    assert.deepEqual(await answers(""), { code: 0, lines: [] });
  });

  it("[PSS] reads lines and characters that are split over chunks", async () => {
    const bytes = Buffer.from(
      ask(
        {
          kind: "Pod",
          spec: { hostPID: true, containers: [{ name: "é\u{1f600}", securityContext: { privileged: true } }] },
        },
        { level: "baseline" },
      ),
    );
    const { lines } = await answers(Readable.from([...bytes].map((byte) => Buffer.from([byte]))));
    assert.match((lines[0] as { detail: string }).detail, /privileged \(container "é\u{1f600}" must not/u);
  });

  it("[PSS] refuses a line without end instead of keeping it, and goes on", async () => {
    const endless = Array.from({ length: 300 }, () => Buffer.alloc(64 * 1024, 0x20));
    const { code, lines } = await answers(Readable.from([...endless, Buffer.from(`\n${ask(good)}`)]));
    assert.deepEqual(lines, [{ error: "the line is longer than 16777216 characters" }, allowed]);
    assert.equal(code, 2);
  });

  it("[PSS] stops quietly when the reader goes away", async () => {
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
    });
    assert.equal(await runPss(Readable.from([Buffer.from(ask(good))]), output), 0);
  });

  it("[PSS] evaluates 200,000 lines, 400 MB, in a heap of 160 MB", async function () {
    this.timeout(240_000);
    const script = `require("./operations/validation/pss").runPss(process.stdin, process.stdout).then((code) => { process.exitCode = code; })`;
    const child = spawn(
      process.execPath,
      ["--max-old-space-size=160", "--max-semi-space-size=8", "-r", "ts-node/register/transpile-only", "-e", script],
      { cwd: join(__dirname, "..", "..", ".."), stdio: ["pipe", "pipe", "inherit"] },
    );
    let answered = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 0x0a) answered++;
    });
    const exit = once(child, "exit");
    const block = Buffer.from(ask({ ...good, metadata: { annotations: { filler: "x".repeat(1_700) } } }).repeat(100));
    for (let i = 0; i < 2_000; i++) if (!child.stdin.write(block)) await once(child.stdin, "drain");
    child.stdin.end();
    assert.deepEqual(await exit, [0, null]);
    assert.equal(answered, 200_000);
  });
});
