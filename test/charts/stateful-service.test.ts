import { strict as assert } from "node:assert";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dump } from "js-yaml";
import type { JsonObject } from "../../policy/contract";
import { evaluateChart } from "../../policy/evaluate/evaluate-chart";
import { useHelm } from "../policy/support/helm";
import { charts, helm, only, type Rendered, refusal, render } from "./support/helm";
import { digest } from "./support/service-values";

const chart = "stateful-service";
const golden = join(__dirname, "../golden/charts", `${chart}.yaml`);
const certManager = "cert-manager.io/v1";
const victoria = "operator.victoriametrics.com/v1beta1/VMServiceScrape";
const pinned = { image: { digest } };
const everything = {
  ...pinned,
  archive: { enabled: true },
  certificate: { enabled: true, caSecret: "store-ca" },
};
const served = { ...everything, certificate: { ...everything.certificate, served: true } };
const rendered = (values: object = pinned, apis: readonly string[] = []): Promise<Rendered[]> =>
  render({
    chart,
    release: "store",
    namespace: "shop",
    values,
    args: apis.flatMap((api) => ["--api-versions", api]),
  });
const refused = (values: object, args: readonly string[] = []): Promise<string> =>
  refusal({ chart, release: "store", namespace: "shop", values: { ...pinned, ...values }, args });

