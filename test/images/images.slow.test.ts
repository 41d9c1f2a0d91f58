import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type MailServer, mailroom, mailServer, runMailroom, start, stopAll, unpackImages } from "./programs";

const apply = ["setup", "--apply"];

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    try {
      return await check();
    } catch (error) {
      if (waited >= 5000) throw error;
      await sleep(50);
    }
  }
}

describe("mailroom and mail-server images", function () {
  this.timeout(60_000);
  let server: MailServer;
  before(function () {
    this.timeout(600_000); // the first build compiles them, beside the large ones of other files
    return unpackImages();
  });
  after(stopAll);
  beforeEach(async () => {
    server = await mailServer();
  });
  afterEach(() => server.stop());

  it("[MR-40] setup names every missing mailbox and group last, and the way out", async () => {
    const { code, lines } = await runMailroom(server.api, ["setup"]);
    assert.equal(code, 4);
    assert.deepEqual(lines, [
      "missing mailboxes (6): Feed, Paper Trail, Jail, @MailroomError, @MailroomWarning, Inbox/Person",
      "missing contact groups (5): Imbox, Feed, Paper Trail, Jail, Person",
      "Create them, or run setup once in apply mode (`setup.apply: true`).",
    ]);
  });

  it("[MR-40] setup without --apply changes nothing", async () => {
    const before = await server.admin("GET", "/state");
    await runMailroom(server.api, ["setup"]);
    assert.equal(await server.admin("GET", "/state"), before);
  });

  it("[MR-41] setup --apply creates what is missing, once", async () => {
    const first = await runMailroom(server.api, apply);
    assert.equal(first.code, 0);
    assert.equal(first.lines.at(-1), "setup succeeded: 8 mailboxes and 5 contact groups exist, 11 of them created now");
    const second = await runMailroom(server.api, apply);
    assert.deepEqual(second.lines, ["setup succeeded: 8 mailboxes and 5 contact groups exist, 0 of them created now"]);
    const check = await runMailroom(server.api, ["setup"]);
    assert.deepEqual(check, { code: 0, lines: ["setup succeeded: 8 mailboxes and 5 contact groups exist"] });
  });

  const wrong = {
    JMAP: { MAILROOM_JMAP_TOKEN: "wrong-token-77" },
    CardDAV: { MAILROOM_CARDDAV_PASSWORD: "wrong-password-88" },
  };
  for (const [side, env] of Object.entries(wrong)) {
    it(`a wrong credential for ${side} is told apart and not printed`, async () => {
      const { code, lines } = await runMailroom(server.api, ["setup"], {}, env);
      assert.equal(code, 3);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? "", new RegExp(`^authentication failed for ${side}: http://\\S+ refused .*401`));
    });
  }

  it("two wrong credentials are told at once, and the poller ends with them too", async () => {
    for (const args of [["setup"], []]) {
      const { code, lines } = await runMailroom(server.api, args, {}, { ...wrong.JMAP, ...wrong.CardDAV });
      assert.equal(code, 3);
      assert.deepEqual(
        lines.slice(-2).map((line) => line.split(":")[0]),
        ["authentication failed for JMAP", "authentication failed for CardDAV"],
      );
    }
  });

  it("[MR-24] a missing file and missing credentials are named together", async () => {
    const env = { MAILROOM_CONFIG: "/nowhere/config.yaml", MAILROOM_JMAP_TOKEN: "", MAILROOM_CARDDAV_PASSWORD: " " };
    const { code, lines } = await runMailroom(server.api, ["setup"], {}, env);
    assert.equal(code, 2);
    assert.deepEqual(lines, [
      "Config file not found: /nowhere/config.yaml",
      "Missing from the environment: MAILROOM_JMAP_TOKEN, MAILROOM_CARDDAV_PASSWORD",
    ]);
  });

  it("[MR-22] errors in the configuration are told all at once", async () => {
    const config = { polling: { interval: 0 }, triage: { categories: ["Feed", { name: "A", parent: "B" }, "Feed"] } };
    const { code, lines } = await runMailroom(server.api, ["setup"], config);
    assert.equal(code, 2);
    assert.match(lines.shift() ?? "", /^Config file \S+ is not valid:$/);
    assert.deepEqual(
      lines.map((line) => line.trim()),
      [
        'line 1: polling.interval must be a whole number of seconds from 1 to 86400, got "0"',
        'triage.categories[1] (A).parent must name a category, got "B"',
        "triage.categories[2] (Feed) has the same name as triage.categories[0]",
      ],
    );
  });

  it("wrong arguments and --help", async () => {
    assert.equal((await runMailroom(server.api, ["setpu"])).code, 2);
    const { code, lines } = await runMailroom(server.api, ["--help"]);
    assert.equal(code, 0);
    assert.ok(lines.includes("  mailroom setup --apply    create what is missing, then check"));
  });

  it("sorts known senders, leaves strangers, is healthy, and stops at once when told to", async () => {
    await runMailroom(server.api, apply);
    const poller = mailroom(server.api, []);
    await eventually(async () => assert.deepEqual(await server.sendersIn("Screener"), ["stranger@unknown.example"]));
    assert.deepEqual(await server.sendersIn("Feed"), ["weekly@newsletter.example"]);
    assert.deepEqual(await server.sendersIn("Paper Trail"), ["receipts@shop.example"]);
    assert.deepEqual(await server.sendersIn("Inbox/Person"), ["friend@home.example"]);
    await server.admin("POST", "/messages", { from: "friend@home.example", subject: "later", mailbox: "Screener" });
    await eventually(async () => assert.equal((await server.sendersIn("Inbox/Person")).length, 2));
    const [, health] = await poller.seen(/address=(\S+)/);
    assert.equal((await fetch(`http://${health}/healthz`)).status, 200);
    const asked = Date.now();
    poller.child.kill("SIGTERM");
    assert.equal(await poller.ended, 0);
    assert.ok(Date.now() - asked < 2000, "took longer than two seconds");
  });

  it("labels what it cannot sort, and what it sorts with a doubt", async () => {
    await runMailroom(server.api, apply);
    await server.put("friend", "FN:A Friend", "EMAIL:friend@home.example", "CATEGORIES:Person,Feed");
    await server.put("shop", "FN:Shop", "X-ABShowAs:COMPANY", "EMAIL:receipts@shop.example", "CATEGORIES:Person");
    await server.admin("DELETE", "/groups/Paper%20Trail");
    const poller = mailroom(server.api, []);
    await eventually(async () =>
      assert.deepEqual(await server.sendersIn("@MailroomWarning"), ["receipts@shop.example"]),
    );
    await eventually(async () => assert.deepEqual(await server.sendersIn("@MailroomError"), ["friend@home.example"]));
    assert.deepEqual(await server.sendersIn("Inbox/Person"), ["receipts@shop.example"]);
    assert.ok((await server.sendersIn("Screener")).includes("friend@home.example"));
    poller.child.kill("SIGTERM");
    await poller.ended;
  });

  it("/healthz says why polling fails, and recovers", async () => {
    await runMailroom(server.api, apply);
    await server.admin("DELETE", "/mailboxes/Screener");
    const poller = mailroom(server.api, []);
    const [, health] = await poller.seen(/address=(\S+)/);
    await poller.seen(/poll failed/);
    const sick = await fetch(`http://${health}/healthz`);
    assert.equal(sick.status, 503);
    assert.match(await sick.text(), /^missing mailboxes \(1\): Screener$/m);
    await server.admin("POST", "/mailboxes/Screener");
    await eventually(async () => assert.equal((await fetch(`http://${health}/healthz`)).status, 200));
    poller.child.kill("SIGTERM");
    await poller.ended;
  });

  it("setup outlasts a server that fails for a moment, and gives up on one that goes on failing", async () => {
    await server.admin("POST", "/faults", { status: 503, requests: 3 });
    assert.equal((await runMailroom(server.api, ["setup"])).code, 4);
    await server.admin("POST", "/faults", { status: 503 });
    const begun = Date.now();
    const { code, lines } = await runMailroom(server.api, ["setup"]);
    assert.equal(code, 5);
    assert.ok(Date.now() - begun < 12_000, "took longer than twelve seconds");
    assert.deepEqual(
      lines.map((line) => line.replace(/http:\S+|\(.*\)/g, "…")),
      ["JMAP", "CardDAV"].map((side) => `${side} server … is not usable: it answered 503 Service Unavailable …`),
    );
  });

  it("the server's page shows mail as text", async () => {
    await server.admin("POST", "/messages", { from: "a@b.example", subject: "<b>bold</b>", mailbox: "Inbox" });
    const page = await server.admin("GET", "/");
    assert.ok(page.includes("&lt;b&gt;bold&lt;/b&gt;") && !page.includes("<b>bold"));
  });

  it("the server's switches refuse wrong values and other websites", async () => {
    await assert.rejects(server.admin("POST", "/faults", { delay_ms: -1 }), /400 delay_ms must be/);
    await assert.rejects(server.admin("DELETE", "/mailboxes/Nowhere"), /422 there is no mailbox "Nowhere"/);
    const init = { method: "POST", headers: { origin: "http://elsewhere.example" }, body: "{}" };
    assert.equal((await fetch(`${server.page}/faults`, init)).status, 403);
  });

  it("the server names the credentials it was not given", async () => {
    const program = start("mail-server", [], { MAILROOM_JMAP_TOKEN: "x" });
    assert.equal(await program.ended, 1);
    assert.match(program.output(), /missing.*: MAILROOM_CARDDAV_USERNAME, MAILROOM_CARDDAV_PASSWORD/);
  });

  it("pause waits, and ends well when told to", async () => {
    const pause = start("pause", [], {});
    await sleep(100);
    assert.equal(pause.child.exitCode, null);
    pause.child.kill("SIGTERM");
    assert.equal(await pause.ended, 0);
  });
});
