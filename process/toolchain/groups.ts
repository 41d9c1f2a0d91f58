/** One Go module under `modules/` and the binaries that come out of it. */
export interface ToolGroup {
  readonly name: string;
  /** binary name → Go package. One package under several names is built once: it selects its program by the name it is started as. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Go linker `-X` settings, mostly versions that the tools otherwise believe to be unset. */
  readonly stamps?: Readonly<Record<string, string>>;
  /** Needs a C compiler: only runc, for seccomp. */
  readonly cgo?: boolean;
  readonly tags?: string;
  /** Files copied beside the main package before the build: from a folder of a required module. */
  readonly embed?: { readonly module: string; readonly files: readonly string[]; readonly version: string };
  /** Files of a required module that are replaced by files beside the group's go.mod, by their path in the module. */
  readonly instead?: { readonly module: string; readonly files: Readonly<Record<string, string>> };
  /** Files of a required module that the program reads at run time: they are copied next to the binaries, by their path in the module. */
  readonly data?: { readonly module: string; readonly files: readonly string[] };
  /** Its programs run as images too: the licences of what they are built from are kept beside them. @default false */
  readonly isPacked?: boolean;
  /** Who uses it: "tests" and "nightly" are built when they are named, not with everything else. @default "program" */
  readonly usedBy?: "tests" | "nightly";
  /** Seconds the build took on two cores from empty caches: only for the progress line. */
  readonly seconds: number;
}

const kubernetes = "v1.36.3";
const kubernetesVersionPackage = "k8s.io/component-base/version";