describe("charts/stateful-service, the example", () => {
  before(useHelm);

  it("renders the objects its golden file holds, with everything switched on", async () => {
    const objects = await rendered(everything, [certManager, victoria]);
    const text = objects
      .map((object) => ({ name: `${object.kind} ${object.metadata.name}`, text: dump(object, { lineWidth: -1 }) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((one) => one.text)
      .join("---\n");
    if (process.env.UPDATE_GOLDEN === "1") {
      mkdirSync(dirname(golden), { recursive: true });
      writeFileSync(golden, text);
    }
    assert.equal(text, readFileSync(golden, "utf8"));
  });

  for (const profile of ["dev", "staging", "prod"] as const)
    for (const [title, values, apiVersions, objects] of [
      ["by its defaults", pinned, undefined, 13],
      ["with everything, where the cluster has all of it", everything, [certManager, victoria], 17],
      ["with everything, where no cluster is asked", served, undefined, 16],
    ] as const)
      it(`${profile}: ${title}, no rule of the pack finds anything`, async () => {
        const request = {
          chart: join(charts, chart),
          name: "store",
          namespace: "shop",
          values: values as unknown as JsonObject,
          kubeVersion: "1.36",
          ...(apiVersions && { apiVersions, certain: true }),
        };
        const podSecurity = { level: "restricted", version: "latest" } as const;
        const { verdict } = await evaluateChart(request, { profile, podSecurity });
        assert.deepEqual(verdict.findings, []);
        assert.deepEqual([verdict.objects, verdict.pods], [objects, 2]);
      });

  it("is linted with everything too, where no cluster is asked", async () => {
    const { code, stdout } = await helm(["lint", "--strict", join(charts, chart), "-f", "-"], served);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /\[WARNING\]|\[ERROR\]/);
  });

  it("its pods write to their volumes as a user other than root, and read the certificate", async () => {
    const { spec } = only(await rendered(everything, [certManager]), "StatefulSet").spec.template;
    const { runAsUser, fsGroup, runAsNonRoot } = spec.securityContext;
    assert.deepEqual([runAsUser, fsGroup, runAsNonRoot], [10001, 10001, true]);
    assert.deepEqual(
      spec.containers[0].volumeMounts.map(({ mountPath, readOnly }) => [mountPath, readOnly]),
      [
        ["/data", undefined],
        ["/archive", undefined],
        ["/tls", true],
        ["/tmp", undefined],
      ],
    );
    assert.equal(spec.containers[0].securityContext.readOnlyRootFilesystem, true);
  });

  it("two installs share no object of the cluster", async () => {
    const names = async (release: string, namespace: string) => {
      const objects = await render({ chart, release, namespace, values: pinned });
      return objects
        .filter(({ kind }) => kind.startsWith("Cluster"))
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    };
    // the same words, cut at another place
    const all = [await names("b-c", "a"), await names("c", "a-b"), await names("c", "a")].flat();
    assert.equal(all.length, 6);
    assert.equal(new Set(all).size, 6);
  });

  it("everything that is wrong is said at once, by the keys of the values", async () => {
    const wrong = {
      storage: { size: "0Gi" },
      archive: { enabled: true, accessModes: ["ReadWriteOnce"] },
      certificate: { enabled: true, duration: "24h", renewBefore: "48h" },
      resources: { limits: { cpu: "0" } },
      quota: { hard: { pods: 3, "requests.memory": "0" }, limitRange: { max: { cpu: "100m" } } },
    };
    const said = await refused(wrong);
    for (const line of [
      /^storage\.size is 0Gi: /m,
      /^archive\.accessModes \(ReadWriteOnce\): 3 pods mount this one claim/m,
      /^certificate needs cert-manager, and the cluster does not serve cert-manager\.io\/v1; /m,
      /^certificate\.renewBefore \(48h\) is not below certificate\.duration \(24h\)/m,
      /^certificate\.caSecret is empty: name the Secret of the CA that signs$/m,
      /^resources\.limits\.cpu is 0: /m,
      /^quota\.hard\.pods \(3\) is below what the chart's own pods ask for \(4\)/m,
      /^quota\.hard\.requests\.memory is 0: no pod would be admitted/m,
      /^quota\.limitRange\.max\.cpu \(100m\) is below quota\.limitRange\.limits\.cpu \(500m\)/m,
    ])
      assert.match(said, line);
  });

  it("the volume that all pods share counts in the quota, and every container in the limit range", async () => {
    const given = { ...everything, quota: { hard: { "requests.storage": "79Gi" } } };
    assert.match(
      await refused(given, ["--api-versions", certManager]),
      /^quota\.hard\.requests\.storage \(79Gi\) is below what the chart's own pods ask for \(81920Mi\); raise it$/m,
    );
    // three volumes of 10Gi without the shared one
    await rendered({ ...pinned, quota: { hard: { "requests.storage": "30Gi", persistentvolumeclaims: 3 } } });
    assert.match(
      await refused({ archive: { enabled: true }, quota: { hard: { persistentvolumeclaims: 3 } } }),
      /^quota\.hard\.persistentvolumeclaims \(3\) is below what the chart's own pods ask for \(4\); raise it$/m,
    );
    const resources = { limits: { cpu: "3", memory: "256Mi" } };
    assert.match(
      await refused({ resources, quota: { hard: { "limits.cpu": "20" } } }),
      /^resources\.limits\.cpu \(3\) is above quota\.limitRange\.max\.cpu \(2\): its pods would be refused/m,
    );
  });

  it("a name of which no pod could be made is refused with all the rest", async () => {
    const fullnameOverride = "s".repeat(53);
    const said = await refused({ fullnameOverride, storage: { size: "0Gi" } });
    assert.match(said, /^statefulSet: the name s{53} has 53 characters, and a StatefulSet at most 52: /m);
    assert.match(said, /^storage\.size is 0Gi: /m);
    await rendered({ ...pinned, fullnameOverride: fullnameOverride.slice(1) });
  });

  it("its test resolves names wherever the pods do: at dns, and at every port 53; nowhere is refused", async () => {
    const peers = [{ ipBlock: { cidr: "169.254.20.10/32" } }];
    const portsOf = async (destinations: object) => {
      const objects = await rendered({ ...pinned, networkPolicy: { destinations } });
      const { egress } = only(objects, "NetworkPolicy", "store-stateful-service-test").spec;
      return (egress as { ports: { port: number }[] }[]).map(({ ports }) => ports[0]?.port);
    };
    assert.deepEqual(await portsOf({ dns: null, local: { port: 53, protocols: ["UDP"], peers } }), [53, 8080]);
    assert.deepEqual(await portsOf({ dns: { port: 5353 }, local: { port: 53, peers } }), [5353, 53, 8080]);
    assert.match(
      await refused({ networkPolicy: { destinations: { dns: null } } }),
      /^networkPolicy\.destinations holds neither dns nor port 53: no pod could resolve a name/m,
    );
  });

  const sizes: [size: unknown, schema: RegExp, words: string][] = [
    ["10", /\/storage\/size.*does not match pattern/, 'storage.size ("10") has no unit of bytes'],
    ["-1Gi", /\/storage\/size.*does not match pattern/, 'storage.size ("-1Gi") is no amount'],
    [10, /\/storage\/size.*got number, want string/, "storage.size (10) is no amount"],
    [null, /missing property 'size'|got null, want string/, "storage.size is missing"],
  ];
  for (const [size, schema, words] of sizes)
    it(`a volume of ${JSON.stringify(size)} is refused by the schema, and without it too`, async () => {
      assert.match(await refused({ storage: { size } }), schema);
      const said = await refused({ storage: { size } }, ["--skip-schema-validation"]);
      assert.ok(said.includes(words), said);
    });

  it("the pods of a single one need no budget, and metrics are off when they are", async () => {
    const objects = await rendered({ ...pinned, replicas: 1, metrics: { scrape: "off" }, quota: { enabled: false } });
    const kinds = objects.map(({ kind }) => kind);
    for (const kind of ["PodDisruptionBudget", "ServiceMonitor", "ResourceQuota", "LimitRange", "Certificate"])
      assert.ok(!kinds.includes(kind), kind);
    assert.equal(only(objects, "Service").metadata.annotations, undefined);
  });
});
