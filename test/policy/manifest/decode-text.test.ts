import { strict as assert } from "node:assert";
import { decodeText, isMislabelled } from "../../../policy/manifest/decode-text";

const text = '{"name": "web", "ü": "𝄞"}\n';
const little = Buffer.from(text, "utf16le");
const big = Buffer.from(little).swap16();
const marked = (mark: readonly number[], bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(mark), bytes]);

describe("decoding of text", () => {
  it("follows the byte order mark and leaves it out", () => {
    assert.equal(decodeText(Buffer.from(text)), text);
    assert.equal(decodeText(marked([0xef, 0xbb, 0xbf], Buffer.from(text))), text);
    assert.equal(decodeText(marked([0xff, 0xfe], little)), text);
    assert.equal(decodeText(marked([0xfe, 0xff], big)), text);
  });

  it("takes an empty text, and a mark alone, for nothing", () => {
    for (const bytes of [[], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]])
      assert.equal(decodeText(Buffer.from(bytes)), "");
  });

  it("leaves bytes without a mark to UTF-8, a mark further on too", () => {
    assert.equal(decodeText(Buffer.from("a\ufeffb")), "a\ufeffb");
    assert.equal(decodeText(Buffer.from([0xff])), "\ufffd");
    assert.equal(decodeText(Buffer.from([0xef, 0xbb])), "\ufffd");
  });

  it("replaces what is no character: half of a pair, half of a character", () => {
    assert.equal(decodeText(Buffer.from([0xff, 0xfe, 0x00, 0xd8])), "\ufffd");
    assert.equal(decodeText(Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62])), "a\ufffd");
    assert.equal(decodeText(Buffer.from([0xfe, 0xff, 0x00, 0x61, 0x62])), "a\ufffd");
  });

  it("tells a mark of UTF-8 before bytes that are none, which kubectl refuses", () => {
    const utf8 = [0xef, 0xbb, 0xbf];
    assert.equal(isMislabelled(marked(utf8, Buffer.from([0x61, 0xff]))), true);
    for (const right of [marked(utf8, Buffer.from(text)), Buffer.from([0xff]), Buffer.from(utf8), Buffer.from([])])
      assert.equal(isMislabelled(right), false);
  });

  it("reads a part of other bytes, and leaves them as they are", () => {
    const all = marked([1, 0xfe, 0xff], big);
    const before = Buffer.from(all);
    assert.equal(decodeText(new Uint8Array(all.buffer, all.byteOffset + 1, all.length - 1)), text);
    assert.deepEqual(all, before);
  });
});
