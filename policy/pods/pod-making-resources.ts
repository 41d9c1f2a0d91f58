/** Custom resources of well-known controllers that make pods, or install objects that do: each with its API group. Sources: the CustomResourceDefinitions of
 *  their projects. A kind whose pod template the pack finds by itself is in pod-spec.ts. Pure data. */
// cspell:disable: names of resources
export const podMakingResources: readonly (readonly [group: string, ...resources: string[]])[] = [
  // Workflows and pipelines
  ["argoproj.io", "workflows", "cronworkflows", "workflowtemplates", "clusterworkflowtemplates", "sensors"],
  ["tekton.dev", "tasks", "clustertasks", "taskruns", "pipelines", "pipelineruns", "stepactions"],
  ["shipwright.io", "builds", "buildruns", "buildstrategies", "clusterbuildstrategies"],
  ["kubeflow.org", "mpijobs", "notebooks", "paddlejobs", "pytorchjobs", "tfjobs", "xgboostjobs"],
  ["trainer.kubeflow.org", "trainjobs", "trainingruntimes", "clustertrainingruntimes"],
  ["ray.io", "rayclusters", "rayjobs", "rayservices", "raycronjobs"],
  ["sparkoperator.k8s.io", "sparkapplications", "scheduledsparkapplications", "sparkconnects"],
  ["flink.apache.org", "flinkdeployments", "flinksessionjobs"],
  ["batch.volcano.sh", "jobs", "cronjobs"],
  ["jobset.x-k8s.io", "jobsets"],
  ["leaderworkerset.x-k8s.io", "leaderworkersets"],
  // Workloads
  ["apps.kruise.io", "advancedcronjobs", "broadcastjobs", "clonesets", "daemonsets", "sidecarsets", "statefulsets"],
  ["core.oam.dev", "applications", "components"],
  ["kubevirt.io", "virtualmachines", "virtualmachineinstances", "virtualmachineinstancereplicasets"],
  ["serving.kserve.io", "inferenceservices", "servingruntimes", "clusterservingruntimes"],
  ["actions.github.com", "autoscalingrunnersets", "ephemeralrunnersets", "ephemeralrunners"],
  ["agents.x-k8s.io", "sandboxes"],
  // Operators of one program
  ["monitoring.coreos.com", "alertmanagers", "prometheusagents", "prometheuses", "thanosrulers"],
  ["opentelemetry.io", "opentelemetrycollectors", "instrumentations"],
  ["elasticsearch.k8s.elastic.co", "elasticsearches"],
  ["upgrade.cattle.io", "plans"],
  // What installs whatever it is given
  ["argoproj.io", "applications", "applicationsets"],
  ["helm.toolkit.fluxcd.io", "helmreleases"],
  ["kustomize.toolkit.fluxcd.io", "kustomizations"],
  ["fleet.cattle.io", "bundles", "gitrepos", "helmops"],
  ["helm.cattle.io", "helmcharts", "helmchartconfigs"],
  ["kappctrl.k14s.io", "apps"],
  ["packaging.carvel.dev", "packageinstalls"],
  ["kubernetes.crossplane.io", "objects"],
  ["work.open-cluster-management.io", "manifestworks"],
];
