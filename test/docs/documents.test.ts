import assert from "node:assert/strict";
import { load } from "js-yaml";
import { checkStack, type SystemSchema } from "../../config/stack-schema";
import { readStackFile } from "../../operations/stack/stack-file";
import { companyosConfig } from "../../systems/companyos/config";
import { systems as systemSchemas } from "../../systems/registry";
import { trevorConfig } from "../../systems/trevor/config";
import { migrationMode } from "../../systems/trevor/migrations";
import { environments, trevor } from "../charts/support/trevor";
import { textOf } from "../support/tree";

const rotate = textOf("docs/how-to/rotate-a-secret.md");
const scale = textOf("docs/how-to/scale.md");
const readme = textOf("systems/trevor/README.md");

/** A section of a page, without its heading. */
const section = (page: string, heading: string): string =>
  new RegExp(`^## ${heading}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(page)?.[1] ??
  assert.fail(`no section ${heading}`);

/** Cells of a section's table, its head and ruler left out. */
const cells = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** The block of code in a language. */
const block = (text: string, language: string): string =>
  new RegExp(`^ *\`\`\`${language}\n([\\s\\S]*?)^ *\`\`\``, "m").exec(text)?.[1] ?? assert.fail(`no ${language}`);

describe("documents: rotate-a-secret.md", () => {
  it("[COS-19] has a way for every source of credentials, and the store's default interval; the runbook has the pods start again by themselves after the Secret changed, and by hand where nothing does it", () => {
    const sources = systemSources();
    assert.deepEqual(
      cells(rotate)
        .map(([name]) => name?.replaceAll("`", ""))
        .slice(0, sources.length),
      sources,
    );
    const runbook = section(rotate, "Credentials from a store");
    assert.match(runbook, /`refreshInterval` \(default: 1h\)/);
    const steps = [
      "Make the new credential",
      "Write it into the store",
      "force-sync",
      "bin/hardened up --stack <stack>",
      "rollout restart",
      "rollout status",
      "Revoke the old",
    ];
    assert.deepEqual(
      cells(runbook).map(([who]) => who),
      ["Reloader", "`hardened up`"],
    );
    const at = steps.map((step) => runbook.indexOf(step));
    assert.ok(
      at.every((place) => place >= 0),
      String(at),
    );
    assert.deepEqual(
      [...at].sort((a, b) => a - b),
      at,
    );
  });

  const audit = section(rotate, "Who read a secret");

  it("[COS-20] its audit policy notes every access to a Secret and never the content", () => {
    const [, file = ""] = /\]\(\.\.\/\.\.\/(charts\/examples\/[\w-]+\.yaml)\)/.exec(audit) ?? [];
    const policy = load(textOf(file)) as {
      apiVersion: string;
      kind: string;
      rules: { level: string; resources?: { group: string; resources?: string[] }[] }[];
    };
    assert.deepEqual([policy.apiVersion, policy.kind], ["audit.k8s.io/v1", "Policy"]);
    // The first rule that fits decides: the last one leaves out what none of the others named.
    assert.deepEqual(policy.rules.at(-1), { level: "None" });
    assert.deepEqual([...new Set(policy.rules.slice(0, -1).map(({ level }) => level))], ["Metadata"]);
    const noted = policy.rules.flatMap(({ resources = [] }) => resources);
    assert.ok(noted.some(({ group, resources = [] }) => group === "" && resources.includes("secrets")));
    assert.ok(noted.some(({ group }) => group === "external-secrets.io"));
  });

  it("[COS-20] its query leaves out the operator and the kubelets and shows everyone else; source, retention and review are named", () => {
    const query = block(audit, "sh");
    assert.match(query, /select\(\.objectRef\.resource == "secrets" and \.objectRef\.namespace == "companyos"\)/);
    const ours = new RegExp(/test\("([^"]+)"\) \| not/.exec(query)?.[1] ?? assert.fail("no users are left out"));
    for (const user of ["system:node:node-1", "system:serviceaccount:external-secrets:external-secrets"])
      assert.match(user, ours);
    for (const user of ["alice", "kubernetes-admin", "system:serviceaccount:companyos:default", "system:anonymous"])
      assert.doesNotMatch(user, ours);
    assert.deepEqual(
      cells(audit).map(([, , keep]) => keep),
      ["at least a year, out of the cluster", "at least a year, out of the cluster", "as above"],
    );
    assert.match(audit, /Review it every month and after each incident:\n\n1\. [\s\S]*^4\. .*evidence/m);
  });
});

/** The four sources of credentials, as the table sorts them. */
function systemSources(): string[] {
  const said = trevorConfig.shape.credentials as unknown as {
    def: { innerType: { options: { shape: { from: { value: string } } }[] } };
  };
  return said.def.innerType.options.map(({ shape }) => shape.from.value).sort();
}

