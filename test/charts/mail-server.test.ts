import { strict as assert } from "node:assert";
import { join } from "node:path";
import { mailServer, mailServerValues } from "../../systems/mailroom/mail-server-values";
import { charts, helm, mailroom, only, type Rendered, refusal, render } from "./support/helm";

const chart = "mail-server";
const values = { existingSecret: "account" };
const service = (objects: readonly Rendered[], name = chart) =>
  only(objects, "Service", name).spec as unknown as Record<string, unknown>;

describe("charts/mail-server", () => {
  it("lint finds nothing", async () => {
    const { code, stdout } = await helm(["lint", "--strict", join(charts, chart)]);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
  });

  it("is hardened like the service it stands in for", async () => {
    const own = only(await render({ chart, release: chart, values }), "Deployment").spec.template.spec;
    const model = only(await mailroom(), "Deployment").spec.template.spec;
    assert.deepEqual(own.securityContext, model.securityContext);
    assert.deepEqual(own.containers[0].securityContext, model.containers[0].securityContext);
    assert.deepEqual(own.automountServiceAccountToken, false);
    assert.deepEqual(own.volumes, [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }]);
    assert.deepEqual(own.containers[0].volumeMounts, [{ name: "tmp", mountPath: "/tmp" }]);
  });

  it("knows the one account of existingSecret, and refuses to start without", async () => {
    const [container] = only(await render({ chart, release: chart, values }), "Deployment").spec.template.spec
      .containers;
    assert.deepEqual(container.envFrom, [{ secretRef: { name: "account" } }]);
    assert.deepEqual(container.env, [{ name: "STATE_FILE", value: "/tmp/account.json" }]);
    assert.match(await refusal({ chart }), /existingSecret is empty/);
  });

  it("serves mail and the admin page inside the cluster, the page on the nodes only when asked", async () => {
    const objects = await render({ chart, release: chart, values });
    const ports = [
      { name: "mail", port: 8080, targetPort: "mail" },
      { name: "admin", port: 8081, targetPort: "admin" },
    ];
    assert.equal(service(objects).type, "ClusterIP");
    assert.deepEqual(service(objects).ports, ports);
    assert.deepEqual(service(objects).selector, only(objects, "Deployment").spec.selector.matchLabels);
    assert.deepEqual(objects.map(({ kind }) => kind).sort(), ["Deployment", "Service"]);
    const open = await render({ chart, release: chart, values: { ...values, service: { adminNodePort: 30_081 } } });
    assert.equal(service(open).type, "ClusterIP");
    assert.equal(service(open, "mail-server-admin").type, "NodePort");
    assert.deepEqual(service(open, "mail-server-admin").ports, [{ ...ports[1], nodePort: 30_081 }]);
    assert.match(
      await refusal({ chart, values: { ...values, service: { adminNodePort: 80 } } }),
      /\/service\/adminNodePort/,
    );
  });

  it("runs where and as what mailroom's values expect", async () => {
    const client = {
      namespace: "post",
      mailServerNodePort: 0,
      image: { repository: "registry.example/team/mailroom", tag: "1.2.0" },
    };
    const { release, namespace, url, image } = mailServer(client);
    const objects = await render({ chart, release, namespace, values: mailServerValues(client, image, "account") });
    const { name } = only(objects, "Service").metadata;
    assert.equal(url, `http://${name}.${namespace}.svc:8080`);
    const deployment = only(objects, "Deployment");
    assert.equal(deployment.spec.template.spec.containers[0].image, "registry.example/team/mail-server:1.2.0");
    assert.equal(deployment.metadata.labels["app.kubernetes.io/name"], "mail-server");
    const { ingress } = only(objects, "NetworkPolicy").spec;
    assert.deepEqual(ingress, [
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "post" } } }],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
      { ports: [{ protocol: "TCP", port: 8081 }] },
    ]);
  });
});
