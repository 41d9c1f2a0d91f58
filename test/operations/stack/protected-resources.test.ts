import assert from "node:assert/strict";
import { refuseProtected } from "../../../operations/stack/protected-resources";

describe("protected resources", () => {
  const entry = (name: string, protect?: boolean) => ({
    urn: `urn:pulumi:prod::hardened::kubernetes:core/v1:Namespace::${name}`,
    type: "kubernetes:core/v1:Namespace",
    ...(protect !== undefined && { protect }),
  });

  it("refuse that the stack is destroyed: each is named, with the command that unprotects them", () => {
    const resources = [entry("web", true), entry("trial"), entry("data", true), entry("old", false)];
    assert.throws(() => refuseProtected("prod", { resources }), {
      exitCode: 2,
      message: [
        "stack prod has protected resources; nothing was deleted:",
        `  ${entry("web").urn}`,
        `  ${entry("data").urn}`,
        'To delete them with everything in them: eval "$(npm run -s env)"; pulumi state unprotect --all --yes --stack prod',
        "The next up protects them again.",
      ].join("\n"),
    });
  });

  it("a state without any is destroyed", () => {
    refuseProtected("dev", { resources: [entry("web"), entry("old", false)] });
    refuseProtected("dev", {});
  });
});