describe("documents: scale.md", () => {
  it("[COS-50] its settings are a stack's own", () => {
    const set = load(block(scale, "yaml")) as { "hardened:companyos": { services: Record<string, object> } };
    const accounts = {
      image: { repository: "registry.example.com/accounts", digest: `sha256:${"a1".repeat(32)}` },
      resources: "medium",
      ...set["hardened:companyos"].services.accounts,
    };
    const given = { environment: "dev", cluster: { context: "here" }, companyos: { services: { accounts } } };
    const own = { companyos: systemSchemas.companyos as SystemSchema };
    const checked = checkStack("trial", given, own);
    assert.deepEqual("mistakes" in checked ? checked.mistakes : [], []);
    const none = { ...given, companyos: { services: { accounts: { ...accounts, autoscaling: { min: 0 } } } } };
    assert.ok("mistakes" in checkStack("trial", none, own), "min: 0 is refused, as the page says");
  });

  it("[COS-50] says how to raise and lower bounds, how to switch an autoscaler off without losing pods, and what to do without metrics", () => {
    assert.match(section(scale, "Raise or lower the bounds"), /\*\*Up\*\*[\s\S]*quota[\s\S]*\*\*Down\*\*[\s\S]*zone/);
    const off = section(scale, "Switch an autoscaler off safely");
    assert.ok(off.indexOf("Set `replicas`") > 0 && off.indexOf("enabled: false") > off.indexOf("Set `replicas`"), off);
    const fallback = cells(section(scale, "When metrics are missing"));
    for (const seen of ["FailedGetResourceMetric", "FailedGetPodsMetric", "recommendation"])
      assert.ok(
        fallback.some(([symptom = "", happens, remedy]) => symptom.includes(seen) && happens && remedy),
        seen,
      );
  });

  it("[COS-50] names no key a service does not have", () => {
    const described = JSON.stringify(keysOf(companyosConfig));
    for (const key of [
      "autoscaling",
      "vpa",
      "replicas",
      "resources",
      "rps",
      "scaleDownWindowSeconds",
      "min",
      "max",
      "cpu",
    ]) {
      assert.match(scale, new RegExp(`\\b${key}\\b`), key);
      assert.ok(described.includes(`"${key}"`), key);
    }
  });
});

/** Every key of a schema, however deep. */
function keysOf(schema: object): string[] {
  const keys = new Set<string>();
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const { shape, def } = value as { shape?: Record<string, unknown>; def?: Record<string, unknown> };
    for (const [key, inner] of Object.entries(shape ?? {})) {
      keys.add(key);
      visit(inner);
    }
    for (const inner of Object.values(def ?? {})) for (const one of Array.isArray(inner) ? inner : [inner]) visit(one);
  };
  visit(schema);
  return [...keys];
}

describe("documents: systems/trevor/README.md", () => {
  const comparison = /<!-- shows: TR-30 -->\n\n([\s\S]*?)\n\n([^\n]+)/.exec(readme) ?? assert.fail("no comparison");
  const defaults = trevorConfig.shape.migrations.parse({});

  it("[TR-30] compares the three modes by when they run, what a failure does, what they block, pods side by side, tries and history", () => {
    const head = (comparison[1] as string)
      .split("\n")[0]
      ?.split("|")
      .slice(2, -1)
      .map((cell) => /`(\w+)`/.exec(cell)?.[1]);
    assert.deepEqual(head, ["init", "hook", "job"]);
    assert.match(comparison[1] as string, new RegExp(`\`${migrationMode(defaults)}\`:[^|]*\\(default\\)`));
    const rows = cells(comparison[1] as string);
    assert.deepEqual(
      rows.map(([about]) => about),
      [
        "runs",
        "a failure",
        "blocks",
        "several pods",
        "tries",
        "shows in the release's history",
        "works with `helm` or Argo CD alone",
        "for",
      ],
    );
    for (const row of rows) assert.ok(row.length === 4 && row.every((cell) => cell.length > 1), row[0]);
    const words = ["no", "one", "two", "three", "four", "five"];
    const tries = rows.find(([about]) => about === "tries")?.[2];
    assert.equal(tries, `\`migrations.backoffLimit\` + 1, ${words[defaults.backoffLimit + 1]} by default`);
  });

  it("[TR-30] [TR-55] says which stack uses which mode", () => {
    const mode = (stack: string): string => {
      const { config } = readStackFile(stack).document as { config: Record<string, { migrations?: object }> };
      return migrationMode(trevorConfig.shape.migrations.parse(config["hardened:trevor"]?.migrations ?? {}));
    };
    assert.equal(
      comparison[2],
      `The dev stack uses \`${mode("dev")}\`, staging and prod use \`${mode("prod")}\`. \`none\` leaves it to someone else; production refuses it.`,
    );
    assert.equal(mode("staging"), mode("prod"));
    assert.match(section(readme, "On one's own machine"), /kubectl port-forward -n trevor-dev svc\/trevor 8000:8000/);
  });

  it("[TR-53] what it lists by weight is what the chart renders", async () => {
    const rendered = (await trevor({ ...environments.prod, serviceAccount: { create: true } })).map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    );
    const names: Readonly<Record<string, readonly string[]>> = {
      Service: ["Service trevor"],
      account: ["ServiceAccount trevor"],
      "Deployment of the worker": ["Deployment trevor-worker"],
      "Deployment of the API": ["Deployment trevor"],
      Ingress: ["Ingress trevor"],
      autoscaler: ["HorizontalPodAutoscaler trevor"],
      "disruption budgets": ["PodDisruptionBudget trevor", "PodDisruptionBudget trevor-worker"],
      "migration Job": ["Job trevor-migrate", "ServiceAccount trevor-migrate"],
      "network policies": rendered.filter((name) => name.startsWith("NetworkPolicy ")),
      "the notes after an install": [],
    };
    const listed = cells(section(readme, "What is there, by weight"));
    assert.deepEqual(
      listed.map(([weight]) => weight),
      ["critical", "high", "medium", "low"],
    );
    const objects = listed.flatMap(([, all = ""]) => all.split(", "));
    assert.deepEqual([...objects].sort(), Object.keys(names).sort());
    assert.deepEqual([...new Set(rendered)].sort(), Object.values(names).flat().sort());
  });
});
