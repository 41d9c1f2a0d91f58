/** The CrossGuard policies, one for each rule. Making the list has no side effect; index.ts hands it to the engine. */
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { UnknownValueError } from "@pulumi/policy";
import { releaseRenders } from "../checks/release-renders";
import type { Finding } from "../contract";
import { knownValues } from "../manifest/known-values";
import { messageOf } from "../message";
import type { RuleInfo } from "../rules/rule";
import { rules } from "../rules/rules";
import { exemptionShown } from "../settings/exemptions";
import type { PackConfig } from "../settings/pack-config";
import { judgeResource } from "./judge-resource";

/** The policies of the pack. `settings` is asked each time, since the engine tells them after the pack has started. The engine asks them one after the other about each resource: the first that is asked
 *  judges it, the others pick their findings from the same verdict. */
export function policiesOf(settings: () => PackConfig): ResourceValidationPolicy[] {
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
    validateResource: async (args, report) => {
      for (const finding of await verdicts.findings(rule, args)) report(messageOf(finding));
    },
  }));
}

interface Shared {
  readonly findings: Promise<readonly Finding[]>;
  /** Rules that have had their findings: one that asks again is asking about new inputs. */
  readonly served: Set<string>;
}

/** Verdicts by URN, for as long as the policies are asked about the same inputs. */
class SharedVerdicts {
  private readonly byUrn = new Map<string, Shared>();

  constructor(private readonly settings: () => PackConfig) {}

  async findings(rule: RuleInfo, args: ResourceValidationArgs): Promise<readonly Finding[]> {
    if (!args.type.startsWith("kubernetes:")) return [];
    let shared = this.byUrn.get(args.urn);
    if (shared === undefined || shared.served.has(rule.id)) {
      shared = { findings: judged(args, this.settings()), served: new Set() };
      this.byUrn.set(args.urn, shared);
    }
    shared.served.add(rule.id);
    if (shared.served.size === rules.length) this.byUrn.delete(args.urn);
    return (await shared.findings).filter((finding) => finding.rule === rule.id);
  }
}

/** An exception would end the whole preview and an unknown turn the rule into an advice: both become a finding. */
async function judged({ type, name, props }: ResourceValidationArgs, config: PackConfig): Promise<readonly Finding[]> {
  try {
    const inputs = knownValues(props, (error) => error instanceof UnknownValueError);
    const { findings, exempted = [] } = await judgeResource(type, inputs, { now: new Date(), ...config });
    return [...findings, ...exempted.map(exemptionShown)];
  } catch (error) {
    const { id: rule, severity } = releaseRenders;
    const got = `an error of the policy pack itself (${error instanceof Error ? error.name : typeof error})`;
    const [, , kind = type] = type.split(":");
    return [
      {
        rule,
        severity,
        object: { apiVersion: "", kind, name },
        containers: [],
        field: "the resource",
        got,
        want: "a resource the pack can judge",
        fix: "report it with the resource that causes it",
        outcome: "undetermined",
      },
    ];
  }
}
