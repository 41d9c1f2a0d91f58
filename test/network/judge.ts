/** Cyclonus behind judge/main.go: an evaluator of NetworkPolicies that shares nothing with this project. */
import { join } from "node:path";
import { type GoProgram, startGoProgram } from "../support/go-program";

export type Labels = Readonly<Record<string, string>>;

/** A pod with its namespace, or an address outside of the cluster. */
export interface Peer {
  /** "" for what is not in the cluster. */
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly ip: string;
}

export interface Connection {
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  /** Name of the receiving container's port, "" for none. */
  readonly portName: string;
  readonly protocol: "TCP" | "UDP";
}

/** What both ends' policies say; a connection takes both. */
export interface Verdict {
  readonly egress: boolean;
  readonly ingress: boolean;
}

interface Question {
  readonly policies: readonly object[];
  readonly connections: readonly Connection[];
}

/** What a cluster with these policies does with each connection. Rejects with the judge's words on a policy no API server takes. */
export type Judge = (policies: readonly object[], connections: readonly Connection[]) => Promise<readonly Verdict[]>;

/** The judge for the tests of one suite, which starts and ends it: to be called in the suite's `describe`. */
export function suiteJudge(): Judge {
  let started: Awaited<ReturnType<typeof startJudge>> | undefined;
  before(async () => {
    started = await startJudge();
  });
  after(() => started?.close());
  return (policies, connections) => {
    if (!started) throw new Error("the judge has not been started");
    return started.judge(policies, connections);
  };
}

/** Starts the judge, building it when its sources changed. */
async function startJudge(): Promise<{ readonly judge: Judge; readonly close: () => Promise<void> }> {
  const program: GoProgram<Question> = await startGoProgram(join(__dirname, "judge"));
  return {
    async judge(policies, connections) {
      const [answer] = await program.ask<readonly Verdict[] | { error: string }>([{ policies, connections }]);
      if (answer === undefined || "error" in answer) throw new Error(`the judge: ${answer?.error ?? "no answer"}`);
      return answer;
    },
    close: () => program.close(),
  };
}
