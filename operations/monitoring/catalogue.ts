/** What every metric here means and where it comes from, for docs/reference/monitoring.md; a test compares it with rules and dashboards. */

/** A program that Prometheus scrapes, and the metrics of it that are read here. */
interface Source {
  readonly name: string;
  /** What it takes to have them. */
  readonly needs: string;
  readonly metrics: readonly string[];
}

const recommendation = "kube_verticalpodautoscaler_status_recommendation_containerrecommendations";

/** Where the series come from. */
export const sources: readonly Source[] = [
  {
    name: "kube-state-metrics",
    needs: "2.9 or newer, scraped with `honorLabels: true`",
    metrics: [
      "kube_horizontalpodautoscaler_spec_max_replicas",
      "kube_horizontalpodautoscaler_spec_min_replicas",
      "kube_horizontalpodautoscaler_status_condition",
      "kube_horizontalpodautoscaler_status_current_replicas",
      "kube_horizontalpodautoscaler_status_desired_replicas",
      "kube_pod_container_resource_limits",
      "kube_pod_container_status_last_terminated_reason",
      "kube_pod_container_status_restarts_total",
      "kube_pod_owner",
      "kube_pod_status_phase",
      "kube_poddisruptionbudget_status_current_healthy",
      "kube_poddisruptionbudget_status_desired_healthy",
      "kube_poddisruptionbudget_status_expected_pods",
      "kube_poddisruptionbudget_status_pod_disruptions_allowed",
      "kube_replicaset_owner",
    ],
  },
  {
    name: "kube-state-metrics, custom-resource state",
    needs:
      "`--custom-resource-state-config-file` with `operations/monitoring/kube-state-metrics/vertical-pod-autoscaler.yaml`, and list and watch on `verticalpodautoscalers` and `customresourcedefinitions`",
    metrics: ["lowerbound", "target", "uncappedtarget", "upperbound"].flatMap((bound) => [
      `${recommendation}_${bound}_cpu`,
      `${recommendation}_${bound}_memory`,
    ]),
  },
  {
    name: "kubelet, cAdvisor",
    needs: "`/metrics/cadvisor` of every node",
    metrics: [
      "container_cpu_cfs_periods_total",
      "container_cpu_cfs_throttled_periods_total",
      "container_cpu_usage_seconds_total",
      "container_memory_working_set_bytes",
    ],
  },
  {
    name: "API server",
    needs: "`/metrics` of every API server",
    metrics: ["pod_security_errors_total", "pod_security_evaluations_total"],
  },
  {
    name: "External Secrets controller",
    needs: "its metrics service, with or without `honorLabels`",
    metrics: [
      "clustersecretstore_status_condition",
      "externalsecret_status_condition",
      "externalsecret_sync_calls_error",
      "secretstore_status_condition",
    ],
  },
  {
    name: "cert-manager's controller",
    needs: "its metrics service, with or without `honorLabels`",
    metrics: [
      "certmanager_certificate_expiration_timestamp_seconds",
      "certmanager_certificate_ready_status",
      "certmanager_certificate_renewal_timestamp_seconds",
    ],
  },
  {
    name: "zen-agent",
    needs: "its metrics service, or `metrics.scrape` of its chart",
    metrics: ["zen_agent_certificate_not_after_seconds"],
  },
  {
    name: "hardened drill",
    needs: "its metrics file, read by the node exporter's textfile collector",
    metrics: [
      "chaos_test_budget_used_percent",
      "chaos_test_failures_total",
      "chaos_test_last_run_timestamp_seconds",
      "chaos_test_runs_total",
    ],
  },
  { name: "Prometheus", needs: "nothing", metrics: ["up"] },
];

const share = "Between 0 and 1.";
/** What each recorded series says; its labels are the parts of its name, or given here. */
export const meanings: Readonly<Record<string, string>> = {
  autoscaler_recommendations:
    "What a vertical autoscaler recommends to a container. Labels: namespace, workload_kind, workload, container; resource and unit: cpu in cores, memory in bytes; bound: target, lower, upper or uncapped.",
  pod_disruption_budget_violations:
    "1 while fewer pods are healthy than the budget demands, else 0. Labels: namespace, poddisruptionbudget.",
  "namespace_horizontalpodautoscaler:desired_replicas:max": "Replicas an autoscaler asks for.",
  "namespace_horizontalpodautoscaler:scale_ups:count30m": "How often it asked for more, within 30 minutes.",
  "namespace_horizontalpodautoscaler:scale_downs:count30m": "How often it asked for fewer, within 30 minutes.",
  "namespace_horizontalpodautoscaler:scale_direction:last": "1 after it asked for more, -1 after it asked for fewer.",
  "namespace_horizontalpodautoscaler:scale_turns:count30m":
    "How often it changed from more to fewer or back, within 30 minutes.",
  "namespace_certificate:expiration_timestamp_seconds:min":
    "When an issued certificate ends, in Unix time. Labels: namespace, name.",
  "namespace_certificate:renewal_timestamp_seconds:max":
    "When cert-manager renews it, in Unix time; 0 while that is not known. Labels: namespace, name.",
  "namespace_zen_agent:certificate_not_after_seconds:min":
    "When the certificate that an agent of zen uses ends, in Unix time, unless cert-manager renews that one. Label: namespace.",
  "experiment_service:chaos_test_failures:increase1d": "Failed drills within a day.",
  "namespace_externalsecret:not_ready:max": "1 while an ExternalSecret is not synced. Labels: namespace, name.",
  "namespace_externalsecret:sync_errors:increase30m": "Failed attempts within 30 minutes. Labels: namespace, name.",
  "mode_level:pod_security_violations:increase10m":
    "Requests within 10 minutes that broke the standard. Labels: mode (enforce: refused, audit: let in), policy_level, resource (pod, controller), request_operation.",
  "namespace_pod:workload:info":
    "1 for each running pod, with the workload it belongs to. Labels also: workload, workload_kind.",
  "namespace_workload_container:cpu_usage_cores:sum": "Cores in use, over all pods.",
  "namespace_workload_container:cpu_limit_cores:sum": "Cores the pods may use together.",
  "namespace_workload_container:cpu_limit_used:max_ratio": `Share of its CPU limit that the busiest pod uses. ${share}`,
  "namespace_workload_container:cpu_throttled_periods:ratio": `Share of the scheduler's periods in which the limit stopped it. ${share}`,
  "namespace_workload_container:memory_usage_bytes:sum": "Bytes in use, over all pods.",
  "namespace_workload_container:memory_limit_bytes:sum": "Bytes the pods may use together.",
  "namespace_workload_container:memory_limit_used:max_ratio": `Share of its memory limit that the busiest pod uses. ${share}`,
};
