import { strict as assert } from "node:assert";
import { X509Certificate } from "node:crypto";
import { type Pod, type PodEvent, warningsOf } from "../../operations/stack/status";
import { type KubeObject, kubectl, objects } from "../support/e2e-cluster";
import { eventually } from "../support/run";
import { type ZenAgents, zenAgents } from "../support/zen/zen-agents";
import { type Authority, authority, type Files, type Wanted } from "../support/zen/zen-certificates";

/** Mutual TLS between running agents and the SaaS: what each side refuses, in which words, and rotation under requests. */
describe("zen-agent and the SaaS: certificates", () => {
  let zen: ZenAgents;
  let stranger: Authority;
  const client = (of = zen.authority, wanted: Wanted = {}): Promise<Files> => of.issue("zen-agent", wanted);
  const server = (wanted: Wanted = {}, of = zen.authority): Promise<Files> =>
    of.issue("saas", { serves: [zen.host, `git.${zen.saas}`], ...wanted });

  /** New connections on both sides: what is under way keeps its certificate. */
  async function restartSaas(): Promise<void> {
    await kubectl(["rollout", "restart", "deployment/zen-saas", "-n", zen.saas]);
    await kubectl(["rollout", "status", "deployment/zen-saas", "-n", zen.saas, "--timeout=90s"]);
  }

  const answered = async (): Promise<unknown> => {
    const { accepted } = (await zen.state()).requests;
    return eventually("the SaaS accepts requests", async () => (await zen.state()).requests.accepted > accepted + 2);
  };

  /** What `hardened status` says below its table. */
  async function told(): Promise<string> {
    const [pods, events] = await Promise.all([
      objects<KubeObject & Pod>("pods", "-n", zen.namespace),
      objects<KubeObject & PodEvent>("events", "-n", zen.namespace),
    ]);
    return warningsOf(pods, events, Date.now()).join("\n");
  }

  /** Waits for the agent's words of a refusal, and that nothing was accepted meanwhile; then sets things right again. */
  async function refused(words: RegExp, serverWords: RegExp | undefined, since: Date, right: () => Promise<unknown>) {
    await eventually(`the agent says ${words}`, async () => words.test(await zen.logs(since)));
    const before = (await zen.state()).requests.accepted;
    if (serverWords !== undefined)
      await eventually(`the SaaS says ${serverWords}`, async () =>
        (await zen.state()).refusals.some((one) => serverWords.test(one)),
      );
    assert.equal((await zen.state()).requests.accepted, before, "something was accepted");
    for (const pod of await zen.agents())
      assert.match(await kubectl(["get", "pod", pod, "-n", zen.namespace]), / 1\/1 +Running +0 /, "it runs on");
    await eventually(`hardened status says ${words}`, async () => words.test(await told()));
    await right();
    await answered();
    await eventually("hardened status says nothing any more", async () => (await told()) === "");
  }

  before(async function () {
    this.timeout(900_000);
    zen = await zenAgents("zen-tls");
    stranger = await authority("stranger");
    await answered();
  });
  after(async () => {
    stranger?.remove();
    await zen?.remove();
  });

  it("[ZN-09] requests go over mutual TLS, with the agent's certificate", async () => {
    const files = await client();
    await zen.replace("client", files);
    const serial = BigInt(`0x${new X509Certificate(files["tls.crt"]).serialNumber}`).toString(16);
    await eventually(
      "its serial number is known to the SaaS",
      async () => ((await zen.state()).certificates[serial] ?? 0) > 2,
    );
  });

  it("[ZN-09] a client certificate of another CA is refused, and both sides say why", async () => {
    const since = new Date();
    const { "tls.crt": crt, "tls.key": key } = await client(stranger);
    await zen.replace("client", { "tls.crt": crt, "tls.key": key });
    await refused(/it does not trust the CA that signed it/, /signed by unknown authority/, since, async () =>
      zen.replace("client", await client()),
    );
  });

  it("[ZN-12] an expired client certificate is refused, and both sides say why", async () => {
    const since = new Date();
    await zen.replace("client", await client(zen.authority, { expired: true }));
    await refused(
      /the server refuses the client certificate: it has expired/,
      /has expired or is not yet valid/,
      since,
      async () => zen.replace("client", await client()),
    );
  });

  it("[ZN-09] without a client certificate the SaaS takes no request", async () => {
    const set = (value: string) =>
      kubectl(["set", "env", "deployment/zen-agent", "-n", zen.namespace, `ZEN_AGENT_TLS_ENABLED=${value}`]);
    const rolled = () => kubectl(["rollout", "status", "deployment/zen-agent", "-n", zen.namespace, "--timeout=120s"]);
    const since = new Date();
    await set("false");
    await rolled();
    await eventually("the old ones are gone", async () => (await zen.agents()).length === 2);
    await refused(/asks for a client certificate and got none/, /didn't provide a certificate/, since, async () => {
      await set("true");
      await rolled();
    });
  });

  it("[ZN-10] a SaaS whose certificate is of a CA that the agent does not trust is refused by the agent", async () => {
    const since = new Date();
    await zen.replace("trust", { "ca.crt": stranger.ca });
    await refused(/is signed by a CA that is not trusted here/, /bad certificate/, since, async () =>
      zen.replace("trust", { "ca.crt": zen.authority.ca }),
    );
  });

  it("[ZN-09] a certificate for another name than that of the endpoint is refused by the agent", async () => {
    const since = new Date();
    await zen.replace("server", await server({ serves: ["other.example"] }));
    await restartSaas();
    await refused(new RegExp(`the certificate is not for ${zen.host}`), /bad certificate/, since, async () => {
      await zen.replace("server", await server());
      await restartSaas();
    });
  });

  it("[ZN-14] must-staple: without an answer, with a revoked one or an old one the agent asks nothing; with a good one it does", async () => {
    await zen.replace("server", await server({ mustStaple: true }));
    for (const [status, words] of [
      ["none", /staples no OCSP answer, and one has to be there/],
      ["revoked", /the certificate of the server was revoked on/],
      ["expired", /the OCSP answer was valid until/],
    ] as const) {
      const since = new Date();
      await restartSaas();
      await zen.admin("PUT", "/ocsp", { status });
      await refused(words, undefined, since, () => zen.admin("PUT", "/ocsp", { status: "good" }));
    }
    await zen.replace("server", await server());
    await restartSaas();
    await answered();
  });

  it("[ZN-12] [ZN-13] a rotated Secret counts at the next handshake: no restart, and no request that fails", async () => {
    const since = new Date();
    const before = await zen.state();
    const serials: string[] = [];
    for (let round = 0; round < 5; round++) {
      const files = await client();
      const serial = BigInt(`0x${new X509Certificate(files["tls.crt"]).serialNumber}`).toString(16);
      await zen.replace("client", files);
      await zen.replace("server", await server());
      await eventually(
        `certificate ${round} is in use`,
        async () => ((await zen.state()).certificates[serial] ?? 0) > 3,
      );
      serials.push(serial);
    }
    const after = await zen.state();
    const requests = after.requests.accepted - before.requests.accepted;
    console.log(
      `      ${requests} requests over ${serials.length} rotations, ${after.requests.refused - before.requests.refused} refused`,
    );
    assert.ok(requests >= 20);
    assert.equal(after.requests.refused, before.requests.refused);
    assert.doesNotMatch(await zen.logs(since), /cannot be used/);
    for (const pod of await zen.agents())
      assert.match(await kubectl(["get", "pod", pod, "-n", zen.namespace]), / 1\/1 +Running +0 /);
  });
});