/** Every tool the project can build, in build order: what is needed first, and the small before the large. */
export const toolGroups: readonly ToolGroup[] = [
  {
    name: "helm-render",
    // Renders and reads for the policy pack, see policy/render/render-server.ts: needed beside any Helm.
    binaries: { "helm-render": "." },
    stamps: { "helm.sh/helm/v3/internal/version.version": "v3.22.0" },
    seconds: 150,
  },
  {
    name: "helm",
    binaries: { helm: "helm.sh/helm/v3/cmd/helm" },
    // Built without these, Helm believes it talks to Kubernetes 1.20.
    stamps: {
      "helm.sh/helm/v3/internal/version.version": "v3.22.0",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "36",
    },
    seconds: 30,
  },
  { name: "etcd", binaries: { etcd: "go.etcd.io/etcd/server/v3" }, seconds: 60 },
  {
    name: "runc",
    binaries: { runc: "github.com/opencontainers/runc" },
    stamps: { "main.version": "1.4.0" },
    cgo: true,
    tags: "seccomp",
    seconds: 15,
  },
  {
    name: "containerd",
    binaries: {
      containerd: "github.com/containerd/containerd/v2/cmd/containerd",
      "containerd-shim-runc-v2": "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
      ctr: "github.com/containerd/containerd/v2/cmd/ctr",
    },
    stamps: { "github.com/containerd/containerd/v2/version.Version": "2.4.2" },
    seconds: 120,
  },
  {
    name: "cni",
    binaries: {
      bridge: "github.com/containernetworking/plugins/plugins/main/bridge",
      loopback: "github.com/containernetworking/plugins/plugins/main/loopback",
      "host-local": "github.com/containernetworking/plugins/plugins/ipam/host-local",
    },
    seconds: 10,
  },
  {
    name: "kubernetes",
    binaries: {
      "kube-apiserver": ".",
      "kube-controller-manager": ".",
      "kube-scheduler": ".",
      kubelet: ".",
      "kube-proxy": ".",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
    stamps: {
      [`${kubernetesVersionPackage}.gitVersion`]: kubernetes,
      [`${kubernetesVersionPackage}.gitMajor`]: "1",
      [`${kubernetesVersionPackage}.gitMinor`]: "36",
      [`${kubernetesVersionPackage}.gitTreeState`]: "clean",
      "k8s.io/client-go/pkg/version.gitVersion": kubernetes,
    },
    seconds: 560,
  },
  {
    name: "registry",
    binaries: { registry: "github.com/distribution/distribution/v3/cmd/registry" },
    seconds: 65,
  },
  { name: "coredns", binaries: { coredns: "github.com/coredns/coredns" }, isPacked: true, seconds: 105 },
  {
    name: "metrics-server",
    binaries: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
    stamps: { "sigs.k8s.io/metrics-server/pkg/version.gitVersion": "v0.9.0" },
    isPacked: true,
    seconds: 110,
  },
  // Of kube-router only what enforces NetworkPolicies, and a CNI plugin; with the client library of Kubernetes' own version: modules/kube-router/main.go.
  { name: "kube-router", binaries: { "kube-router": "." }, seconds: 80 },
  {
    name: "pulumi",
    binaries: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    // Without it the Automation API cannot parse the CLI's version.
    stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.255.0" },
    seconds: 240,
  },
  {
    name: "pulumi-language-nodejs",
    binaries: { "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" },
    stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.68.0" },
    seconds: 25,
  },
  {
    name: "pulumi-kubernetes",
    binaries: { "pulumi-resource-kubernetes": "." },
    stamps: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": "4.18.1" },
    embed: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      files: ["cmd/pulumi-resource-kubernetes/schema.json", "cmd/pulumi-resource-kubernetes/terraform-mapping.json"],
      version: "4.18.1",
    },
    seconds: 450,
  },
  {
    name: "cosign",
    binaries: { cosign: "github.com/sigstore/cosign/v3/cmd/cosign" },
    stamps: { "sigs.k8s.io/release-utils/version.gitVersion": "v3.1.3" },
    usedBy: "tests",
    seconds: 75,
  },
  {
    name: "external-secrets",
    binaries: { "external-secrets": "github.com/external-secrets/external-secrets" },
    // Only with the stores a cluster has in itself: most of what the module requires are client libraries of clouds.
    instead: {
      module: "github.com/external-secrets/external-secrets",
      files: {
        "pkg/provider/register/register.go": "providers.go",
        "pkg/generator/register/register.go": "generators.go",
      },
    },
    usedBy: "nightly",
    seconds: 60,
  },
  {
    name: "cloudnative-pg",
    binaries: { "cloudnative-pg": "github.com/cloudnative-pg/cloudnative-pg/cmd/manager" },
    usedBy: "nightly",
    seconds: 110,
  },
  {
    name: "cert-manager",
    // Upstream's programs are modules that no proxy serves: modules/cert-manager has its own, with the issuers a cluster has in itself.
    binaries: { "cert-manager-controller": ".", "cert-manager-webhook": ".", "cert-manager-cainjector": "." },
    stamps: { "github.com/cert-manager/cert-manager/pkg/util.AppVersion": "v1.21.2" },
    usedBy: "nightly",
    seconds: 150,
  },
  {
    name: "vpa-recommender",
    binaries: { "vpa-recommender": "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender" },
    usedBy: "nightly",
    seconds: 60,
  },
  {
    name: "promtool",
    binaries: { promtool: "github.com/prometheus/prometheus/cmd/promtool" },
    // Without it Prometheus' clients of 26 cloud APIs are built in.
    tags: "remove_all_sd",
    usedBy: "tests",
    seconds: 120,
  },
  {
    name: "prometheus",
    binaries: { prometheus: "github.com/prometheus/prometheus/cmd/prometheus" },
    stamps: { "github.com/prometheus/common/version.Version": "0.315.0" },
    // Of its ways to find targets only Kubernetes'; without its web pages, which its module has no built ones of.
    tags: "remove_all_sd,enable_kubernetes_sd",
    usedBy: "nightly",
    seconds: 200,
  },
  {
    name: "kube-bench",
    binaries: { "kube-bench": "github.com/aquasecurity/kube-bench" },
    stamps: { "github.com/aquasecurity/kube-bench/cmd.KubeBenchVersion": "v0.15.6" },
    data: {
      module: "github.com/aquasecurity/kube-bench",
      files: [
        "cfg/config.yaml",
        ...["config", "controlplane", "etcd", "master", "node"].map((name) => `cfg/cis-1.12/${name}.yaml`),
      ],
    },
    usedBy: "tests",
    seconds: 90,
  },
  {
    name: "kubeconform",
    binaries: { kubeconform: "github.com/yannh/kubeconform/cmd/kubeconform" },
    stamps: { "main.version": "v0.8.0" },
    usedBy: "tests",
    seconds: 40,
  },
  {
    name: "helm4",
    // Only to compare: everything else runs Helm 3.
    binaries: { helm4: "helm.sh/helm/v4/cmd/helm" },
    stamps: { "helm.sh/helm/v4/internal/version.version": "v4.3.2" },
    usedBy: "nightly",
    seconds: 120,
  },
  {
    name: "source-controller",
    binaries: { "source-controller": "github.com/fluxcd/source-controller" },
    usedBy: "nightly",
    seconds: 300,
  },
  {
    name: "helm-controller",
    binaries: { "helm-controller": "github.com/fluxcd/helm-controller" },
    usedBy: "nightly",
    seconds: 150,
  },
  {
    name: "policy-controller",
    binaries: { "policy-controller": "github.com/sigstore/policy-controller/cmd/webhook" },
    usedBy: "nightly",
    seconds: 180,
  },
  {
    name: "argo-cd",
    binaries: {
      "argocd-repo-server": "github.com/argoproj/argo-cd/v3/cmd",
      "argocd-application-controller": "github.com/argoproj/argo-cd/v3/cmd",
    },
    stamps: { "github.com/argoproj/argo-cd/v3/common.version": "3.2.11" },
    usedBy: "nightly",
    seconds: 420,
  },
];
