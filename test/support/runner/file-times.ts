/** Root hooks of mocha: notes how long each file of tests took, in the file that HARDENED_TEST_TIMES names. Where files run in one process, what a file does
 *  before its first test counts for the file before it. */
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import type { Context, RootHookObject } from "mocha";
import { root } from "../tree";

let start = Date.now();
let file = "";

function note(next = ""): void {
  const notes = process.env.HARDENED_TEST_TIMES;
  if (notes && file !== "" && file !== next) {
    appendFileSync(notes, `${JSON.stringify({ file, ms: Date.now() - start })}\n`);
    start = Date.now();
  }
  file = next;
}

export const mochaHooks: RootHookObject = {
  beforeAll() {
    start = Date.now();
  },
  beforeEach(this: Context) {
    note(relative(root, this.currentTest?.file ?? ""));
  },
  afterAll() {
    note();
  },
};
