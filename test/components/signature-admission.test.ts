import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { admissionNeeds, underAdmission } from "../../components/signature-admission";
import type { StackConfig } from "../../config/stack-schema";
import { registered } from "../support/doubles/registered-resources";

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = [publicKey.export({ type: "spki", format: "pem" }).toString()];
const stack = (images?: object, admission = true): StackConfig =>
  ({ ...(images && { imageSignatures: { images, admission } }) }) as unknown as StackConfig;
const asked = stack({ "ghcr.io/your-org/web": { keys } });

describe("signature-admission: the stack's rules in the cluster", () => {
  it("a stack that does not ask for it needs nothing, and its options stay as they are", async () => {
    for (const one of [stack(), stack({}, false)]) {
      assert.deepEqual(admissionNeeds(one), []);
      const opts = { protect: true };
      assert.deepEqual(await registered(() => assert.equal(underAdmission(one, "hardened/any", opts), opts)), []);
    }
    assert.deepEqual(admissionNeeds(asked), [
      { capability: "policy-controller", by: "hardened:imageSignatures.admission", otherwise: "set it to false" },
    ]);
  });

  it("[COS-15] the rules come first, and every namespace is labelled, beside what is transformed already", async () => {
    const before = (): undefined => undefined;
    for (const transformations of [undefined, [before]]) {
      const all = await registered(() => {
        const opts = underAdmission(asked, "hardened/any", { ...(transformations && { transformations }) });
        const [label, ...others] = [...(opts.transformations ?? [])].reverse();
        assert.deepEqual(others, transformations ?? []);
        const props = { metadata: { name: "apps", labels: { a: "b" } } };
        const namespace = { type: "kubernetes:core/v1:Namespace", name: "apps", props, opts: {} } as never;
        const labels = { a: "b", "policy.sigstore.dev/include": "true" };
        assert.deepEqual(label?.(namespace), { props: { metadata: { name: "apps", labels } }, opts: {} });
        assert.ok(pulumi.Resource.isInstance(opts.dependsOn));
      });
      assert.deepEqual(
        all.map(({ resource }) => resource.split(" ")[0]),
        ["hardened:components:SignatureAdmission", "kubernetes:policy.sigstore.dev/v1beta1:ClusterImagePolicy"],
      );
    }
  });

  for (const [what, images, says] of [
    [
      "rules that cannot be read",
      { "ghcr.io/your-org/web": { keys: ["none.pub"] } },
      / names a file that cannot be read/,
    ],
    [
      "patterns that overlap, a line for each two,",
      { "ghcr.io/**": { keys }, "ghcr.io/your-org/*": { keys }, "ghcr.io/other/*": { keys } },
      /^[^\n]* do not overlap, [^\n]*\n[^\n]* do not overlap, [^\n]*$/,
    ],
    ["one such pattern", { "ghcr.io/**": { keys }, "ghcr.io/your-org/*": { keys } }, /^[^\n]* do not overlap, [^\n]*$/],
  ] as const)
    it(`${what} stop the run in words, without a stack trace`, () =>
      assert.rejects(
        registered(() => underAdmission(stack(images), "hardened/any", {})),
        (error: unknown) => {
          assert.ok(error instanceof pulumi.ResourceError && error.hideStack);
          assert.match(error.message, says);
          return true;
        },
      ));
});
