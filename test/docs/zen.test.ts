import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { evidence } from "../../cli/generate/requirements";
import { examples } from "../../systems/zen/examples";
import { modes, profileNames, profiles, requirements, scheduledGitops } from "../../systems/zen/profiles";
import { section } from "../support/documents/document";
import { rows } from "../support/documents/document-table";
import { root, textOf } from "../support/tree";

const chart = "charts/zen-agent";
const readme = `${chart}/README.md`;
const guide = `${chart}/PROFILES_AND_VALUES.md`;
const tls = `${chart}/TLS_HARDENING.md`;

/** Every key of the chart's values, by its path. */
function keys(schema: { properties?: Record<string, object> }, path = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    `${path}${key}`,
    ...keys(inner, `${path}${key}.`),
  ]);
}
const schemaOf = (name: string) => JSON.parse(textOf(`charts/${name}/values.schema.json`));
const known = new Set(keys(schemaOf("zen-agent")));

/** Keys in backticks of a text, with a dot in them; a file's name is none. */
const keysIn = (text: string): string[] =>
  [...text.matchAll(/`([a-z][\w-]*(?:\.[a-zA-Z][\w-]*)+)(?:: [^`]*)?`/g)]
    .map(([, key]) => key as string)
    .filter((key) => !/\.(yaml|json|md|ts|sh|io|pem|crt|key)$/.test(key) && !key.includes(".kube"));

describe("documents: charts/zen-agent", () => {
  it("[ZN-47] [ZN-57] [ZN-65] [ZN-69] the four documents of the charts are there, and the README leads to each", () => {
    const documents = [`${chart}/PROFILES_AND_VALUES.md`, `${chart}/TLS_HARDENING.md`, `${chart}/scripts/README.md`];
    for (const file of [...documents, "charts/zen-watcher/CRD_SYNC.md"]) assert.ok(existsSync(join(root, file)), file);
    const { text: elsewhere } = section(readme, "Elsewhere");
    const external = [...elsewhere.matchAll(/`([A-Z_]+\.md)`/g)].map(([, name]) => name as string);
    assert.deepEqual(external, [
      ...["ROADMAP.md", "COMPREHENSIVE_ARCHITECTURE.md", "SECURITY_INCIDENT_FLOW.md"],
      ...["SECURITY_INCIDENT_FLOW_PRODUCTION_TARGET.md", "SECURITY_INCIDENT_EXPERT_REVIEW.md"],
      ...["THREAT_MODEL_PRODUCTION.md", "GUARDRAILS.md", "SECURITY_POSTURE.md", "AGENT_WATCHER_INTEGRATION.md"],
    ]);
    for (const name of external) assert.ok(!existsSync(join(root, name)), `${name} is not of this repository`);
    assert.doesNotMatch(elsewhere, /\]\(/, "what is elsewhere is no link");
    const linked = textOf(readme);
    for (const name of [
      "PROFILES_AND_VALUES.md",
      "TLS_HARDENING.md",
      "../zen-watcher/CRD_SYNC.md",
      "scripts/README.md",
    ])
      assert.ok(linked.includes(`](${name})`), name);
  });

  it("[ZN-47] [ZN-49] the guide says of each profile what it is for, what it costs, what it protects and what to expect", () => {
    const which = rows(section(guide, "Which one").text);
    const choice = which.filter((cells) => cells.length === 3);
    assert.deepEqual(
      choice.map(([, name]) => name),
      profileNames.map((name) => `\`${name}\``),
    );
    const [local = [], gitops = [], aws = []] = choice;
    assert.match(local[2] ?? "", /fast, with the least security/);
    assert.match(gitops[2] ?? "", /history of Git is the audit trail/);
    assert.match(gitops[2] ?? "", /approve when they come to it/);
    assert.match(aws[2] ?? "", /every security feature is on/);
    const cost = which.find(([name]) => name === "agent") ?? [];
    for (const [index, name] of profileNames.entries()) {
      const { replicaCount, resources } = examples[name].values as unknown as {
        replicaCount: number;
        resources: Record<"requests" | "limits", { cpu: string; memory: string }>;
      };
      const { requests, limits } = resources;
      const said = cost[index + 1] ?? "";
      for (const part of [`${replicaCount} pod`, requests.cpu, requests.memory, limits.cpu, limits.memory])
        assert.ok(said.includes(String(part)), `${name}: ${part} in ${said}`);
    }
  });

  it("[ZN-48] [ZN-49] its table of modes is that of the profiles", () => {
    const table = rows(section(guide, "How an incident is handled").text);
    assert.deepEqual(
      table.map(([key]) => key),
      Object.keys(modes).map((key) => `\`${key}\``),
    );
    for (const [key = "", ...cells] of table)
      for (const [index, name] of profileNames.entries()) {
        const own = profiles[name].modes[key.replaceAll("`", "") as keyof typeof modes];
        assert.equal(cells[index], own.map((mode) => `\`${mode}\``).join(", "), `${key} of ${name}`);
      }
  });

  it("[ZN-47] every key that the pages name is one of the chart's", () => {
    for (const file of [guide, tls, "docs/how-to/change-zen-profile.md", "docs/how-to/add-a-remediation-kind.md"]) {
      const named = keysIn(textOf(file)).filter((key) => !/^(hardened|systems|test)/.test(key));
      assert.ok(named.length >= 3, file);
      assert.deepEqual(
        named.filter((key) => !known.has(key) && !key.startsWith("zen-watcher.")),
        [],
        file,
      );
    }
  });

  it("[ZN-65] [ZN-66] [ZN-14] the page on TLS has every key of tls and caMount that chooses, with its default, and each answer to OCSP", () => {
    const values = load(textOf(`${chart}/values.yaml`)) as Record<string, Record<string, unknown>>;
    const [head = ""] = textOf(tls).split(/^## /m);
    const table = rows(head);
    assert.deepEqual(
      table.map(([key]) => key?.replaceAll("`", "")),
      ["tls.enabled", "tls.insecure", "tls.source", "tls.existingSecret", "tls.ocsp", "caMount.enabled"],
    );
    for (const [key = "", fallback = ""] of table) {
      const [group = "", name = ""] = key.replaceAll("`", "").split(".");
      const value = values[group]?.[name];
      assert.equal(fallback, value === "" ? "empty" : `\`${value}\``, key);
    }
    const ocsp = rows(section(tls, "OCSP").text).map(([answer]) => answer?.replaceAll("`", ""));
    assert.deepEqual(ocsp, schemaOf("zen-agent").properties.tls.properties.ocsp.enum);
  });

  it("[ZN-65] [ZN-12] the page on TLS says how a certificate and an authority are renewed, and has both ways of the profile local", () => {
    const { text: rotation } = section(tls, "Rotation");
    for (const source of schemaOf("zen-agent").properties.tls.properties.source.enum)
      assert.ok(rotation.includes(`\`tls.source: ${source}\``), source);
    assert.match(rotation, /at each handshake, so a renewed certificate needs no restart/);
    const { text, block } = section(tls, "Local: off or mkcert");
    assert.match(text, /^mkcert -client /m);
    const said = load(block("yaml")) as Record<string, Record<string, unknown>>;
    for (const [group, inner] of Object.entries(said))
      for (const key of Object.keys(inner)) assert.ok(known.has(`${group}.${key}`), `${group}.${key}`);
    assert.equal(profiles.local.http, true);
    assert.ok(requirements.some((one) => one.keys[0] === "caMount.enabled" && one.profiles.join() === "aws"));
  });

  it("[ZN-65] the page on TLS has every reason by which the agent's image refuses a connection for its certificates, and no other", () => {
    const source = ["refusal", "staple", "keypair", "transport"].map((name) => textOf(`images/zen-agent/${name}.go`));
    const reasons = [...source.join("\n").matchAll(/refuse\("([a-z0-9-]+)"|\{"[a-z0-9. ]+", "([a-z0-9-]+)",/gi)].map(
      ([, one, other]) => (one ?? other) as string,
    );
    const elsewhere = ["unreachable", "timeout", "unexpected"];
    assert.deepEqual(
      rows(section(tls, "When it fails").text)
        .map(([reason = ""]) => reason.replaceAll("`", ""))
        .sort(),
      [...new Set(reasons)].filter((reason) => !elsewhere.includes(reason)).sort(),
    );
  });

  it("[ZN-46] [ZN-50] the GitOps flow: commit, review, sync, validation; tied to no creation of clusters, and nothing at a later time", () => {
    const { text } = section(readme, "The GitOps flow");
    const steps = [
      "writes a commit",
      "review it and merge it",
      "Argo CD or Flux brings it",
      "`gitops.validation: webhook`",
    ];
    const at = steps.map((step) => text.indexOf(step));
    assert.ok(
      at.every((place) => place > 0),
      String(at),
    );
    assert.deepEqual(
      [...at].sort((a, b) => a - b),
      at,
    );
    assert.match(text, /not tied to the creation of clusters/);
    assert.deepEqual(schemaOf("zen-agent").properties.gitops.properties.validation.enum.toSorted(), [
      "polling",
      "webhook",
    ]);
    for (const mode of scheduledGitops) assert.ok(!(modes["execution.modes"] as readonly string[]).includes(mode));
    assert.match(text, /A pull request at a later time is only planned/);
  });

  it("[ZN-70] the five assumptions have a state each", () => {
    const table = rows(section(readme, "What it takes for granted").text);
    assert.deepEqual(
      table.map(([name]) => name),
      ["service account", "NetworkPolicy", "Pod Security", "secrets", "metrics"],
    );
    for (const [name, state, what = ""] of table)
      assert.ok(/^(holds|partly|open)$/.test(state ?? "") && what.length > 20, name);
  });

  it("[ZN-71] each item of the plan leads to rows that tests show", () => {
    const table = rows(section(readme, "Roadmap").text);
    assert.deepEqual(
      table.map(([item]) => item),
      ["RM-HELM-001", "RM-HELM-002", "RM-HELM-003", "RM-AGENT-002", "RM-AGENT-004", "RM-SEC-001"],
    );
    const shown = evidence();
    for (const [item, , , ids = ""] of table)
      for (const id of ids.split(", ")) {
        const tests = [...(shown.get(id) ?? [])].filter((file) => file.endsWith(".ts"));
        assert.ok(tests.length > 0, `${item}: no test shows ${id}`);
      }
    const named = requirements.flatMap((one) => one.controls).filter((one) => one.startsWith("RM-"));
    for (const item of named)
      assert.ok(
        table.some(([own]) => own === item),
        item,
      );
  });

  it("[ZN-73] [ZN-74] says how versions go, by commands that there are, and the agent names the exact version of its watcher", () => {
    const { text } = section(readme, "Versions");
    for (const word of ["patch", "minor", "major", "`bin/hardened chart versions`", "`bin/hardened chart push "])
      assert.ok(text.includes(word), word);
    const { dependencies } = load(textOf(`${chart}/Chart.yaml`)) as {
      dependencies: { name: string; version: string }[];
    };
    const { version } = load(textOf("charts/zen-watcher/Chart.yaml")) as { version: string };
    assert.equal(dependencies.find(({ name }) => name === "zen-watcher")?.version, version);
  });

  it("[ZN-58] [ZN-59] [ZN-80] what stands for the local pipeline is said, and that the demo clusters are orchestrated elsewhere", () => {
    const { text, commands } = section(`${chart}/scripts/README.md`, "The local pipeline");
    assert.match(text, /run-local-real-pipeline\.sh/);
    assert.ok(commands.some((line) => line.startsWith("bin/hardened up ")));
    assert.ok(text.includes("](../TLS_HARDENING.md#local-off-or-mkcert)"));
    assert.match(
      section(readme, "Elsewhere").text,
      /the orchestration of the demo clusters on EKS: the profile aws renders agent and watcher/,
    );
  });
});
