import assert from "node:assert/strict";
import { withoutPods } from "../../../operations/stack/engine-messages";

const job = 'resource "urn:pulumi:dev::hardened::hardened:systems:Web$kubernetes:batch/v1:Job::web-setup"';
const message = [
  "4 errors occurred:",
  `\t* ${job} was successfully created, but it failed to become live`,
  "\t* [Pod web/web-setup-1]: containers with unready status: [setup]",
  "\t* [Pod web/web-setup-1]: [Error] two mailboxes are missing",
  "make them",
  "",
  "\t* [BackoffLimitExceeded] Job has reached the specified backoff limit",
].join("\n");

describe("what a failed run says", () => {
  it("leaves to the pods what they tell themselves, and keeps the rest", () => {
    assert.equal(
      withoutPods(message, ["pod web-setup-1: two mailboxes are missing\n  make them"]),
      "Job web-setup was successfully created, but it failed to become live\n[BackoffLimitExceeded] Job has reached the specified backoff limit",
    );
  });

  it("is whole where no pod explains anything, or none is spoken of", () => {
    assert.equal(withoutPods(message, []), message);
    assert.equal(withoutPods("the quota is used up", ["pod web-1: not ready"]), "the quota is used up");
  });
});
