import { strict as assert } from "node:assert";
import { type CheckedStack, checkStack } from "../../../config/stack-schema";
import { explainConfig } from "../../../policy/config/explain-config";
import { floeCredentials } from "../../../systems/floe/credentials";
import { systems } from "../../../systems/registry";
import { supplyChain } from "../../support/supply-chain";
import { database, least, store } from "./external";

const uid = "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10";
const stack = (given: object, floeCredentials?: object): CheckedStack =>
  checkStack(
    "test",
    {
      ...{ environment: "prod", cluster: { name: "prod" }, clusters: { prod: { context: "p", uid } } },
      ...{ ...supplyChain, mailroom: { enabled: false }, companyos: { enabled: false } },
      floe: { ...least, environment: "prod", ...given },
      ...(floeCredentials && { floeCredentials }),
    },
    systems,
  );
const told = (checked: CheckedStack): readonly string[] => ("mistakes" in checked ? checked.mistakes : []);
const key = (name: string): string => `hardened:floeCredentials.${name}`;
const set = (name: string): string => `pulumi config set --secret --path floeCredentials.${name}`;

describe("systems/floe: credentials of servers elsewhere", () => {
  const all = [...["dagster_password", "warehouse_password"], ...["jobs_access_key_id", "jobs_secret_access_key"]];
  const whole = (keys: readonly string[]) => Object.fromEntries(keys.map((one) => [one, "a-real-value"]));

  it("[FL-23] [FL-120] those that a mode asks for are missing one by one, with the command that sets each", () => {
    assert.deepEqual(told(stack({ ...database(), ...store(), lineage: false })), [
      ...all
        .slice(0, 2)
        .map((one) => `${key(one)}: missing; hardened:floe.postgresql.mode (external) asks for it: ${set(one)}`),
      ...all
        .slice(2)
        .map((one) => `${key(one)}: missing; hardened:floe.objectStorage.mode (external) asks for it: ${set(one)}`),
    ]);
    const catalog = ["lineage_password", "catalog_password", "catalog_access_key_id", "catalog_secret_access_key"];
    const more = told(stack({ ...database(), ...store(), polaris: { enabled: true } }, whole(all)));
    assert.deepEqual(
      more.map((line) => line.split(":", 2).join(":")),
      catalog.map(key),
    );
  });

  it("[FL-120] what nothing reads is told, and all that is asked for is enough", () => {
    const given = { ...database(), ...store(), lineage: false };
    assert.deepEqual(told(stack(given, whole(all))), []);
    assert.deepEqual(told(stack(given, whole([...all, "lineage_password"]))), [
      `${key("lineage_password")}: nothing of hardened:floe reads it; remove it`,
    ]);
    const cnpg = { postgresql: { mode: "cnpg" }, objectStorage: { mode: "none" } };
    assert.deepEqual(told(stack(cnpg)), []);
    assert.deepEqual(told(stack({ enabled: false, ...given })), []);
  });

  for (const value of ["changeme", "<password>", "  ", "your-password"])
    it(`refuses ${JSON.stringify(value)} as a password, without showing another`, () => {
      const given = { ...whole(all), dagster_password: value, warehouse_password: "correct-horse" };
      const lines = told(stack({ ...database(), ...store(), lineage: false }, given));
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(
        lines[0] ?? "",
        /^hardened:floeCredentials\.dagster_password: (still a placeholder|expected the password)/,
      );
      assert.match(lines[0] ?? "", /pulumi config set --secret --path floeCredentials\.dagster_password$/);
    });

  it("an unknown key is told with the nearest", () => {
    const { error } = floeCredentials.safeParse({ dagster_pasword: "x" });
    assert.match(
      explainConfig(error ?? assert.fail(), floeCredentials, "c").join(),
      /did you mean "(c\.)?dagster_password"/,
    );
  });
});
