import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { ResourceOperation, RunHost, Violation } from "../../process/run-events";
import { isNoise, plain } from "./engine-messages";

/** What a run has reported so far. */
export interface RunReport {
  readonly violations: Violation[];
  readonly errors: { readonly urn: string; readonly message: string }[];
  changes: Record<string, number>;
  /** Resources of a provider that the engine has begun to change; none in a preview. */
  readonly begun: Set<string>;
}

/** A URN is `urn:pulumi:<stack>::<project>::<parents' types>$<type>::<name>`. */
function operation({ op, urn }: { readonly op: string; readonly urn: string }): ResourceOperation {
  const [, , types = "", ...name] = urn.split("::");
  return { op, urn, type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Whether a provider manages the resource, as an object of the cluster or a generated value. */
const isOfProvider = (urn: string): boolean => {
  const { type } = operation({ op: "", urn });
  return type.startsWith("kubernetes:") || type.startsWith("random:");
};

/** Converts the engine's events into run events as they happen, and collects violations and errors for the end. */
export function follow({ notify }: RunHost): {
  readonly report: RunReport;
  readonly onEvent: (event: EngineEvent) => void;
} {
  const report: RunReport = { violations: [], errors: [], changes: {}, begun: new Set() };
  const started = new Map<string, number>();
  const done = new Set<string>();
  const onEvent = (event: EngineEvent): void => {
    if (event.resourcePreEvent && !event.resourcePreEvent.planning) {
      const data = operation(event.resourcePreEvent.metadata);
      if (data.op === "same") return;
      started.set(`${data.op} ${data.urn}`, Date.now());
      if (isOfProvider(data.urn)) report.begun.add(data.urn);
      notify({ code: "resource.started", data });
    } else if (event.resOutputsEvent) {
      const { planning, metadata } = event.resOutputsEvent;
      const data = operation(metadata);
      const key = `${data.op} ${data.urn}`;
      // A component is reported again when its outputs are registered.
      if (data.op === "same" || (metadata.new?.custom === false && done.has(key))) return;
      done.add(key);
      const since = started.get(key);
      if (planning) notify({ code: "resource.planned", data: { ...data, fields: metadata.diffs ?? [] } });
      else if (since === undefined) notify({ code: "resource.done", data });
      else notify({ code: "resource.done", data: { ...data, seconds: (Date.now() - since) / 1000 } });
    } else if (event.resOpFailedEvent) {
      notify({ code: "resource.failed", data: operation(event.resOpFailedEvent.metadata) });
    } else if (event.policyEvent) {
      const { policyName: policy, enforcementLevel, message, resourceUrn: urn = "" } = event.policyEvent;
      const level = enforcementLevel as string as Violation["level"]; // the SDK's type knows other words than the engine says
      const data = { policy, level, message: plain(message), urn };
      report.violations.push(data);
      notify({ code: "policy.violation", data });
    } else if (event.diagnosticEvent) {
      const { severity, message, urn = "", ephemeral } = event.diagnosticEvent;
      const data = { urn, message: plain(message) };
      if (data.message === "" || ephemeral) return;
      if (severity === "error") {
        report.errors.push(data);
        notify({ code: "engine.error", data });
      } else if (severity === "warning" && !isNoise(urn, data.message)) notify({ code: "engine.warning", data });
      // "info#err" is the output of a plugin, and a provider's message about its resource is its progress.
      else if (severity === "info" && !isOfProvider(urn)) notify({ code: "note", data: { message: data.message } });
    } else if (event.summaryEvent) {
      report.changes = event.summaryEvent.resourceChanges as Record<string, number>;
    }
  };
  return { report, onEvent };
}
