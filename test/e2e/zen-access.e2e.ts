import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { definitions } from "../../systems/zen/crds/all";
import { type ProfileName, profileNames } from "../../systems/zen/profiles";
import type { Rendered } from "../charts/support/helm";
import { objectsOf } from "../charts/support/zen-agent";
import { established } from "../support/established";
import { goModule } from "../support/real-charts";
import { run } from "../support/run";
import { type Question, questionsFor } from "../systems/zen/access";
import { type ApiServer, startApiServer } from "./api-server";

const places = { own: "zen", target: "shop", other: "mail" };

/** Kinds of others that the profile aws makes objects of, as their own projects define them. */
const foreign = [
  ["github.com/cert-manager/cert-manager@v1.11.5", "deploy/crds/crd-certificates.yaml"],
  [
    "github.com/external-secrets/external-secrets@v0.20.4",
    "config/crds/bases/external-secrets.io_externalsecrets.yaml",
  ],
] as const;

/** An API server that authorizes by Roles says what zen's accounts may do, and takes every object of the three examples. */
describe("zen's accounts and objects on a real API server", function () {
  this.timeout(300_000);
  let api: ApiServer;
  let scratch: string;
  const given = process.env.KUBECONFIG;
  const kubectl = async (args: readonly string[], input?: object): Promise<string> => {
    const { code, stdout, stderr } = await run("kubectl", args, { input: JSON.stringify(input ?? "") });
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  const list = (items: readonly unknown[]) => ({ apiVersion: "v1", kind: "List", items });
  const objects = (profile: ProfileName): Promise<Rendered[]> =>
    objectsOf(profile, profile === "local" ? {} : { rbac: { namespaces: [places.target] } });

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "hardened-zen-"));
    api = await startApiServer({}, "RBAC");
    process.env.KUBECONFIG = api.kubeconfig;
    const theirs = await Promise.all(
      foreign.map(async ([module, file]) => {
        const text = readFileSync(join(await goModule(module, scratch), file), "utf8");
        return load(text) as { metadata: { name: string }; spec: object };
      }),
    );
    // No webhook is there to convert, and one of the files is a template with its chart's labels.
    const plain = theirs.map((one) => ({
      ...one,
      metadata: { name: one.metadata.name },
      spec: { ...one.spec, conversion: { strategy: "None" } },
    }));
    const kinds = [...definitions, ...plain];
    await kubectl(["apply", "--server-side", "-f", "-"], list(kinds));
    const names = kinds.map(({ metadata }) => metadata.name);
    await established(kubectl, names);
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const namespaces = Object.values(places).map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
    }));
    await kubectl(["apply", "--server-side", "-f", "-"], list(namespaces));
  });
  after(async () => {
    if (given === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = given;
    await api?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** What the API server answers: whether the account of a release may do it. */
  async function may({ allowed: _, ...attributes }: Question, account: string): Promise<boolean> {
    const { status, body } = await api.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: `system:serviceaccount:${places.own}:${account}`,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${places.own}`, "system:authenticated"],
        resourceAttributes: attributes,
      },
    });
    assert.equal(status, 201, body.message);
    return (body as { status?: { allowed?: boolean } }).status?.allowed === true;
  }
  const inWords = ({ verb, resource, subresource, group, namespace, name }: Question): string =>
    `${verb} ${resource}${subresource && `/${subresource}`}.${group} ${name} in ${namespace || "the cluster"}`;

  for (const profile of profileNames)
    it(`[ZN-24] [ZN-25] ${profile}: every question about the agent is answered as the table of permissions says`, async () => {
      const roles = (await objects(profile)).filter(({ kind }) => /Role|ServiceAccount/.test(kind));
      await kubectl(["apply", "--server-side", "-f", "-"], list(roles));
      try {
        const questions = questionsFor(profile, places, "zen-agent");
        const wrong: string[] = [];
        for (const question of questions)
          if ((await may(question, "zen-agent")) !== question.allowed) wrong.push(inWords(question));
        assert.deepEqual(wrong, []);
        const yes = questions.filter(({ allowed }) => allowed).length;
        assert.ok(yes >= 60 && questions.length - yes >= 60, `${yes} of ${questions.length} allowed`);
        for (const account of ["zen-agent", "zen-agent-zen-watcher"])
          for (const secrets of questions.filter(({ resource }) => resource === "secrets"))
            assert.equal(await may(secrets, account), false, `${account}: ${inWords(secrets)}`);
      } finally {
        await kubectl(["delete", "-f", "-"], list(roles));
      }
    });

  for (const profile of profileNames)
    it(`[ZN-20] [ZN-41] ${profile}: every object is accepted, the pods as pods of a restricted namespace`, async () => {
      const all = await objects(profile);
      const said = await kubectl(["apply", "--server-side", "--dry-run=server", "-f", "-"], list(all));
      assert.equal(said.trim().split("\n").length, all.length, said);
      const deployments = all.filter(({ kind }) => kind === "Deployment");
      assert.equal(deployments.length, 2);
      for (const { metadata, spec } of deployments) {
        const pod = {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { ...spec.template.metadata, name: metadata.name, namespace: places.own },
          spec: spec.template.spec,
        };
        const { status, body, warnings } = await api.call(
          "POST",
          `/api/v1/namespaces/${places.own}/pods?dryRun=All&fieldValidation=Strict`,
          pod,
        );
        assert.equal(status, 201, body.message);
        assert.deepEqual(warnings, []);
      }
    });

  it("[ZN-20] a pod that is not restricted is refused there", async () => {
    const [deployment] = (await objects("local")).filter(({ kind }) => kind === "Deployment");
    const spec = structuredClone(deployment?.spec.template.spec) as unknown as { securityContext: object };
    spec.securityContext = { runAsUser: 0 };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "root", namespace: places.own }, spec };
    const { status, body } = await api.call("POST", `/api/v1/namespaces/${places.own}/pods?dryRun=All`, pod);
    assert.equal(status, 403);
    assert.match(body.message ?? "", /violates PodSecurity "restricted:latest"/);
  });
});
