import { strict as assert } from "node:assert";
import type { Evidence } from "../../components/evidence";
import { changes, failed, succeeded } from "../support/changes";
import { oneMayGo } from "../support/cluster/evict";
import { type KubeObject, kubectl, livePods, object, objects, settled, snapshot } from "../support/e2e-cluster";
import { type TestProject, type Tree, testProject } from "../support/test-project";

/** A platform of three services on a real cluster: healthy, upgraded without a lost request, taken apart one by one, refused when it is wrong. */

const image = { repository: "registry.hardened.test/service", tag: "local" };
const quick = (): Tree => ({
  spread: { host: "soft" },
  probes: { readiness: { periodSeconds: 1 }, startup: { periodSeconds: 1 } },
});
const services = (): Record<string, Tree> => ({
  accounts: {
    image: { ...image },
    ...quick(),
    replicas: 2,
    env: { SERVICE_NAME: "accounts", SERVICE_SECRETS: "DATABASE_PASSWORD" },
    externalSecrets: [{ target: "accounts-database", data: [{ env: "DATABASE_PASSWORD", remoteKey: "accounts" }] }],
  },
  catalog: {
    image: { ...image },
    ...quick(),
    env: { SERVICE_NAME: "catalog" },
    destinations: { accounts: { service: "accounts" } },
  },
  prices: { image: { ...image }, ...quick() },
});

type Deployment = KubeObject & { readonly status: { readonly readyReplicas?: number } };
type Pod = KubeObject & { readonly spec: { readonly nodeName: string } };

