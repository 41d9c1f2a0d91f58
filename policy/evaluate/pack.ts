/** The CrossGuard policies, one for each rule. Making the list has no side effect; index.ts hands it to the engine. */
import type {
  PolicyProviderResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { UnknownValueError } from "@pulumi/policy";
import { releaseRenders } from "../checks/release-renders";
import { unseenFinding } from "../checks/resources-unseen";
import type { Finding, Verdict } from "../contract";
import { segments } from "../manifest/field-path";
import { knownValues } from "../manifest/known-values";
import { text } from "../manifest/read";
import { remedies } from "../remedies/remedies";
import { applyEdits, type IsExempt } from "../remedies/remedy";
import { askCluster } from "../render/ask-cluster";
import type { RuleInfo } from "../rules/rule";
import { rules, saidOf } from "./catalogue";
import { evaluateResource } from "./evaluate-resource";
import { exemptionShown, neverExempt } from "./exemptions";
import type { PackConfig } from "./pack-config";
import { isEvaluated, isForeign } from "./resource-type";
import { evaluateTogether, type Part } from "./together";

/** Rules whose findings come from each resource, and rules whose findings come from all of them together: some from both. */
const alone = rules.filter(({ across = false }) => !across);
const together = rules.filter(({ across = false, id }) => across || neverExempt.includes(id));

/** The policies of the pack. `settings` is asked each time, since the engine tells them after the pack has started. The engine asks them one after the
 *  other about each resource, and at the end those that look across about the stack: the first that is asked evaluates, the others pick their findings
 *  from the same verdict. */
export function policiesOf(settings: () => PackConfig): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const verdicts = new SharedVerdicts(settings);
  return rules.map((rule) => ({
    name: rule.id,
    description: rule.description,
    get enforcementLevel() {
      return rule.enforcement[settings().profile];
    },
    severity: rule.severity,
    remediationSteps: rule.fix,
    tags: [...rule.controls],
    ...(alone.includes(rule) && {
      validateResource: async (args: ResourceValidationArgs, report: (message: string) => void) => {
        for (const { finding } of await verdicts.ofResource(rule, args)) report(saidOf(finding));
      },
    }),
    ...(remedies.has(rule.id) && {
      remediateResource: (args: ResourceValidationArgs) => remedied(rule, args, settings()),
    }),
    ...(together.includes(rule) && {
      validateStack: async (args: StackValidationArgs, report: (message: string, urn?: string) => void) => {
        for (const { finding, urn } of await verdicts.ofStack(rule, args)) report(saidOf(finding), urn);
      },
    }),
  })) as (ResourceValidationPolicy | StackValidationPolicy)[];
}

interface Located {
  readonly finding: Finding;
  /** @default the stack as a whole */
  readonly urn?: string;
}

interface Shared {
  readonly findings: Promise<readonly Located[]>;
  /** Rules that have had their findings: one that asks again is asking about new inputs. */
  readonly served: Set<string>;
}

/** Verdicts, each for as long as the policies are asked about the same. */
class SharedVerdicts {
  private readonly shared = new Map<string, Shared>();
  /** What was evaluated of each resource, for the verdict on all of them. */
  private readonly parts = new Map<string, Promise<Part>>();

  constructor(private readonly settings: () => PackConfig) {}

  ofResource(rule: RuleInfo, args: ResourceValidationArgs): Promise<readonly Located[]> {
    if (isForeign(args.type)) return Promise.resolve([]);
    return this.take(args.urn, rule, alone.length, async () => {
      const part = evaluated(args, this.settings());
      this.parts.set(args.urn, part);
      return located(args.urn, (await part).verdict);
    });
  }

  ofStack(rule: RuleInfo, { resources }: StackValidationArgs): Promise<readonly Located[]> {
    return this.take("", rule, together.length, async () => {
      const wanted = resources.filter(({ type }) => isEvaluated(type));
      const known = wanted.filter(({ urn }) => this.parts.has(urn));
      const parts = await Promise.all(known.map(({ urn }) => this.parts.get(urn) as Promise<Part>));
      const unseen = wanted.length - known.length;
      const rest = unseen > 0 ? [{ ...nothing, incomplete: true }] : [];
      const verdicts = evaluateTogether([...parts, ...rest], { now: new Date(), ...this.settings() });
      const said = known.flatMap(({ urn }, index) => located(urn, verdicts[index] ?? nothing.verdict));
      return unseen > 0 ? [...said, { finding: unseenFinding(unseen, wanted.length) }] : said;
    });
  }

