import { strict as assert } from "node:assert";
import { refusal } from "./support/helm";
import { useLibrary } from "./support/library";

describe("charts/hardened: the reference of an image", () => {
  const { word } = useLibrary();
  const reference = (digest: string, tag = "") =>
    word("image", { image: { repository: "registry.example/web", tag, digest }, appVersion: "1.0" });

  it("has the tag, the digest or both, and else the chart's appVersion", async () => {
    const digest = `sha256:${"0".repeat(63)}1`;
    assert.equal(await reference(""), "registry.example/web:1.0");
    assert.equal(await reference("", "2.0"), "registry.example/web:2.0");
    assert.equal(await reference(digest), `registry.example/web@${digest}`);
    assert.equal(await reference(digest, "2.0"), `registry.example/web:2.0@${digest}`);
  });

  for (const digit of ["0", "9", "a", "f"])
    it(`[COS-11] with a digest of ${digit} alone, a placeholder, it is refused in words, with Helm alone too`, async () => {
      const image = { repository: "registry.example/web", digest: `sha256:${digit.repeat(64)}` };
      const said = await refusal({
        chart: "mail-server",
        release: "mail",
        namespace: "mail",
        values: { image, existingSecret: "account" },
      });
      assert.match(
        said,
        /image registry\.example\/web: one digit repeated is no image's digest; put that of the release/,
      );
    });
});
