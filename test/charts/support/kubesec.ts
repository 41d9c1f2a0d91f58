/** kubesec behind kubesec/main.go: its rules and points, for workloads of every kind. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { podTemplatesOf } from "../../../policy/pods/pod-spec";
import { type GoProgram, startGoProgram } from "../../support/go-program";

interface Rule {
  readonly id: string;
  readonly points: number;
}

/** What kubesec says of one object. */
interface Report {
  readonly score: number;
  readonly message: string;
  /** `advise`: points that it could still earn; `critical`: points it has lost. */
  readonly scoring: { readonly advise?: readonly Rule[]; readonly critical?: readonly Rule[] };
}

/** A workload's score, or that of one of its containers. */
export interface Score {
  /** `<kind> <name>`, and the container's name. */
  readonly of: string;
  readonly points: number;
  /** Rules that would give points, and rules that took them. */
  readonly missing: readonly string[];
  readonly lost: readonly string[];
}

interface Container {
  readonly name: string;
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}
interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Kinds that kubesec scores. */
const scoredKinds = ["Pod", "Deployment", "StatefulSet", "DaemonSet"];

/**
 * What kubesec is asked about an object. It gives points when any container earns them, so each container is asked about alone too. Of a kind that it
 * does not score, such as a Job, it is asked about the pod.
 */
function questionsOf(object: Workload): (readonly [of: string, object: object])[] {
  const name = `${object.kind} ${object.metadata.name}`;
  return podTemplatesOf(object).flatMap(({ template }) => {
    const spec = template.spec as unknown as PodSpec;
    const pod = (of: PodSpec) => ({ apiVersion: "v1", kind: "Pod", metadata: template.metadata, spec: of });
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    return [
      [name, scoredKinds.includes(object.kind) ? object : pod(spec)] as const,
      ...containers.map((one) => [`${name} ${one.name}`, pod({ containers: [one], ...without(spec) })] as const),
    ];
  });
}

/** A pod without its containers. */
function without({ containers: _, initContainers: __, ...rest }: PodSpec): object {
  return rest;
}

export interface Kubesec {
  /** Scores of all workloads among some objects, and of each of their containers. */
  readonly scores: (objects: readonly object[]) => Promise<Score[]>;
  readonly close: () => Promise<void>;
}

/** Starts kubesec, building it when its sources changed. */
export async function startKubesec(): Promise<Kubesec> {
  const program: GoProgram<object> = await startGoProgram(join(__dirname, "..", "kubesec"));
  return {
    async scores(objects) {
      const questions = objects.flatMap((object) => questionsOf(object as Workload));
      const reports = await program.ask<Report>(questions.map(([, object]) => object));
      return reports.map(({ score, message, scoring: { advise = [], critical = [] } }, index) => {
        assert.match(message, /^(?:Passed|Failed) with a score of /);
        const of = questions[index]?.[0] ?? "";
        return { of, points: score, missing: advise.map(({ id }) => id), lost: critical.map(({ id }) => id) };
      });
    },
    close: () => program.close(),
  };
}
