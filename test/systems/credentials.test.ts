import { strict as assert } from "node:assert";
import { explainConfig } from "../../policy/config/explain-config";
import { credentialsFrom } from "../../systems/credentials";

const credentials = credentialsFrom({ system: "web", keys: "one key", properties: "one key", generated: "." });
const explain = (given: object): string[] => {
  const { error } = credentials.safeParse(given);
  return error ? explainConfig(error, credentials, "web.credentials") : [];
};
const external = { from: "external", storeName: "vault", remoteKey: "web" };
const label = 'must be lower-case letters, digits and "-", and start and end with a letter or digit';

describe("systems: where credentials come from", () => {
  for (const [given, line] of [
    [{ from: "file" }, "from: expected from: config, generated, existing or external"],
    [{}, "from: expected from: config, generated, existing or external"],
    [{ from: "existing", secretName: "Not_One" }, `secretName: the Secret's name ${label}`],
    [{ ...external, storeName: "Not_One" }, `storeName: the store's name ${label}`],
    [{ ...external, remoteKey: 5 }, "remoteKey: expected the entry's name in the store"],
    [{ ...external, remoteKey: " " }, "remoteKey: expected the entry's name in the store, not an empty text"],
    [{ ...external, refreshInterval: "1d" }, 'refreshInterval: expected a duration such as "1h"'],
    [{ ...external, storeKind: "Vault" }, 'storeKind: expected one of "ClusterSecretStore"|"SecretStore"'],
  ] as const)
    it(`refuses ${JSON.stringify(given)} at its place`, () =>
      assert.deepEqual(explain(given), [`web.credentials.${line}`]));

  it("a store is the cluster's and asked once an hour, unless said otherwise", () => {
    const defaults = { storeKind: "ClusterSecretStore", refreshInterval: "1h" };
    assert.deepEqual(credentials.parse(external), { ...external, ...defaults });
    const said = { ...external, storeKind: "SecretStore", refreshInterval: "30s" };
    assert.deepEqual(credentials.parse(said), said);
  });
});
