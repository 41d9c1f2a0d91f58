import { strict as assert } from "node:assert";
import { refusal, type Setting } from "./support/helm";
import { trevor } from "./support/trevor";
import { ingress, scaled, wrong } from "./support/trevor-wrong-values";

const refused = (values: object, rest: Setting = {}): Promise<string> =>
  refusal({ release: "trevor", ...rest, chart: "trevor", values });

describe("charts/trevor: refusals", () => {
  for (const [title, values, words] of wrong)
    it(`${title} is refused by name`, async () => assert.match(await refused(values), words));

  it("[TR-47] a credential in env is refused by its name, never shown; one that points elsewhere is not", async () => {
    const env = {
      DB_PASSWORD: "hunter-two",
      S3_SECRET_KEY: "abc-of-keys",
      API_TOKEN: 12_345_678,
      DATABASE_URL: "postgresql://trevor:hunter-two@db.example.com/trevor",
    };
    const said = await refused({ env });
    for (const name of ["DB_PASSWORD", "S3_SECRET_KEY", "API_TOKEN"])
      assert.match(said, new RegExp(`^env\\.${name} holds a credential in clear; .* envFromSecrets$`, "m"));
    assert.match(said, /^env\.DATABASE_URL is an address with a password in it; .* envFromSecrets$/m);
    assert.doesNotMatch(said, /hunter|abc-of|12345678/);
    const fine = {
      DATABASE_URL: "postgresql://db.example.com/trevor",
      TOKEN_TTL: 60,
      PASSWORD_FILE: "/tmp/p",
      API_TOKEN: "$(INJECTED)",
      DB_PASSWORD: "",
    };
    await assert.doesNotReject(trevor({ env: fine }));
  });

  it("says everything that is wrong at once", async () => {
    const said = await refused({
      ...ingress({ hosts: [] }),
      ...scaled({ minReplicas: 9 }),
      worker: { command: [] },
      migrations: { enabled: true },
      env: { DB_PASSWORD: "x" },
    });
    const lines = said.split("\n").filter((line) => /^(ingress|autoscaling|worker|migrations|env)\./.test(line));
    assert.equal(lines.length, 5, said);
  });

  it("what is off is not asked for", async () => {
    await assert.doesNotReject(
      trevor({
        ingress: { tls: [{ secretName: "s", hosts: ["a.example.com"] }] },
        autoscaling: { minReplicas: 9 },
        worker: { enabled: false, command: [] },
      }),
    );
  });
});