  private async take(
    key: string,
    rule: RuleInfo,
    askers: number,
    evaluate: () => Promise<readonly Located[]>,
  ): Promise<readonly Located[]> {
    let shared = this.shared.get(key);
    if (shared === undefined || shared.served.has(rule.id)) {
      shared = { findings: evaluate(), served: new Set() };
      this.shared.set(key, shared);
    }
    shared.served.add(rule.id);
    if (shared.served.size === askers) this.shared.delete(key);
    return (await shared.findings).filter(({ finding }) => finding.rule === rule.id);
  }
}

const nothing: Part = { verdict: { findings: [], objects: 0, pods: 0 }, manifests: [], namespace: "default" };

const located = (urn: string, { findings, exempted = [] }: Verdict): Located[] =>
  [...findings, ...exempted.map(exemptionShown)].map((finding) => ({ finding, urn }));

const isUnknown = (error: unknown): boolean => error instanceof UnknownValueError;

/** An exception would end the whole preview and an unknown turn the rule into an advice: both become a finding. */
async function evaluated({ type, name, props, provider }: ResourceValidationArgs, config: PackConfig): Promise<Part> {
  try {
    const inputs = knownValues(props, isUnknown);
    const here = { now: new Date(), ...config, ...(await capabilities(provider, config)) };
    return await evaluateResource(type, inputs, here, name);
  } catch (error) {
    const { id: rule, severity } = releaseRenders;
    const got = `an error of the policy pack itself (${error instanceof Error ? error.name : typeof error})`;
    const [, , kind = type] = type.split(":");
    const finding: Finding = {
      rule,
      severity,
      object: { apiVersion: "", kind, name },
      containers: [],
      field: "the resource",
      got,
      want: "a resource the pack can evaluate",
      fix: "report it with the resource that causes it",
      outcome: "undetermined",
    };
    return { ...nothing, verdict: { findings: [finding], objects: 0, pods: 0 }, incomplete: true };
  }
}

/** The inputs of an object that breaks a rule, fixed; nothing where no change is safe or the object is exempt. What a release renders to cannot be changed. */
async function remedied(
  rule: RuleInfo,
  args: ResourceValidationArgs,
  config: PackConfig,
): Promise<ResourceValidationArgs["props"] | undefined> {
  if (!isEvaluated(args.type) || /^kubernetes:helm\.sh|List$/.test(args.type) || "items" in args.props)
    return undefined;
  const { verdict, manifests } = await evaluated(args, config);
  const isBroken = verdict.findings.some((finding) => finding.rule === rule.id && finding.outcome === "fail");
  const edits = isBroken
    ? manifests.flatMap(({ object }) => remedies.get(rule.id)?.edits(object, exemptIn(verdict, rule)) ?? [])
    : [];
  if (edits.length === 0) return undefined;
  applyEdits(args.props, edits);
  return args.props;
}

/** Whether a finding of the rule at or below a place is exempt. */
function exemptIn({ exempted = [] }: Verdict, { id }: RuleInfo): IsExempt {
  const fields = exempted.flatMap(({ finding }) => (finding.rule === id ? [segments(finding.field)] : []));
  return (at) => fields.some((field) => at.every((key, index) => field[index] === key));
}

/** Version and APIs of the resource's own cluster, unless they were given to the pack or the provider's settings are not known yet. */
async function capabilities(
  provider: PolicyProviderResource | undefined,
  { told }: PackConfig,
): Promise<Partial<Pick<PackConfig, "kubeVersion" | "served">>> {
  if (told === true || provider === undefined) return {};
  const settings = knownValues(provider.props, isUnknown);
  const given = ["context", "cluster", "kubeconfig"].filter((key) => settings[key] !== undefined);
  if (given.some((key) => typeof settings[key] !== "string")) return {};
  return (await askCluster(Object.fromEntries(given.map((key) => [key, text(settings, key)])))) ?? {};
}
