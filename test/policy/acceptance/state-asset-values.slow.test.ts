import { strict as assert } from "node:assert";
import { reportText } from "../../../operations/validation/check";
import { reportOf } from "../../../operations/validation/evaluate-targets";
import { readState, type State } from "../../../operations/validation/state-resources";

/** A values file that was given as an asset: a state has its hash and its path, never its text, encrypted or not. */
describe("values of a state that are in a file elsewhere", () => {
  const kind = "4dabf18193072939515e22adb298388d";
  const asset = (rest: object) => ({ [kind]: "c44067f5952c0a294b673a41bacd8c17", hash: "ab12", ...rest });
  const archive = (rest: object) => ({ [kind]: "0def7320c3a5731c473e5ecbe6d01bc7", hash: "ab12", ...rest });
  const encrypted = { [kind]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };

  /** What `hardened check state.json` says of a release with these inputs. */
  async function said(inputs: object): Promise<string> {
    const release = { chart: "./charts/shop", name: "shop", namespace: "shop", ...inputs };
    const urn = "urn:pulumi:dev::shop::kubernetes:helm.sh/v3:Release::shop";
    const resources = [{ urn, custom: true, type: "kubernetes:helm.sh/v3:Release", inputs: release }];
    const state = readState(JSON.stringify({ version: 3, deployment: { resources } })) as State;
    const options = {
      values: [],
      namespace: "default",
      profile: "prod",
      podSecurity: "latest",
      kubernetes: "1.36",
    } as const;
    return reportText(await reportOf([{ kind: "state", file: "state.json", state }], "state.json", options), {
      format: "human",
    });
  }

  it("are said to be in that file, by its path, and how they are evaluated with it", async () => {
    const text = await said({ valueYamlFiles: [asset({ path: "values-prod.yaml" })] });
    assert.match(
      text,
      /^shop could not be evaluated: valueYamlFiles\[0\]: a file given as an asset, values-prod\.yaml, whose content is not in the state/m,
    );
    assert.match(text, /--values values-prod\.yaml/);
    assert.doesNotMatch(text, /show-secrets|encrypted/);
  });

  it("are said to be at their address, without what signs in to it", async () => {
    const uri = "https://robot:hunter2@files.example/values.yaml?signature=hunter3";
    const text = await said({ valueYamlFiles: [asset({ uri })] });
    assert.match(
      text,
      /valueYamlFiles\[0\]: a file given as an asset, https:\/\/files\.example\/values\.yaml, whose content/,
    );
    assert.doesNotMatch(text, /hunter|show-secrets/);
  });

  it("are told in any input, archives too", async () => {
    const text = await said({ chart: archive({ path: "./shop.tgz" }), values: { a: [asset({ path: "a.txt" })] } });
    assert.match(text, /chart: an archive given as an asset, \.\/shop\.tgz, whose content is not in the state/);
    assert.match(text, /values\.a\[0\]: a file given as an asset, a\.txt, whose content is not in the state/);
  });

  it("are not unknown where the state has their text, and never pass unread", async () => {
    const text = await said({ valueYamlFiles: [asset({ text: "privileged: true" })] });
    assert.match(text, /could not be evaluated: valueYamlFiles/);
    assert.doesNotMatch(text, /show-secrets|not in the state/);
  });

  it("are advised to be exported in clear where they are encrypted", async () => {
    assert.match(
      await said({ values: { password: encrypted } }),
      /values\.password: encrypted in this state; `pulumi stack export --show-secrets`/,
    );
  });
});
