import { strict as assert } from "node:assert";
import { type Container, mailroom, only, type PodSpec, type Rendered } from "./support/helm";

interface Pods {
  readonly deployment: Rendered;
  readonly job: Rendered;
  /** Pod and container of both. */
  readonly both: readonly { readonly kind: string; readonly pod: PodSpec; readonly container: Container }[];
}

async function pods(values: object = {}, args: string[] = []): Promise<Pods> {
  const objects = await mailroom(values, { args });
  const [deployment, job] = [only(objects, "Deployment"), only(objects, "Job")];
  const both = [deployment, job].map(({ kind, spec }) => ({
    kind,
    pod: spec.template.spec,
    container: spec.template.spec.containers[0],
  }));
  return { deployment, job, both };
}

describe("charts/mailroom: pods", () => {
  it("[MR-23] mounts config.yaml as one read-only file", async () => {
    for (const { kind, pod, container } of (await pods()).both) {
      const mount = container.volumeMounts.find(({ name }) => name === "config");
      assert.deepEqual(
        mount,
        { name: "config", mountPath: "/app/config.yaml", subPath: "config.yaml", readOnly: true },
        kind,
      );
      assert.ok(pod.volumes.find(({ name }) => name === "config")?.configMap, kind);
    }
  });

  it("[MR-24] says where the configuration is", async () => {
    for (const { kind, container } of (await pods()).both) {
      assert.deepEqual(container.env, [{ name: "MAILROOM_CONFIG", value: "/app/config.yaml" }], kind);
    }
  });

  it("[MR-29] imports the whole Secret; the setup that of its own copy", async () => {
    const { both } = await pods();
    assert.deepEqual(
      both.map(({ container }) => container.envFrom),
      [[{ secretRef: { name: "mailroom-secrets" } }], [{ secretRef: { name: "mailroom-setup-secrets" } }]],
    );
  });

  it("[MR-30] runs the default image, a tag, a digest, or both", async () => {
    const digest = `sha256:${"0a".repeat(32)}`;
    const image = async (given: object) => (await pods({ image: given })).both.map(({ container }) => container.image);
    const repository = "ghcr.io/hellothisisflo/mailroom";
    assert.deepEqual(await image({}), [`${repository}:latest`, `${repository}:latest`]);
    assert.deepEqual(await image({ tag: "1.2.0" }), [`${repository}:1.2.0`, `${repository}:1.2.0`]);
    assert.deepEqual(await image({ tag: "1.2.0", digest }), Array(2).fill(`${repository}:1.2.0@${digest}`));
    assert.deepEqual(await image({ tag: "", digest }), Array(2).fill(`${repository}@${digest}`));
    assert.deepEqual(await image({ tag: "" }), Array(2).fill(`${repository}:1.0.0`));
    for (const { container } of (await pods()).both) assert.equal(container.imagePullPolicy, "Always");
  });

  it("[MR-31] runs one copy, and stops it before the next starts", async () => {
    const { spec } = (await pods()).deployment;
    assert.equal(spec.replicas, 1);
    assert.deepEqual(spec.strategy, { type: "Recreate" });
    assert.equal((await pods({ replicaCount: 0 })).deployment.spec.replicas, 0);
  });

  it("[MR-32] has the default resources, and the given ones, in both", async () => {
    const normal = { requests: { memory: "64Mi", cpu: "100m" }, limits: { memory: "128Mi", cpu: "100m" } };
    for (const { container } of (await pods()).both) assert.deepEqual(container.resources, normal);
    const other = { requests: { memory: "1Gi", cpu: "1" }, limits: { memory: "2Gi", cpu: "2" } };
    for (const { container } of (await pods({ resources: other })).both) assert.deepEqual(container.resources, other);
  });

  it("[MR-33] pod context is that of the restricted standard, with a numeric user", async () => {
    const context = {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    };
    for (const { kind, pod } of (await pods()).both) assert.deepEqual(pod.securityContext, context, kind);
    for (const { pod } of (await pods({ image: { runAsUser: 9999, runAsGroup: 99 } })).both) {
      assert.deepEqual(pod.securityContext, { ...context, runAsUser: 9999, runAsGroup: 99 });
    }
  });

  it("[MR-34] container context is that of the restricted standard, with a read-only root", async () => {
    for (const { kind, container } of (await pods()).both) {
      assert.deepEqual(
        container.securityContext,
        {
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          seccompProfile: { type: "RuntimeDefault" },
          capabilities: { drop: ["ALL"] },
        },
        kind,
      );
    }
  });

  it("[MR-35] /tmp is writable and bounded", async () => {
    for (const { kind, pod, container } of (await pods()).both) {
      assert.deepEqual(
        container.volumeMounts.find(({ name }) => name === "tmp"),
        { name: "tmp", mountPath: "/tmp" },
        kind,
      );
      assert.deepEqual(
        pod.volumes.find(({ name }) => name === "tmp"),
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        kind,
      );
    }
  });

  it("[MR-36] [MR-43] the setup differs from the service only in what it runs and in whose copies it reads", async () => {
    const { both } = await pods({ existingConfigMap: "c", setup: { apply: true } });
    const [service, setup] = both.map(({ pod, container }) => {
      const { name, command, args, ports, startupProbe, readinessProbe, livenessProbe, envFrom, ...same } = container;
      const { containers, restartPolicy, terminationGracePeriodSeconds, ...around } = pod;
      return { ...around, ...same };
    });
    assert.deepEqual(setup, service);
    assert.deepEqual(
      both.map(({ container }) => container.name),
      ["mailroom", "setup"],
    );
  });

  it("[MR-37] adds no right: no privilege, host namespace, host path, capability or token", async () => {
    for (const { kind, pod } of (await pods()).both) {
      const text = JSON.stringify(pod);
      assert.doesNotMatch(text, /privileged|hostNetwork|hostPID|hostIPC|hostPath|hostPort|"add"|procMount/, kind);
      assert.equal(pod.automountServiceAccountToken, false, kind);
      assert.equal(pod.enableServiceLinks, false, kind);
    }
  });

  it("[MR-38] the setup Job is a hook before install and upgrade", async () => {
    const { apiVersion, metadata } = (await pods()).job;
    assert.equal(apiVersion, "batch/v1");
    assert.equal(metadata.name, "mailroom-setup");
    assert.deepEqual(metadata.annotations, {
      "helm.sh/hook": "pre-install,pre-upgrade",
      "helm.sh/hook-weight": "-5",
      "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    });
  });

  it("[MR-39] [MR-41] checks, and creates only when told to", async () => {
    const command = async (args: string[]) => {
      const [container] = (await pods({}, args)).job.spec.template.spec.containers;
      return [container.command, container.args];
    };
    assert.deepEqual(await command([]), [["mailroom", "setup"], undefined]);
    assert.deepEqual(await command(["--set", "setup.apply=true"]), [["mailroom", "setup"], ["--apply"]]);
  });

  it("[MR-42] fails at once and in bounded time, within Helm's own five minutes", async () => {
    const { spec } = (await pods()).job;
    assert.equal(spec.backoffLimit, 0);
    assert.equal(spec.template.spec.restartPolicy, "Never");
    assert.ok((spec.activeDeadlineSeconds as number) < 300);
    assert.equal(spec.ttlSecondsAfterFinished, 86_400);
    assert.equal(spec.template.spec.containers[0].terminationMessagePolicy, "FallbackToLogsOnError");
  });

  it("the service is probed at /healthz on its port health, and given time to stop", async () => {
    const { deployment } = await pods();
    const pod = deployment.spec.template.spec;
    const [container] = pod.containers;
    const httpGet = { path: "/healthz", port: "health" };
    assert.deepEqual(container.ports, [{ name: "health", containerPort: 8080 }]);
    assert.deepEqual(container.startupProbe, { httpGet, periodSeconds: 1, failureThreshold: 60 });
    assert.deepEqual(container.readinessProbe, { httpGet, periodSeconds: 30, timeoutSeconds: 5 });
    assert.deepEqual(container.livenessProbe, { httpGet, periodSeconds: 30, timeoutSeconds: 5 });
    assert.equal(pod.terminationGracePeriodSeconds, 60);
    assert.equal(deployment.spec.revisionHistoryLimit, 3);
  });

  it("an edited configuration or credential restarts the pod, nothing else does", async () => {
    const sums = async (values: object) => (await pods(values)).deployment.spec.template.metadata.annotations ?? {};
    const before = await sums({});
    assert.deepEqual(Object.keys(before).sort(), ["checksum/config", "checksum/secrets"]);
    const config = await sums({ config: { logging: { level: "debug" } } });
    assert.notEqual(config["checksum/config"], before["checksum/config"]);
    assert.equal(config["checksum/secrets"], before["checksum/secrets"]);
    const secret = await sums({
      secrets: { jmap_token: "token-two", carddav_username: "owner@example.com", carddav_password: "p" },
    });
    assert.notEqual(secret["checksum/secrets"], before["checksum/secrets"]);
    assert.deepEqual(await sums({ setup: { apply: true }, networkPolicy: { enabled: true } }), before);
  });
});
