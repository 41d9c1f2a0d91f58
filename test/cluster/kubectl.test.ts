import assert from "node:assert/strict";
import { ClusterUnavailable, unlessForbidden } from "../../cluster/kubectl";

describe("kubectl: what a person may not ask", () => {
  const words = 'Error from server (Forbidden): nodes is forbidden: User "dev" cannot list resource "nodes"';
  const failed = (error: Error): Promise<string> => unlessForbidden(Promise.reject(error), "otherwise");

  it("is answered otherwise, and what they may ask as the cluster answers", async () => {
    assert.equal(await failed(new ClusterUnavailable(words)), "otherwise");
    assert.equal(await unlessForbidden(Promise.resolve("answer"), "otherwise"), "answer");
  });

  it("is not what the cluster cannot answer, nor a mistake of the program", async () => {
    for (const error of [new ClusterUnavailable("connection refused"), new TypeError("a forbidden thing")])
      await assert.rejects(failed(error), error);
  });
});
