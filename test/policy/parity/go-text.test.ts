import { strict as assert } from "node:assert";
import { goQuote } from "../../../policy/pod-security/contract/go-text";
import { type Oracle, startOracle } from "../../oracle/oracle";

describe("parity of quoted text", function () {
  this.timeout(240_000);
  let oracle: Oracle;

  before(async () => {
    oracle = await startOracle();
  });
  after(() => oracle?.close());

  it("[PSS] quotes every code point as Go does", async () => {
    const characters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
    const [answer] = await oracle.ask<{ quoted: string[] }>([{ quote: characters }]);
    const wrong = characters.filter((character, i) => goQuote(character) !== answer?.quoted[i]);
    assert.deepEqual(
      wrong.map((character) => character.codePointAt(0)?.toString(16)),
      [],
    );
  });
});
