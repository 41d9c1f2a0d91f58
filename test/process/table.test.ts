import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { table } from "../../process/table";

const plain = (...args: Parameters<typeof table>): string[] => stripVTControlCharacters(table(...args)).split("\n");

describe("table", () => {
  it("lines columns up, as wide as their widest cell or heading", () =>
    assert.deepEqual(
      plain(
        ["NAME", "READY"],
        [
          ["a-long-name", "1/1"],
          ["b", "0/1"],
        ],
      ),
      ["NAME         READY", "a-long-name  1/1", "b            0/1"],
    ));

  it("leaves no blanks at the end of a line", () => {
    for (const line of plain(["A", "LONG HEADING"], [["x", ""], ["y"]])) assert.equal(line, line.trimEnd());
  });

  it("shows the headings alone when there is nothing", () => assert.deepEqual(plain(["A", "B"], []), ["A  B"]));
});
