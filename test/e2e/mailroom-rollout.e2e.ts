import { strict as assert } from "node:assert";
import { changes, failed, succeeded } from "../support/changes";
import { helmRecords, kubectl, objects } from "../support/e2e-cluster";
import { eventually } from "../support/run";
import { type TestProject, testProject } from "../support/test-project";

/** A release that does not roll out: by a mistake in the chart, or because the cluster refuses its pods. */

describe("mailroom's release, when it does not roll out", () => {
  let project: TestProject;
  let fence: string;
  const status = async (): Promise<string> => (await helmRecords(project.namespace))[0]?.status ?? "";
  const refresh = async (): Promise<void> => {
    await project.pulumi(["stack", "select", project.stack]);
    succeeded(await project.pulumi(["refresh", "--yes", "--stack", project.stack, "--non-interactive"]));
  };
  /** Lets Helm wait for 25 s alone, as long as what is meant to fail goes on: its patience of three minutes is for slow clusters. */
  const hurry = (soon: boolean): void => {
    const patient = 'chart: "./charts/mailroom",';
    const hurried = `${patient} timeoutSeconds: 25,`;
    const [from, to] = soon ? [patient, hurried] : [hurried, patient];
    project.edit("systems/mailroom/component.ts", (text) => text.replace(from, to));
  };
  const template = "charts/mailroom/templates/deployment.yaml";
  const good = '"name" "mailroom"';
  const bad = `${good}\n              "args" (list "no-such-command")`;

  before(async () => {
    project = await testProject("rollout");
    fence = `${project.namespace}-fence`;
    succeeded(await project.hardened(["up"]));
  });
  after(async () => {
    await kubectl([
      "delete",
      "validatingadmissionpolicies,validatingadmissionpolicybindings",
      "--ignore-not-found",
      fence ?? "none",
    ]);
    await project?.remove();
  });

  it("a container that ends at once is named with its pod, exit code and last words", async () => {
    hurry(true);
    project.edit(template, (text) => text.replace(good, bad));
    const said = failed(await project.hardened(["up"]));
    assert.match(
      said,
      /pod mailroom-\S+, container "mailroom": \w+, exit code 2; its last words:\n\s+unknown arguments \["no-such-command"\]/,
    );
    assert.equal(await status(), "failed");
  });

  it("after a refresh, which forgets the failure, the mended chart is rolled out", async () => {
    await refresh();
    hurry(false);
    project.edit(template, (text) => text.replace(bad, good));
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), ["updated Release mailroom"]);
    assert.equal(await status(), "deployed");
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), []);
  });

  let refused: () => Promise<boolean>;
  it("pods the cluster refuses are told with the refusal's words", async () => {
    const rule = {
      failurePolicy: "Fail",
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": project.namespace } },
        resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
      },
      validations: [
        {
          expression:
            "!('app.kubernetes.io/component' in object.metadata.labels) || object.metadata.labels['app.kubernetes.io/component'] != 'worker'",
          message: "no workers today",
        },
      ],
    };
    const policy = (kind: string, spec: object) => ({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind,
      metadata: { name: fence },
      spec,
    });
    const items = [
      policy("ValidatingAdmissionPolicy", rule),
      policy("ValidatingAdmissionPolicyBinding", { policyName: fence, validationActions: ["Deny"] }),
    ];
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const worker = (await objects("pods", "-n", project.namespace, "-l", "app.kubernetes.io/component=worker"))[0];
    const { resourceVersion: _, uid: __, ...metadata } = { ...worker?.metadata, name: "probe" };
    const probe = JSON.stringify({ ...worker, metadata });
    refused = () =>
      kubectl(["create", "--dry-run=server", "-f", "-"], probe).then(
        () => false,
        (error: Error) => error.message.includes("no workers today"),
      );
    await eventually("the cluster refuses workers", refused);
    project.mailroom((mailroom) => {
      mailroom.resources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } };
    });
    hurry(true);
    const said = failed(await project.hardened(["up"]));
    assert.match(said, /ReplicaSet mailroom-\S+: .*no workers today/);
    assert.equal(await status(), "failed");
  });

  it("after a refresh and with the cause outside gone, `up` heals with nothing edited instead of saying unchanged", async () => {
    await kubectl(["delete", "validatingadmissionpolicies,validatingadmissionpolicybindings", fence]);
    await eventually("the cluster takes workers", async () => !(await refused()));
    // A ReplicaSet that was refused tries again later and later: touched, it does so now.
    await kubectl(["annotate", "replicasets", "--all", "-n", project.namespace, "touched=yes"]);
    await refresh();
    assert.equal(await status(), "failed");
    const result = succeeded(await project.hardened(["up"]));
    assert.deepEqual(changes(result), ["updated Release mailroom"]);
    assert.equal(await status(), "deployed");
    assert.deepEqual(changes(succeeded(await project.hardened(["up"]))), [], "and then nothing is left to do");
  });
});