describe("a platform of many services", () => {
  let project: TestProject;
  let namespace: string;
  const change = (edit: (all: Record<string, Tree>, config: Tree) => void): void =>
    project.mailroom((_, config) => {
      const platform = config["hardened:companyos"] as { services: Record<string, Tree> };
      edit(platform.services, config);
    });
  const inside = (service: string, ...words: string[]): Promise<string> =>
    kubectl(["exec", "-n", namespace, `deploy/${service}`, "--", "service", ...words]);
  const podsOf = (service: string): Promise<Pod[]> =>
    livePods<Pod>("-n", namespace, "-l", `app.kubernetes.io/name=${service}`);

  before(async () => {
    project = await testProject("cos");
    namespace = project.namespace;
    project.mailroom((mailroom, config) => {
      mailroom.enabled = false;
      mailroom.namespace = `${namespace}-none`;
      config["hardened:companyos"] = { namespace, secrets: "generated", services: services() };
    });
  });
  after(() => project?.remove());

  it("[COS-62] [COS-09] [COS-10] `up` with the policy pack brings three services up in a restricted namespace of their own", async () => {
    const said = succeeded(await project.hardened(["up"]));
    assert.match(said.text, /policy: no violations/);
    assert.match(said.text, /dev leaves out what production demands: image by tag.*secrets made at random: accounts/);
    for (const [name, wanted] of [
      ["accounts", 2],
      ["catalog", 1],
      ["prices", 1],
    ] as const) {
      const { status } = await object<Deployment>("deployment", name, "-n", namespace);
      assert.equal(status.readyReplicas, wanted, name);
      for (const kind of ["serviceaccount", "service", "networkpolicy"]) await object(kind, name, "-n", namespace);
    }
    const { metadata } = await object("namespace", namespace);
    assert.equal(metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    const bare = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "bare", namespace },
      spec: { containers: [{ name: "c", image: "x" }] },
    };
    await assert.rejects(
      kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(bare)),
      /violates PodSecurity.*allowPrivilegeEscalation.*seccompProfile/s,
    );
  });

  it("[COS-05] [COS-07] two pods of one service stand on two nodes, and one of them may be evicted at a time", async () => {
    assert.equal(new Set((await podsOf("accounts")).map(({ spec }) => spec.nodeName)).size, 2);
    const budgets = await objects("poddisruptionbudgets", "-n", namespace);
    assert.deepEqual(
      budgets.map(({ metadata }) => metadata.name),
      ["accounts"],
    );
    await oneMayGo(namespace, "accounts");
  });

  it("[COS-27] the namespace takes a pod of the chart, and refuses it with any one of its protections taken away", async () => {
    type Spec = Tree & {
      readonly containers: readonly [Tree & { readonly securityContext: Tree }];
      readonly securityContext: Tree;
    };
    const [{ spec } = { spec: undefined }] = (await podsOf("prices")) as unknown as { spec: Spec }[];
    const admit = (change: (pod: Spec) => void): Promise<string> => {
      const pod = structuredClone(spec) as Spec;
      delete pod.nodeName;
      change(pod);
      const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "trial", namespace }, spec: pod };
      return kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(object));
    };
    await admit(() => {});
    const weaker: [words: RegExp, change: (pod: Spec) => void][] = [
      [
        /privileged/,
        (pod) => Object.assign(pod.containers[0].securityContext, { privileged: true, allowPrivilegeEscalation: true }),
      ],
      [/allowPrivilegeEscalation != false/, (pod) => delete pod.containers[0].securityContext.allowPrivilegeEscalation],
      [/unrestricted capabilities/, (pod) => delete pod.containers[0].securityContext.capabilities],
      [/runAsUser=0/, (pod) => Object.assign(pod.securityContext, { runAsUser: 0 })],
      [/host namespaces/, (pod) => Object.assign(pod, { hostNetwork: true })],
      [
        /hostPath/,
        (pod) =>
          Object.assign(pod, { volumes: [...(pod.volumes as Tree[]), { name: "host", hostPath: { path: "/" } }] }),
      ],
      [
        /seccompProfile/,
        (pod) => {
          delete pod.securityContext.seccompProfile;
          delete pod.containers[0].securityContext.seccompProfile;
        },
      ],
    ];
    for (const [words, change] of weaker)
      await assert.rejects(
        admit(change),
        (error: Error) => /violates PodSecurity/.test(error.message) && words.test(error.message),
        String(words),
      );
  });

  it("a secret arrives and is shown to nobody; a service reaches what it declared", async () => {
    const [, digest] =
      /"DATABASE_PASSWORD":"(sha256:[0-9a-f]{8})"/.exec(await inside("accounts", "check", "/secrets")) ?? [];
    assert.ok(digest);
    const secrets = await objects("secrets", "-n", namespace);
    const value = secrets.find(({ data }) => data?.DATABASE_PASSWORD)?.data?.DATABASE_PASSWORD ?? "";
    const clear = Buffer.from(value, "base64").toString();
    assert.ok(clear.length >= 20 && !project.printed.join("").includes(clear));
    await inside("catalog", "visit", "http://accounts/", "1");
  });

  it("[COS-63] the outputs hold digests of all images, the verdict and the digest of the manifest", async () => {
    const said = await project.pulumi(["stack", "output", "--json", "--stack", project.stack]);
    const { evidence } = (JSON.parse(succeeded(said).stdout) as { companyos: { evidence: Evidence } }).companyos;
    assert.deepEqual(
      evidence.images.map(({ object, digest }) => [object, /^sha256:[0-9a-f]{64}$/.test(digest ?? "")]),
      [
        ["Deployment/accounts", true],
        ["Deployment/catalog", true],
        ["Deployment/prices", true],
      ],
    );
    assert.match(evidence.manifest?.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual([evidence.policy?.mandatory, evidence.problem, evidence.namespace], [0, null, namespace]);
  });

  it("a rolling upgrade of two pods loses no request", async () => {
    const before = (await podsOf("accounts")).map(({ metadata }) => metadata.name);
    change((all) => Object.assign(all.accounts?.env as Tree, { SERVICE_NAME: "accounts-next" }));
    let running = true;
    const upgrade = project.hardened(["up"]).finally(() => {
      running = false;
    });
    let visited = 0;
    while (running)
      visited += Number(/"200":(\d+)/.exec(await inside("catalog", "visit", "http://accounts/", "3"))?.[1]);
    assert.deepEqual(changes(succeeded(await upgrade)), ["updated Release companyos"]);
    assert.ok(visited > 200, `${visited} requests`);
    const after = (await podsOf("accounts")).map(({ metadata }) => metadata.name);
    assert.ok(before.every((name) => !after.includes(name)));
  });

  it("[COS-22] [COS-57] a preview warns of a missing metrics adapter, by its API, and of pods that would find no place", async () => {
    change((all) => Object.assign(all.prices ?? {}, { autoscaling: { enabled: true, max: 3, rps: 50 } }));
    change((all) => Object.assign(all.accounts?.spread as Tree, { zone: "hard" }));
    change((all) => Object.assign(all.accounts ?? {}, { replicas: 3 }));
    const said = succeeded(await project.hardened(["preview"])).text;
    assert.match(
      said,
      /services\.prices\.autoscaling\.rps needs an adapter for custom metrics.*custom\.metrics\.k8s\.io/s,
    );
    assert.match(
      said,
      /services\.accounts\.spread\.zone is hard for 3 pods, and the cluster has 2 zones: the others would stay Pending/,
    );
    change((all) => {
      delete all.prices?.autoscaling;
      all.accounts = { ...all.accounts, replicas: 2, spread: { host: "soft" } };
    });
  });

  it("[COS-11] [COS-58] an image by tag, no baseline and a broken override are refused at preview together, and nothing is changed", async () => {
    const state = await settled([namespace]);
    change((all, config) => {
      config["hardened:environment"] = "prod";
      Object.assign(all.catalog ?? {}, { replcas: 3 });
    });
    assert.match(
      failed(await project.hardened(["preview"])),
      /services\.catalog\.replcas: unknown key; did you mean "replicas"\?/,
    );
    change((all) => {
      delete all.catalog?.replcas;
      Object.assign(all.catalog ?? {}, {
        resources: { requests: { cpu: "1", memory: "64Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
      });
    });
    assert.match(failed(await project.hardened(["up"])), /limits\.cpu: the limit 500m is below the request 1/);
    change((all) => delete all.catalog?.resources);
    const said = failed(await project.hardened(["preview"]));
    for (const words of [
      "services.prices.image.digest: missing; registry.hardened.test/service:local must be pinned as repository@sha256:<64 hex>",
      "services.prices.baseline: missing; production needs",
      "services.prices.resources: missing",
      "secrets: generated is for trials in dev",
    ])
      assert.ok(said.includes(words), said);
    assert.deepEqual(await snapshot([namespace]), state);
  });

  it("[COS-62] removing one service removes its objects and touches no other", async () => {
    change((all, config) => {
      config["hardened:environment"] = "dev";
      delete all.prices;
    });
    // Helm's own records and the quota, which follows the number of pods, are the release's, not a service's.
    const own = (lines: readonly string[]): string[] =>
      lines.filter((line) => !/ sh\.helm\.release\.| ResourceQuota |^ResourceQuota /.test(line));
    const before = own(await settled([namespace]));
    succeeded(await project.hardened(["up"]));
    const after = own(await settled([namespace]));
    const gone = before.filter((line) => !after.includes(line));
    assert.deepEqual(
      after.filter((line) => !before.includes(line)),
      [],
    );
    assert.ok(gone.length >= 5 && gone.every((line) => / prices(-\S+)? /.test(line)), gone.join("\n"));
  });
});
