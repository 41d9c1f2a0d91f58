{{/* dagster.yaml. Takes root, autocreate (whether a process that finds no tables makes them: the migration alone). */}}
{{- define "floe-platform.instance" -}}
{{- $v := .root.Values -}}
{{- $database := include "floe-platform.databaseRole" (dict "root" .root "part" "dagster") | fromJson -}}
{{- $mounts := concat
      (list
        (dict "name" "tmp" "mountPath" "/tmp")
        (dict "name" "home" "mountPath" $v.dagster.dagsterHome)
        (dict "name" "artifacts" "mountPath" "/etc/floe" "readOnly" true))
      (include "floe-platform.databaseMounts" .root | fromYamlArray) -}}
{{- $artifacts := include "hardened.childName" (dict "root" .root "suffix" "artifacts") -}}
{{- $volumes := concat
      (list
        (dict "name" "tmp" "emptyDir" (dict "sizeLimit" "128Mi"))
        (dict "name" "home" "emptyDir" (dict "sizeLimit" "128Mi"))
        (dict "name" "artifacts" "configMap" (dict "name" $artifacts)))
      (include "floe-platform.databaseVolumes" .root | fromYamlArray) -}}
{{- $image := (first (index $v.dagster "dagster-user-deployments").deployments).image -}}
{{- $launcher := $v.dagster.runLauncher.config.k8sRunLauncher -}}
{{- $labels := merge
      (include "hardened.componentLabels" (dict "root" .root "component" "run") | fromYaml)
      (include "hardened.extraLabels" .root | fromYaml) -}}
storage:
  postgres:
    should_autocreate_tables: {{ .autocreate }}
    postgres_db:
      username: {{ $database.user }}
      password:
        env: DAGSTER_PG_PASSWORD
      hostname: {{ include "floe-platform.databaseHost" .root }}
      db_name: {{ $database.database }}
      port: {{ include "floe-platform.databasePort" .root }}
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
    # one run of a job at a time: two would build the same tables
    tag_concurrency_limits:
      - key: floe.dev/job
        limit: 1
        value:
          applyLimitPerUniqueValue: true
run_launcher:
  module: dagster_k8s
  class: K8sRunLauncher
  config:
    service_account_name: {{ include "hardened.childName" (dict "root" .root "suffix" "run") }}
    instance_config_map: {{ include "hardened.childName" (dict "root" .root "suffix" "dagster") }}
    dagster_home: {{ $v.dagster.dagsterHome }}
    job_namespace: {{ .root.Release.Namespace }}
    image_pull_policy: {{ $image.pullPolicy }}
    env_secrets:
      - {{ $v.postgresql.auth.dagsterSecret }}
    env_vars:
      - HOME=/tmp
      - FLOE_JOBS={{ $v.jobsName }}
      - OTEL_EXPORTER_OTLP_ENDPOINT={{ include "floe-platform.otlpEndpoint" .root }}
      - OTEL_SERVICE_NAME=floe-run
      {{- range $name, $value := include "floe-platform.databaseTls" .root | fromYaml }}
      - {{ $name }}={{ $value }}
      {{- end }}
    # the hardening of every run's Job, as of the pods of this chart
    run_k8s_config:
      container_config:
        resources:
          {{- include "floe-platform.resources" (dict "root" .root "part" "run" "given" $launcher.resources) | nindent 10 }}
        securityContext:
          {{- include "hardened.containerSecurityContext" .root | nindent 10 }}
        terminationMessagePolicy: FallbackToLogsOnError
        volumeMounts:
          {{- toYaml $mounts | nindent 10 }}
      pod_template_spec_metadata:
        labels:
          {{- toYaml $labels | nindent 10 }}
      pod_spec_config:
        # it reads and starts Jobs
        automountServiceAccountToken: true
        enableServiceLinks: false
        securityContext:
          {{- include "hardened.podSecurityContext" $image | nindent 10 }}
        volumes:
          {{- toYaml $volumes | nindent 10 }}
      job_spec_config:
        ttlSecondsAfterFinished: {{ int64 $launcher.ttlSecondsAfterFinished }}
      job_metadata:
        labels:
          {{- toYaml $labels | nindent 10 }}
run_monitoring:
  enabled: true
compute_logs:
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
telemetry:
  enabled: false
{{- end }}
