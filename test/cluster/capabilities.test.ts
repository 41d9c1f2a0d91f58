import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CapabilityName, capabilities, lacking, type Need } from "../../cluster/capabilities";
import { externalRequirements } from "../../cluster/secret-stores";
import { root } from "../support/tree";

const served = new Set(["v1", "apps/v1", "metrics.k8s.io/v1beta1", "custom.metrics.k8s.io/v1beta1"]);
const need = (more: Partial<Need>): Need => ({
  capability: "vertical-pod-autoscaler",
  by: "hardened:companyos.services.api.vpa.enabled",
  otherwise: "set it to false",
  ...more,
});

describe("capabilities of a cluster", () => {
  it("that are there are nothing to speak of, whatever their version", () =>
    assert.deepEqual(
      lacking([need({ capability: "resource-metrics" }), need({ capability: "custom-metrics" })], served, "c"),
      {
        mistakes: [],
        warnings: [],
      },
    ));

  it("[COS-19] without Reloader the rest works: a preview says when a new value of the store reaches the pods", () => {
    const { needs } = externalRequirements("hardened:mailroom.credentials", { storeName: "vault" });
    const operator = ["external-secrets.io/v1"];
    assert.deepEqual(lacking(needs, new Set(operator), "c"), {
      mistakes: [],
      warnings: [
        'hardened:mailroom.credentials needs Reloader, and the cluster of context "c" does not show a Deployment labelled app.kubernetes.io/name=reloader; a new value of the store reaches the pods with the next `hardened up`, not before; install it (docs/how-to/add-cluster-capabilities.md#reloader), or run `hardened up` after every rotation',
      ],
    });
    const both = new Set([...operator, "a Deployment labelled app.kubernetes.io/name=reloader"]);
    assert.deepEqual(lacking(needs, both, "c"), { mistakes: [], warnings: [] });
  });

  it("[COS-57] that are missing are named, each with who needs it, how to get it and how to do without", () => {
    const store = { storeName: "vault" };
    const { needs, stores } = externalRequirements("hardened:mailroom.credentials", store);
    const { mistakes, warnings } = lacking([...needs, need({})], served, "kind-kind");
    assert.deepEqual(mistakes, [
      'hardened:mailroom.credentials needs the External Secrets Operator, and the cluster of context "kind-kind" does not serve external-secrets.io/v1; install it (docs/how-to/add-cluster-capabilities.md#external-secrets-operator), or take the credentials from elsewhere (hardened:mailroom.credentials.from)',
      'hardened:companyos.services.api.vpa.enabled needs the Vertical Pod Autoscaler\'s recommender, and the cluster of context "kind-kind" does not serve autoscaling.k8s.io/v1; install it (docs/how-to/add-cluster-capabilities.md#vertical-pod-autoscaler), or set it to false',
    ]);
    assert.equal(warnings.length, 1, "Reloader");
    assert.deepEqual(stores, [
      { kind: "ClusterSecretStore", name: "vault", by: "hardened:mailroom.credentials.storeName" },
    ]);
  });

  it("[COS-22] whose absence only takes something away are warned of, with what is lost", () => {
    const rate = need({
      capability: "custom-metrics",
      by: "hardened:companyos.services.api.autoscaling.rps",
      otherwise: "leave rps out",
      without: "the service is scaled by CPU alone",
    });
    assert.deepEqual(lacking([rate], new Set(["v1"]), "c"), {
      mistakes: [],
      warnings: [
        'hardened:companyos.services.api.autoscaling.rps needs an adapter for custom metrics, and the cluster of context "c" does not serve custom.metrics.k8s.io/v1beta2 or custom.metrics.k8s.io/v1beta1; the service is scaled by CPU alone; install it (docs/how-to/add-cluster-capabilities.md#custom-metrics), or leave rps out',
      ],
    });
  });

  const shown: Readonly<Record<CapabilityName, string>> = {
    "external-secrets-operator": "the External Secrets Operator: does not serve external-secrets.io/v1",
    "vertical-pod-autoscaler": "the Vertical Pod Autoscaler's recommender: does not serve autoscaling.k8s.io/v1",
    "resource-metrics": "metrics-server: does not serve metrics.k8s.io/v1beta1",
    "custom-metrics":
      "an adapter for custom metrics: does not serve custom.metrics.k8s.io/v1beta2 or custom.metrics.k8s.io/v1beta1",
    "policy-controller": "the sigstore policy-controller: does not serve policy.sigstore.dev/v1beta1",
    "argo-cd": "Argo CD: does not serve argoproj.io/v1alpha1",
    "flux-helm-controller": "Flux's helm-controller: does not serve helm.toolkit.fluxcd.io/v2",
    "flux-source-controller": "Flux's source-controller: does not serve source.toolkit.fluxcd.io/v1",
    reloader: "Reloader: does not show a Deployment labelled app.kubernetes.io/name=reloader",
    "cert-manager": "cert-manager: does not serve cert-manager.io/v1",
    "victoriametrics-operator": "the VictoriaMetrics operator: does not serve operator.victoriametrics.com/v1beta1",
    "prometheus-operator": "the Prometheus operator: does not serve monitoring.coreos.com/v1",
    "cloudnative-pg": "the CloudNativePG operator: does not serve postgresql.cnpg.io/v1",
  };
  for (const [capability, words] of Object.entries(shown) as [CapabilityName, string][])
    it(`${capability} is called by its name and told by what it serves or shows`, () => {
      const [title, sign] = words.split(": ");
      const line = `needs ${title}, and the cluster of context "c" ${sign}; install it (docs/how-to/add-cluster-capabilities.md#${capability}), or do without`;
      const by = "hardened:any";
      assert.deepEqual(lacking([{ capability, by, otherwise: "do without" }], new Set(), "c"), {
        mistakes: [`${by} ${line}`],
        warnings: [],
      });
    });

  it("each have a section that says how to add them", () => {
    const page = readFileSync(join(root, "docs/how-to/add-cluster-capabilities.md"), "utf8");
    for (const name of Object.keys(capabilities))
      assert.match(page, new RegExp(`^## ${name.replaceAll("-", " ")}$`, "im"));
  });
});
