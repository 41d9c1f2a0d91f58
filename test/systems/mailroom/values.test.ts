import { strict as assert } from "node:assert";
import { chartValues } from "../../../systems/mailroom/chart-values";
import { mailroomConfig } from "../../../systems/mailroom/config";
import { mailServer } from "../../../systems/mailroom/mail-server-values";
import { configFile, egress, setupPod, values } from "../../../systems/mailroom/values";
import { internetPeers } from "../../../systems/schema";
import { mailroom, only, render } from "../../charts/support/helm";

const names = { secretName: "mailroom-credentials-1a2b3c4", configMapName: "mailroom-config-5d6e7f8" };
const digest = `sha256:${"bd".repeat(32)}`;

/** Configurations that together use every key of the setup's pod. */
const variants: [title: string, given: object][] = [
  ["defaults", {}],
  ["apply mode", { setup: { apply: true } }],
  ["a pinned image", { image: { tag: "1.2.0", digest } }],
  ["a digest alone", { image: { tag: "", digest, runAsUser: 9999, runAsGroup: 9998 } }],
  ["a pull policy", { image: { tag: "1.2.0", pullPolicy: "Never" } }],
  ["other resources", { resources: { requests: { cpu: "0.5", memory: "1Gi" }, limits: { cpu: "1", memory: "2Gi" } } }],
];

describe("systems/mailroom: values", () => {
  for (const [title, given] of variants) {
    it(`[MR-36] [MR-43] the setup's pod is field by field that of the chart's own hook: ${title}`, async () => {
      const config = mailroomConfig.parse(given);
      const { image, resources, existingSecret, existingConfigMap } = values(config, names);
      const chart = { image, resources, existingSecret, existingConfigMap, setup: { apply: config.setup.apply } };
      const job = only(await render({ values: chart }), "Job");
      assert.deepEqual(setupPod(config, names), job.spec.template.spec);
    });
  }

  it("[MR-51] [MR-52] hands over names only, and leaves the setup to the program", async () => {
    const config = mailroomConfig.parse({});
    const given = values(config, names);
    assert.deepEqual(JSON.parse(JSON.stringify(given)), given);
    assert.ok(!("secrets" in given) && !("config" in given));
    const objects = await render({ values: given });
    assert.deepEqual(objects.map(({ kind }) => kind).sort(), ["Deployment", "NetworkPolicy"]);
    const pod = only(objects, "Deployment").spec.template.spec;
    assert.deepEqual(pod.containers[0].envFrom, [{ secretRef: { name: names.secretName } }]);
    assert.equal(pod.volumes[0]?.configMap?.name, names.configMapName);
  });

  it("[MR-43] the service's pod agrees with the setup's that checked it", async () => {
    const config = mailroomConfig.parse({ image: { tag: "1.2.0", digest } });
    const [service] = only(await render({ values: values(config, names) }), "Deployment").spec.template.spec.containers;
    const [setup] = setupPod(config, names).containers;
    for (const field of [
      "image",
      "imagePullPolicy",
      "env",
      "envFrom",
      "resources",
      "securityContext",
      "volumeMounts",
    ] as const) {
      assert.deepEqual(service[field], setup?.[field], field);
    }
  });

  it("[MR-09] every value is one the chart knows", () => {
    const known = chartValues.partial();
    for (const [, given] of variants) assert.ok(known.parse(values(mailroomConfig.parse(given), names)));
    assert.ok(
      known.parse(
        values(mailroomConfig.parse({ mailServer: true, nameOverride: "post", fullnameOverride: "mail" }), names),
      ),
    );
  });

  it("[MR-12] passes the name overrides on", async () => {
    const config = mailroomConfig.parse({ nameOverride: "post", fullnameOverride: "mail" });
    const { metadata } = only(await render({ values: values(config, names) }), "Deployment");
    assert.equal(metadata.name, "mail");
    assert.equal(metadata.labels["app.kubernetes.io/name"], "post");
  });

  it("[MR-30] pulls a moving image every time and a pinned one once", () => {
    const policy = (image: object) => values(mailroomConfig.parse({ image }), names).image.pullPolicy;
    assert.equal(policy({}), "Always");
    assert.equal(policy({ digest }), "IfNotPresent");
    assert.equal(policy({ tag: "1.2.0" }), "IfNotPresent");
    assert.equal(policy({ pullPolicy: "Never" }), "Never");
  });

  it("[MR-20] the configuration file is the config tree, the chart's and the program's alike", async () => {
    const config = mailroomConfig.parse({ config: { polling: { interval: 7 } } });
    assert.equal(configFile(config), config.config);
    assert.ok(await mailroom({ config: configFile(config) }));
  });

  it("mailServer true points service and network policy at the server, and at nothing else", () => {
    const config = mailroomConfig.parse({ mailServer: true, namespace: "post" });
    const { url, namespace } = mailServer(config);
    assert.equal(namespace, "post-mail");
    assert.deepEqual(configFile(config).fastmail, { jmap_url: `${url}/jmap/session`, carddav_url: `${url}/` });
    const [, server, ...rest] = egress(config);
    assert.deepEqual(rest, []);
    assert.deepEqual(server, {
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "post-mail" } },
          podSelector: { matchLabels: { "app.kubernetes.io/name": "mail-server" } },
        },
      ],
      ports: [{ protocol: "TCP", port: 8080 }],
    });
  });

  it("the network policy leads to the endpoints of config.fastmail, by their ports, and to what is added", () => {
    const rules = (fastmail: object | undefined, destinations: object = {}) =>
      egress(mailroomConfig.parse({ config: { fastmail }, networkPolicy: { destinations } })).slice(1);
    const rule = (port: number, to: object) => ({ to, ports: [{ protocol: "TCP", port }] });
    assert.deepEqual(rules(undefined), [rule(443, internetPeers)]);
    assert.deepEqual(rules({ jmap_url: "https://mail.example/", carddav_url: "https://dav.example/" }), [
      rule(443, internetPeers),
    ]);
    assert.deepEqual(rules({ jmap_url: "https://mail.example:8443/" }), [
      rule(8443, internetPeers),
      rule(443, internetPeers),
    ]);
    assert.deepEqual(rules({ jmap_url: "https://10.1.2.3:8443/", carddav_url: "http://[fd00::1]/" }), [
      rule(8443, [{ ipBlock: { cidr: "10.1.2.3/32" } }]),
      rule(80, [{ ipBlock: { cidr: "fd00::1/128" } }]),
    ]);
    const peers = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mail" } } }];
    assert.deepEqual(rules(undefined, { mail: { port: 8080, peers } }), [rule(443, internetPeers), rule(8080, peers)]);
  });

  it("the mail server's namespace fits, however long mailroom's is", () => {
    const { namespace } = mailServer(mailroomConfig.parse({ namespace: "n".repeat(63) }));
    assert.equal(namespace, `${"n".repeat(58)}-mail`);
  });
});
