import { strict as assert } from "node:assert";
import { type Block, isEveryone, privateNetworks } from "../../../policy/rules/addresses";

const blocks = (...cidrs: string[]): Block[] => cidrs.map((cidr) => ({ cidr, except: [] }));
const all4 = (...except: string[]): Block[] => [{ cidr: "0.0.0.0/0", except }];

describe("addresses that are as good as all", () => {
  const cases: readonly [what: string, blocks: readonly Block[], expected: boolean][] = [
    ["nothing", [], false],
    ["all of IPv4", all4(), true],
    ["all of IPv6", blocks("::/0"), true],
    ["all, with bits beyond the length of the prefix", blocks("10.1.2.3/0"), true],
    ["two halves", blocks("128.0.0.0/1", "0.0.0.0/1"), true],
    ["two halves of IPv6", blocks("::/1", "8000::/1"), true],
    ["one half", blocks("0.0.0.0/1"), false],
    ["the same half twice", blocks("0.0.0.0/1", "0.0.0.0/1", "10.0.0.0/8"), false],
    ["halves of two families", blocks("0.0.0.0/1", "8000::/1"), false],
    ["more than half, overlapping", blocks("0.0.0.0/1", "64.0.0.0/2", "128.0.0.0/2"), true],
    ["all but one address", all4("203.0.113.7/32"), true],
    ["all but the metadata of a cloud", all4("169.254.169.254/32"), true],
    ["all but some private networks", all4("10.0.0.0/8", "172.16.0.0/12"), true],
    ["all but the private networks", all4(...privateNetworks), false],
    ["all but those, which another block brings back", [...all4(...privateNetworks), ...blocks("10.0.0.0/9")], true],
    ["all but those, and one host of them", [...all4(...privateNetworks), ...blocks("10.9.8.7/32")], false],
    ["all but a network around the private ones", all4("0.0.0.0/2", "172.0.0.0/8", "192.0.0.0/8"), false],
    ["all of IPv6 but unique local ones", [{ cidr: "::/0", except: ["fc00::/7", "fe80::/10"] }], false],
    ["all of IPv6 but half of those", [{ cidr: "::/0", except: ["fd00::/8"] }], true],
    ["an exception of another family, which leaves out nothing", all4("::/0"), true],
    [
      "what is no block",
      blocks("everyone", "0.0.0.0", "0.0.0.0/33", "/0", "1.2.3/0", "::g/0", "0.0.0.0/1.5", "fe80::1%eth0/1"),
      false,
    ],
  ];
  for (const [what, given, expected] of cases)
    it(`${what}: ${expected}`, () => {
      assert.equal(isEveryone(given), expected);
      assert.equal(isEveryone(given.toReversed()), expected);
    });

  it("reads every way to write an address of IPv6", () => {
    for (const one of ["::", "0::0", "0:0:0:0:0:0:0:0", "::0.0.0.0", "0:0:0:0:0:0:0.0.0.0", "::ffff:1.2.3.4"])
      assert.equal(isEveryone(blocks(`${one}/0`)), true, one);
    assert.equal(isEveryone(blocks("::/1", "8000:0::/2", "C000::1/2")), true);
    assert.equal(isEveryone([{ cidr: "::/0", except: ["fc00:0:0:0:0:0:0:0/7"] }]), false);
  });
});
