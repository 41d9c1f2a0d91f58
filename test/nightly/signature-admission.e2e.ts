import { strict as assert } from "node:assert";
import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { controlAddress, registryPort } from "../../cluster/local/addresses";
import { registryUrl } from "../../cluster/local/host-ports";
import type { StateEntry } from "../../cluster/stack-state";
import { buildImages } from "../../images/build/build";
import { pushImage } from "../../images/build/registry-client";
import { installPolicyController, removePolicyController } from "../support/addons/policy-controller";
import { failed, succeeded } from "../support/changes";
import { instance, type KubeObject, kubectl, object, objects } from "../support/e2e-cluster";
import { forget } from "../support/interruption/forget-resources";
import { SigningBench } from "../support/registry/cosign";
import { eventually } from "../support/run";
import { type TestProject, testProject } from "../support/test-project";

/** What the pack refuses at preview, the API server refuses from everybody: by sigstore's policy-controller and signatures as cosign 1 and 2 store them. */

type Pair = KeyPairKeyObjectResult;

describe("signatures at admission", () => {
  const bench = new SigningBench();
  const [release, other] = [1, 2].map(() => generateKeyPairSync("ec", { namedCurve: "P-256" })) as [Pair, Pair];
  let project: TestProject;
  /** The cluster's registry as pods reach it. */
  const inside = `${controlAddress}:${registryPort}`;
  let digest: string;

  /** Asks the API server to admit a pod with this image, without making it. */
  const admit = (image: string, namespace = project.namespace): Promise<string> => {
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const resources = { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "10m", memory: "8Mi" } };
    const spec = {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [{ name: "app", image, securityContext, resources }],
    };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "asked", namespace }, spec };
    return kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(pod));
  };

  before(async () => {
    project = await testProject("sign");
    await removePolicyController();
    const [image] = await buildImages(["pause"], { log: () => {} });
    assert.ok(image);
    digest = image.digest;
    const outside = registryUrl(instance);
    bench.registry = new URL(outside).host;
    for (const name of ["signed", "other", "unsigned"])
      await pushImage(image.layoutDir, outside, `e2e-sign/${name}`, "local");
    await bench.signWith(release.privateKey, "e2e-sign/signed", digest);
    await bench.signWith(other.privateKey, "e2e-sign/other", digest);
    project.mailroom((_, config) => {
      const keys = [release.publicKey.export({ type: "spki", format: "pem" })];
      const unsigned = "made on this machine, for this cluster alone";
      config["hardened:imageSignatures"] = {
        admission: true,
        images: { "registry.hardened.test/**": { unsigned }, [`${inside}/e2e-sign/*`]: { keys } },
      };
    });
  });
  after(async () => {
    await project?.remove();
    await removePolicyController();
  });

  it("[COS-15] without the controller a preview stops, and says what asks for it and how to get it", async () => {
    const said = failed(await project.hardened(["preview"]));
    assert.match(said, /hardened:imageSignatures\.admission needs the sigstore policy-controller, and the cluster/);
    assert.match(
      said,
      /install it \(docs\/how-to\/add-cluster-capabilities\.md#policy-controller\), or set it to false/,
    );
  });

  it("[COS-15] `up` gives the cluster the rules before anything else, and puts its namespaces under them", async () => {
    await installPolicyController();
    succeeded(await project.hardened(["up"]));
    const policies = await objects("clusterimagepolicies");
    assert.deepEqual(
      policies.map(({ metadata }) => metadata.annotations?.["hardened.pulumi/images"]).sort(),
      [`${inside}/e2e-sign/*`, "registry.hardened.test/**"].sort(),
    );
    for (const name of project.namespaces) {
      const { metadata } = await object<KubeObject>("namespace", name);
      assert.equal(metadata.labels?.["policy.sigstore.dev/include"], "true");
    }
  });

  it("[COS-15] an image signed by the key of the rules is admitted", async () => {
    const said = await eventually("the rule is in force", () =>
      admit(`${inside}/e2e-sign/signed@${digest}`).catch(() => undefined),
    );
    assert.match(said, /pod\/asked created \(server dry run\)/);
  });

  for (const [what, name] of [
    ["without a signature", "unsigned"],
    ["signed by another key", "other"],
  ] as const) {
    it(`[COS-15] the same image ${what} is refused, whoever sends it`, async () => {
      await assert.rejects(
        admit(`${inside}/e2e-sign/${name}@${digest}`),
        /admission webhook "policy\.sigstore\.dev" denied the request.*failed policy/s,
      );
    });
  }

  it("[MR-53] a rule that the state does not hold is removed and recreated; another's of that name is refused", async () => {
    const [policy] = await objects("clusterimagepolicies");
    const name = policy?.metadata.name ?? "";
    const isRule = ({ urn }: StateEntry): boolean => urn.endsWith(`::${name}-ClusterImagePolicy`);
    assert.equal(await forget(project, isRule), 1);
    assert.match(succeeded(await project.hardened(["up"])).text, new RegExp(`removed half-made .*${name}`));
    assert.equal(await forget(project, isRule), 1);
    await kubectl(["annotate", "clusterimagepolicy", name, "hardened.pulumi/stack=hardened/other", "--overwrite"]);
    const said = failed(await project.hardened(["up"]));
    assert.match(said, new RegExp(`ClusterImagePolicy ${name} exists and belongs to the stack hardened/other`));
    await kubectl(["delete", "clusterimagepolicy", name]);
    succeeded(await project.hardened(["up"]));
  });

  it("an image that no rule names is refused too, and another namespace is left alone", async () => {
    await assert.rejects(admit(`${inside}/elsewhere@${digest}`), /no matching policies/);
    assert.match(await admit(`${inside}/e2e-sign/unsigned@${digest}`, "default"), /created/);
  });
});
