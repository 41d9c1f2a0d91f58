import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { charts, mailroom, only, render, secrets } from "./support/helm";

const defaults = load(readFileSync(join(charts, "mailroom/values.yaml"), "utf8")) as {
  config: { triage: { categories: unknown } };
};
const hook = "helm.sh/hook";

describe("charts/mailroom: objects", () => {
  it("[MR-10] puts every object into the release's namespace", async () => {
    const objects = await mailroom({ networkPolicy: { enabled: true } }, { namespace: "other-ns" });
    assert.equal(objects.length, 8);
    for (const { kind, metadata } of objects) assert.equal(metadata.namespace, "other-ns", `${kind} ${metadata.name}`);
  });

  it("[MR-12] names objects after the release, the override, or both, in 63 characters", async () => {
    const name = async (release: string, values = {}) =>
      only(await mailroom(values, { release }), "Deployment").metadata.name;
    assert.equal(await name("mailroom"), "mailroom");
    assert.equal(await name("my-mailroom-2"), "my-mailroom-2");
    assert.equal(await name("prod"), "prod-mailroom");
    assert.equal(await name("prod", { nameOverride: "post" }), "prod-post");
    assert.equal(await name("prod", { fullnameOverride: "post" }), "post");
    assert.equal(await name("prod", { fullnameOverride: `${"a".repeat(61)}--${"b".repeat(7)}` }), "a".repeat(61));
  });

  it("[MR-12] cuts a long name so that the names derived from it fit too", async () => {
    const objects = await mailroom({ fullnameOverride: "n".repeat(70) });
    for (const { kind, metadata } of objects) assert.ok(metadata.name.length <= 63, `${kind} ${metadata.name}`);
    assert.equal(only(objects, "Job").metadata.name, `${"n".repeat(57)}-setup`);
  });

  it("[MR-13] labels every object, the Namespace too", async () => {
    const objects = await mailroom(
      { namespace: { create: true }, networkPolicy: { enabled: true } },
      { release: "prod" },
    );
    assert.equal(objects.length, 9);
    for (const { kind, metadata } of objects) {
      const { "app.kubernetes.io/component": component, ...labels } = metadata.labels;
      const common = Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith("pod-security")));
      assert.deepEqual(
        common,
        {
          "helm.sh/chart": "mailroom-0.1.0",
          "app.kubernetes.io/name": "mailroom",
          "app.kubernetes.io/instance": "prod",
          "app.kubernetes.io/version": "1.0.0",
          "app.kubernetes.io/managed-by": "Helm",
        },
        `${kind} ${metadata.name} (${component})`,
      );
    }
  });

  it("[MR-13] [MR-14] a new chart version changes the chart label, not the selector, and restarts nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "charts-"));
    try {
      cpSync(charts, folder, { recursive: true, verbatimSymlinks: true });
      const file = join(folder, "mailroom/Chart.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace("version: 0.1.0", "version: 9.9.9+build.1"));
      const newer = only(await render({ chart: join(folder, "mailroom"), values: { secrets } }), "Deployment");
      const older = only(await mailroom(), "Deployment");
      assert.equal(newer.metadata.labels["helm.sh/chart"], "mailroom-9.9.9_build.1");
      assert.deepEqual(newer.spec.selector, older.spec.selector);
      assert.deepEqual(newer.spec.template, older.spec.template);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("[MR-14] selects the service's pods, never the setup's", async () => {
    const objects = await mailroom();
    const selector = { "app.kubernetes.io/name": "mailroom", "app.kubernetes.io/instance": "mailroom" };
    const deployment = only(objects, "Deployment").spec;
    assert.deepEqual(deployment.selector.matchLabels, { ...selector, "app.kubernetes.io/component": "worker" });
    assert.deepEqual(deployment.template.metadata.labels, deployment.selector.matchLabels);
    assert.deepEqual(only(objects, "Job").spec.template.metadata.labels, {
      ...selector,
      "app.kubernetes.io/component": "setup",
    });
  });

  it("[MR-15] a namespace it makes has the six Pod Security labels and outlives the release", async () => {
    const { metadata } = only(await mailroom({ namespace: { create: true } }, { namespace: "post" }), "Namespace");
    const labels = (version: string) => ({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": version,
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/warn-version": "latest",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/audit-version": "latest",
    });
    assert.equal(metadata.name, "post");
    assert.deepEqual({ ...metadata.labels, ...labels("latest") }, metadata.labels);
    assert.equal(metadata.annotations?.["helm.sh/resource-policy"], "keep");
    const pinned = only(
      await mailroom({ namespace: { create: true, podSecurity: { version: "v1.36" } } }),
      "Namespace",
    );
    assert.deepEqual({ ...pinned.metadata.labels, ...labels("v1.36") }, pinned.metadata.labels);
  });

  it("[MR-16] makes no namespace unless told to", async () => {
    assert.ok((await mailroom()).every(({ kind }) => kind !== "Namespace"));
  });

  it("[MR-19] [MR-20] writes the config tree into config.yaml, whatever it is", async () => {
    const config = async (args: string[]) => {
      const { metadata, data } = only(await mailroom({}, { args }), "ConfigMap", "mailroom-config");
      assert.equal(metadata.name, "mailroom-config");
      assert.deepEqual(Object.keys(data), ["config.yaml"]);
      return load(data["config.yaml"] as string) as typeof defaults.config & { polling: object };
    };
    assert.deepEqual(await config([]), defaults.config);
    assert.deepEqual((await config(["--set", "config.polling.interval=7"])).polling, {
      interval: 7,
      debounce_seconds: 3,
    });
  });

  it("[MR-21] [MR-22] has the default config, mixed categories in order", async () => {
    assert.deepEqual(defaults.config, {
      polling: { interval: 60, debounce_seconds: 3 },
      triage: {
        screener_mailbox: "Screener",
        categories: [
          { name: "Imbox", destination_mailbox: "Inbox" },
          "Feed",
          "Paper Trail",
          "Jail",
          { name: "Person", parent: "Imbox", contact_type: "person" },
        ],
      },
      labels: { mailroom_error: "@MailroomError", mailroom_warning: "@MailroomWarning", warnings_enabled: true },
      logging: { level: "info" },
    });
  });

  it("[MR-27] the Secret is Opaque with three keys of text, also when it looks like a number", async () => {
    const odd = { jmap_token: "12345", carddav_username: "true", carddav_password: 'a"\\\n: #{{ }}' };
    const secret = only(await mailroom({ secrets: odd }), "Secret", "mailroom-secrets");
    assert.equal(secret.type, "Opaque");
    assert.deepEqual(secret.stringData, {
      MAILROOM_JMAP_TOKEN: "12345",
      MAILROOM_CARDDAV_USERNAME: "true",
      MAILROOM_CARDDAV_PASSWORD: 'a"\\\n: #{{ }}',
    });
  });

  it("[MR-29] [MR-19] makes neither Secret nor ConfigMap when it is given their names", async () => {
    const objects = await render({ values: { existingSecret: "their-secret", existingConfigMap: "their-config-x7" } });
    assert.deepEqual(objects.map(({ kind }) => kind).sort(), ["Deployment", "Job"]);
    for (const { spec, kind } of objects) {
      const [container] = spec.template.spec.containers;
      assert.deepEqual(container.envFrom, [{ secretRef: { name: "their-secret" } }], kind);
      assert.equal(spec.template.spec.volumes[0]?.configMap?.name, "their-config-x7", kind);
    }
    assert.equal(only(objects, "Deployment").spec.template.metadata.annotations, undefined);
  });

  it("[MR-38] [MR-45] before the first install the setup has copies of its own, ahead of it", async () => {
    const hooks = (await mailroom({ networkPolicy: { enabled: true } })).filter(
      ({ metadata }) => metadata.annotations?.[hook],
    );
    const order = hooks.map(({ kind, metadata }) => [
      Number(metadata.annotations?.["helm.sh/hook-weight"]),
      kind,
      metadata.name,
    ]);
    assert.deepEqual(
      order.sort((a, b) => (a[0] as number) - (b[0] as number) || String(a[1]).localeCompare(String(b[1]))),
      [
        [-10, "ConfigMap", "mailroom-setup-config"],
        [-10, "NetworkPolicy", "mailroom-setup"],
        [-10, "Secret", "mailroom-setup-secrets"],
        [-5, "Job", "mailroom-setup"],
      ],
    );
    for (const { metadata } of hooks) {
      assert.equal(metadata.annotations?.[hook], "pre-install,pre-upgrade");
      assert.equal(metadata.annotations?.["helm.sh/hook-delete-policy"], "before-hook-creation,hook-succeeded");
    }
  });

  it("[MR-44] the copies hold what the release is about to have, under names the release does not use", async () => {
    const objects = await mailroom();
    assert.deepEqual(
      only(objects, "Secret", "mailroom-setup-secrets").stringData,
      only(objects, "Secret", "mailroom-secrets").stringData,
    );
    assert.deepEqual(
      only(objects, "ConfigMap", "mailroom-setup-config").data,
      only(objects, "ConfigMap", "mailroom-config").data,
    );
  });

  it("[MR-38] setup.mode external leaves the setup to others", async () => {
    const objects = await mailroom({ setup: { mode: "external" }, networkPolicy: { enabled: true } });
    assert.deepEqual(objects.map(({ kind }) => kind).sort(), ["ConfigMap", "Deployment", "NetworkPolicy", "Secret"]);
    assert.ok(objects.every(({ metadata }) => !metadata.annotations?.[hook]));
  });

  it("[MR-49] leaves nothing behind that it made: no object asks to be kept", async () => {
    for (const { metadata } of await mailroom({ networkPolicy: { enabled: true } })) {
      assert.equal(metadata.annotations?.["helm.sh/resource-policy"], undefined);
    }
  });

  it("writes the chart's digest on the Deployment, not on its pods", async () => {
    const deployment = only(await mailroom({ chartDigest: "0123456789012345" }), "Deployment");
    assert.equal(deployment.metadata.annotations?.["checksum/chart"], "0123456789012345");
    assert.deepEqual(deployment.spec.template, only(await mailroom(), "Deployment").spec.template);
    assert.equal(only(await mailroom(), "Deployment").metadata.annotations, undefined);
  });

  it("the network policies let each pod reach names and mail, and nobody reach it", async () => {
    const objects = await mailroom({ networkPolicy: { enabled: true } });
    for (const [name, component] of [
      ["mailroom", "worker"],
      ["mailroom-setup", "setup"],
    ] as const) {
      const { spec } = only(objects, "NetworkPolicy", name);
      const selector = { "app.kubernetes.io/name": "mailroom", "app.kubernetes.io/instance": "mailroom" };
      assert.deepEqual(spec.podSelector, { matchLabels: { ...selector, "app.kubernetes.io/component": component } });
      assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
      assert.deepEqual(spec.ingress, []);
      const ports = (spec.egress as { ports: { protocol: string; port: number }[] }[]).flatMap((rule) => rule.ports);
      assert.deepEqual(
        ports.map(({ protocol, port }) => `${protocol} ${port}`),
        ["UDP 53", "TCP 53", "TCP 443"],
      );
    }
  });
});
