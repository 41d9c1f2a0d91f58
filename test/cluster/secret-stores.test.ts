import assert from "node:assert/strict";
import { Cluster } from "../../cluster/cluster";
import { faultsAmong, type Store, type StoreKind, storeFaults } from "../../cluster/secret-stores";

describe("secret-stores: whether what is asked for is there", () => {
  const by = "hardened:web.credentials.storeName";
  const store = (name: string, type: string, status: string, message?: string): Store => ({
    metadata: { name },
    status: {
      conditions: [
        { type: "Other", status: "False" },
        { type, status, ...(message ? { message } : {}) },
      ],
    },
  });
  const faults = (kind: StoreKind, stores: readonly Store[]) =>
    faultsAmong(stores, [{ kind, name: "vault", by }], "ns");

  it("a store that is not there is named with those that are", () => {
    assert.deepEqual(faults("ClusterSecretStore", []), {
      mistakes: [`ClusterSecretStore vault does not exist, and ${by} names it; there is none, make it`],
      warnings: [],
    });
    assert.deepEqual(faults("SecretStore", [store("a", "Ready", "True"), { metadata: { name: "b" } }]), {
      mistakes: [`SecretStore ns/vault does not exist, and ${by} names it; name one there is (a, b), or make it`],
      warnings: [],
    });
  });

  it("one that is not ready is warned of in the operator's words, and one that is or has not said so is fine", () => {
    for (const [message, words] of [
      ["invalid token", "invalid token"],
      [undefined, "no reason"],
    ] as const)
      assert.deepEqual(faults("SecretStore", [store("vault", "Ready", "False", message)]), {
        mistakes: [],
        warnings: [`SecretStore ns/vault of ${by} is not ready: ${words}`],
      });
    for (const one of [
      store("vault", "Ready", "True"),
      store("vault", "Synced", "False"),
      { metadata: { name: "vault" } },
    ])
      assert.deepEqual(faults("ClusterSecretStore", [one]), { mistakes: [], warnings: [] });
  });

  it("those of a namespace are looked for there, those of the cluster in none", async () => {
    const asked: unknown[] = [];
    class Recorded extends Cluster {
      override async list<T>(kinds: string, options?: object): Promise<readonly T[]> {
        asked.push([kinds, options]);
        return [];
      }
    }
    const wanted = (["SecretStore", "ClusterSecretStore"] as const).map((kind) => ({ kind, name: "vault", by }));
    await storeFaults(new Recorded("any"), "ns", wanted);
    assert.deepEqual(asked, [
      ["clustersecretstores.external-secrets.io", {}],
      ["secretstores.external-secrets.io", { namespace: "ns" }],
    ]);
  });
});
