import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { silentHost } from "../../../operations/stack/hosts";
import { follow } from "../../../operations/stack/progress";
import { refusalAfter } from "../../../operations/stack/run";

describe("a run that the policy pack refuses", () => {
  const begins = (op: string, type: string, planning = false): EngineEvent =>
    ({
      sequence: 1,
      timestamp: 1,
      resourcePreEvent: { planning, metadata: { op, urn: `urn:pulumi:dev::hardened::a:b:C$${type}::web` } },
    }) as unknown as EngineEvent;
  const said = (...events: readonly EngineEvent[]): string => {
    const { report, onEvent } = follow(silentHost);
    for (const one of events) onEvent(one);
    return refusalAfter(report.begun.size);
  };
  const untouched = "the policy pack refuses this; nothing was changed";

  it("says that nothing was changed after a preview, and when no operation had begun", () => {
    assert.equal(said(), untouched);
    assert.equal(said(begins("create", "kubernetes:core/v1:Secret", true)), untouched);
    assert.equal(
      said(
        begins("same", "kubernetes:core/v1:Secret"),
        begins("create", "pulumi:pulumi:Stack"),
        begins("create", "pulumi:providers:kubernetes"),
        begins("create", "hardened:components:AppSecret"),
      ),
      untouched,
    );
  });

  it("says how many resources had been changed when it is refused while the changes are applied", () => {
    const one = begins("create", "kubernetes:core/v1:Namespace");
    assert.equal(
      said(one, one),
      "the policy pack refuses this; changed before: 1 resource; the next run continues from there",
    );
    assert.match(
      said(one, begins("update", "random:index/randomPassword:RandomPassword")),
      /; changed before: 2 resources;/,
    );
  });
});
