import { strict as assert } from "node:assert";
import { podSecurityChecks } from "../../../policy/pod-security/registry";
import { startOracle } from "../../oracle/oracle";

interface UpstreamCheck {
  readonly id: string;
  readonly level: string;
  readonly versions: readonly { readonly since: string; readonly overrides: readonly string[] }[];
}

describe("parity of the list of checks", function () {
  this.timeout(240_000);

  it("[PSS] [MR-34] has upstream's ids, levels, versions and overrides", async () => {
    const oracle = await startOracle();
    const [answer] = await oracle.ask<{ checks: UpstreamCheck[] }>([{ checks: true }]);
    await oracle.close();
    const upstreamOf = new Map(podSecurityChecks.map(({ id, upstream }) => [id, upstream]));
    const ours = podSecurityChecks.map(({ upstream, level, versions, overrides }) => ({
      id: upstream,
      level,
      versions: versions.map(({ since }) => ({
        since: `v1.${since}`,
        overrides: overrides === undefined ? [] : [upstreamOf.get(overrides)],
      })),
    }));
    const byId = <T extends { id: string }>(list: readonly T[]) => new Map(list.map((one) => [one.id, one]));
    assert.equal(ours.length, 19);
    assert.deepEqual(byId(ours), byId(answer?.checks ?? []));
  });
});
