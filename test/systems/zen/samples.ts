/** Objects of zen's kinds: one that is right, and what makes it wrong. */

type Tree = Record<string, unknown>;

/** A case that the API server has to refuse. */
export interface Wrong {
  readonly title: string;
  /** Changes the spec of the sample. */
  readonly change: (spec: Tree) => void;
  /** What the refusal says, the path of the field first. */
  readonly says: RegExp;
}

export interface Sample {
  readonly kind: string;
  readonly plural: string;
  readonly spec: Tree;
  readonly wrong: readonly Wrong[];
}

const set =
  (...path: readonly string[]) =>
  (value: unknown) =>
  (spec: Tree): void => {
    const last = path.at(-1) as string;
    const inner = path.slice(0, -1).reduce<Tree>((tree, key) => tree[key] as Tree, spec);
    if (value === undefined) delete inner[last];
    else inner[last] = value;
  };

export const samples: readonly Sample[] = [
  {
    kind: "Observation",
    plural: "observations",
    spec: {
      source: "events",
      category: "operations",
      severity: "high",
      eventType: "BackOff",
      message: "Back-off restarting failed container",
      resource: { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web-1", uid: "9c1d" },
      detectedAt: "2026-01-31T12:00:00Z",
      ttlSecondsAfterCreation: 3600,
    },
    wrong: [
      {
        title: "an unknown severity",
        change: set("severity")("bad"),
        says: /spec\.severity: Unsupported value: "bad"/,
      },
      { title: "an unknown category", change: set("category")("misc"), says: /spec\.category: Unsupported value/ },
      { title: "no source", change: set("source")(undefined), says: /spec\.source: Required value/ },
      { title: "a source in capitals", change: set("source")("Events"), says: /spec\.source: Invalid value: "Events"/ },
      { title: "no object", change: set("resource", "name")(undefined), says: /spec\.resource\.name: Required value/ },
      { title: "a time that is none", change: set("detectedAt")("today"), says: /spec\.detectedAt: Invalid value/ },
      { title: "no time to live", change: set("ttlSecondsAfterCreation")(1), says: /ttlSecondsAfterCreation: .*60/ },
      { title: "a long message", change: set("message")("a".repeat(1025)), says: /spec\.message: Too long/ },
      { title: "an unknown field", change: set("severety")("high"), says: /unknown field "spec\.severety"/ },
    ],
  },
  {
    kind: "ObservationFilter",
    plural: "observationfilters",
    spec: { targetSource: "events", minSeverity: "medium", includeNamespaces: ["shop"], excludeEventTypes: ["Pulled"] },
    wrong: [
      { title: "no source", change: set("targetSource")(undefined), says: /spec\.targetSource: Required value/ },
      { title: "half a pattern", change: set("targetSource")("event*"), says: /spec\.targetSource: Invalid value/ },
      {
        title: "no condition",
        change: (spec) => {
          for (const key of ["minSeverity", "includeNamespaces", "excludeEventTypes"]) delete spec[key];
        },
        says: /spec: Invalid value: .*a filter without a condition lets everything pass/,
      },
      {
        title: "a namespace on both lists",
        change: set("excludeNamespaces")(["mail", "shop"]),
        says: /spec\.excludeNamespaces: Invalid value: .*excludeNamespaces holds what includeNamespaces lets pass/,
      },
      { title: "one twice", change: set("includeNamespaces")(["a", "a"]), says: /includeNamespaces\[1\]: Duplicate/ },
      { title: "an unknown field", change: set("minSeverty")("low"), says: /unknown field "spec\.minSeverty"/ },
    ],
  },
  {
    kind: "ObservationMapping",
    plural: "observationmappings",
    spec: {
      sourceName: "events",
      version: "v1",
      resource: "events",
      where: [{ path: "type", in: ["Warning"] }],
      category: { default: "operations" },
      severity: { path: "reason", values: { BackOff: "high" }, default: "medium" },
      eventType: { path: "reason" },
      message: { path: "message" },
      subject: { path: "involvedObject" },
    },
    wrong: [
      { title: "no resource", change: set("resource")(undefined), says: /spec\.resource: Required value/ },
      { title: "a kind as resource", change: set("resource")("Event"), says: /spec\.resource: Invalid value: "Event"/ },
      { title: "Secrets", change: set("resource")("secrets"), says: /spec\.resource: .*Secrets are never observed/ },
      { title: "its own records", change: set("group")("zen.kube-zen.io"), says: /spec\.group: .*are not observed/ },
      { title: "no severity", change: set("severity")({ path: "reason" }), says: /spec\.severity\.default: Required/ },
      {
        title: "a severity that is none",
        change: set("severity")({ path: "reason", values: { BackOff: "bad" }, default: "low" }),
        says: /spec\.severity\.values\.BackOff: Unsupported value: "bad"/,
      },
      {
        title: "values of nothing",
        change: set("severity")({ values: { BackOff: "high" }, default: "low" }),
        says: /spec\.severity\.path: .*give the path/,
      },
      {
        title: "an empty value",
        change: set("eventType")({}),
        says: /spec\.eventType: .*give a path, a default, or both/,
      },
      { title: "an expression", change: set("message")({ path: "{.message}" }), says: /spec\.message\.path: Invalid/ },
      {
        title: "a condition on nothing",
        change: set("where")([{ path: "type", in: [] }]),
        says: /spec\.where\[0\]\.in: /,
      },
      {
        title: "an unknown field",
        change: set("eventTyp")({ path: "reason" }),
        says: /unknown field "spec\.eventTyp"/,
      },
    ],
  },
  {
    kind: "ZenAgentRemediation",
    plural: "zenagentremediations",
    spec: {
      executionMode: "ssa-scheduled",
      schedule: "2026-02-01T03:00:00Z",
      target: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web" },
      patch: "spec: { replicas: 2 }\n",
      observations: ["events-0123456789abcdef"],
    },
    wrong: [
      {
        title: "no schedule",
        change: set("schedule")(undefined),
        says: /schedule goes with executionMode ssa-scheduled/,
      },
      {
        title: "a schedule of what is immediate",
        change: set("executionMode")("ssa-immediate"),
        says: /spec\.schedule: .*schedule goes with executionMode ssa-scheduled/,
      },
      {
        title: "a mode that is not available",
        change: set("executionMode")("scheduled-gitops"),
        says: /spec\.executionMode: Unsupported value: "scheduled-gitops": supported values: "ssa-immediate"/,
      },
      {
        title: "a Secret",
        change: set("target", "kind")("Secret"),
        says: /spec\.target\.kind: .*a Secret is never changed/,
      },
      {
        title: "no API",
        change: set("target", "apiVersion")(undefined),
        says: /target\.apiVersion: .*apiVersion is missing/,
      },
      { title: "no patch", change: set("patch")(undefined), says: /spec\.patch: .*patch is missing/ },
      {
        title: "a repository for what is applied",
        change: set("gitops")({ repository: "https://git.example.com/shop", path: "web.yaml" }),
        says: /spec\.gitops: .*gitops goes with executionMode gitops-immediate/,
      },
      ...["ssh://git@git.example.com/shop", "https://agent@git.example.com/shop", "https://git.example.com/a/../b"].map(
        (repository) => ({
          title: `the repository ${repository}`,
          change: (spec: Tree) => {
            delete spec.schedule;
            Object.assign(spec, { executionMode: "gitops-immediate", gitops: { repository, path: "web.yaml" } });
          },
          says: /spec\.gitops\.repository: Invalid value: /,
        }),
      ),
      { title: "an unknown field", change: set("shedule")("now"), says: /unknown field "spec\.shedule"/ },
    ],
  },
];
