import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { ensureFirewallTools, firewallTool, firewallTools } from "../../../cluster/local/firewall-tools";

describe("firewall tools", function () {
  this.timeout(120_000);
  const said: string[] = [];
  before(() => ensureFirewallTools((line) => said.push(line)));

  it("are iptables of the nft variant, and ipset", () => {
    const version = (name: string): string => execFileSync(firewallTool(name), ["--version"], { encoding: "utf8" });
    assert.match(version("iptables"), /^iptables v1\.\d+\.\d+ \(nf_tables\)$/m);
    for (const name of ["iptables-save", "iptables-restore"]) assert.match(version(name), /nf_tables/);
    assert.match(version("ipset"), /^ipset v\d+\.\d+/);
    assert.deepEqual(readdirSync(firewallTools()).sort(), ["ipset", "iptables", "iptables-restore", "iptables-save"]);
  });

  it("run out of their own folder, with a loader and libraries of their own", () => {
    for (const name of ["iptables", "ipset"]) {
      const text = readFileSync(firewallTool(name), "utf8")
        .replace(/^exec "([^"]*)"/m, 'exec "$1" --list')
        .replace(/[^"]*"\$@"$/m, "");
      const loaded = execFileSync("sh", ["-c", text, firewallTool(name)], { encoding: "utf8" });
      const places = [...loaded.matchAll(/ => (\S+)/g)].map(([, place]) => place ?? "");
      assert.ok(
        places.length >= 2 && places.every((place) => normalize(place).startsWith(join(firewallTools(), "..", "root"))),
        loaded,
      );
    }
  });

  it("are not fetched again while they work", async () => {
    said.length = 0;
    await ensureFirewallTools((line) => said.push(line));
    assert.deepEqual(said, []);
  });
});
