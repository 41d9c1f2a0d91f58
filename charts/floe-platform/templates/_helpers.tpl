{{/* Label of every object and pod: which logical environment it belongs to. Takes the root context. */}}
{{- define "hardened.extraLabels" -}}
floe.dev/environment: {{ .Values.global.environment | quote }}
{{- end }}

{{/* Address of the database's server. Takes the root context. */}}
{{- define "floe-platform.databaseHost" -}}
{{- if eq .Values.postgresql.mode "external" }}{{ .Values.postgresql.host }}{{ else }}{{ include "hardened.childName" (dict "root" . "suffix" "postgresql") }}{{ end }}
{{- end }}

{{/* Port of the database's server. Takes the root context. */}}
{{- define "floe-platform.databasePort" -}}
{{- ternary .Values.postgresql.port 5432 (eq .Values.postgresql.mode "external") }}
{{- end }}

{{/* Address of the collector, for OTLP over HTTP. Takes the root context. */}}
{{- define "floe-platform.otlpEndpoint" -}}
http://{{ include "hardened.childName" (dict "root" . "suffix" "otel") }}:4318
{{- end }}

{{/* What every Dagster container has. Takes root, name, image, command, resources and optionally env, secrets, mounts, ports, probes, stopDelaySeconds. */}}
{{- define "floe-platform.dagsterContainer" -}}
{{- $home := .root.Values.dagster.dagsterHome -}}
{{- $env := dict "DAGSTER_HOME" $home "HOME" "/tmp" -}}
{{- $mounts := list
      (dict "name" "home" "mountPath" $home)
      (dict "name" "instance" "mountPath" (printf "%s/dagster.yaml" $home) "subPath" "dagster.yaml" "readOnly" true) -}}
{{- toYaml (dict
      "name" .name
      "image" .image
      "command" .command
      "env" (merge dict (default dict .env) $env)
      "secrets" (concat (list .root.Values.postgresql.auth.dagsterSecret) (default list .secrets))
      "ports" (default dict .ports)
      "probes" (default dict .probes)
      "mounts" (concat $mounts (default list .mounts))
      "resources" .resources
      "stopDelaySeconds" (default 0 .stopDelaySeconds)
      "securityContext" (include "hardened.containerSecurityContext" .root | fromYaml)) -}}
{{- end }}

{{/* What every Dagster pod has: a home that can be written to, and the instance's configuration in it. Takes root, image and optionally volumes. */}}
{{- define "floe-platform.dagsterPod" -}}
{{- $instance := dict "name" "instance" "configMap" (dict "name" (include "hardened.childName" (dict "root" .root "suffix" "dagster"))) -}}
{{- toYaml (dict
      "securityContext" (include "hardened.podSecurityContext" .image | fromYaml)
      "tmpSizeLimit" "128Mi"
      "terminationGracePeriodSeconds" 40
      "volumes" (concat (list (dict "name" "home" "emptyDir" (dict "sizeLimit" "128Mi")) $instance) (default list .volumes))) -}}
{{- end }}

{{/* Waits until the migration has brought the schema to this version: no process of Dagster makes tables itself. Takes root, image, resources. */}}
{{- define "floe-platform.waitForSchema" -}}
{{- include "floe-platform.dagsterContainer" (dict
      "root" .root
      "name" "schema"
      "image" .image
      "command" (list "python3" "-m" "floe.schema" "wait")
      "resources" .resources) -}}
{{- end }}

{{/* Annotations of pods that read the instance's configuration: a changed one restarts them. Takes the root context. */}}
{{- define "floe-platform.dagsterChecksum" -}}
checksum/dagster: {{ printf "%s%s" (include "floe-platform.instance" (dict "root" . "autocreate" false)) (include "floe-platform.workspace" .) | sha256sum }}
{{- end }}

{{/* Seconds a pod serves on after it was taken out of its Services: none before Kubernetes 1.30, which refuses the handler sleep. Takes the root context. */}}
{{- define "floe-platform.stopDelaySeconds" -}}
{{- ternary 5 0 (semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version) -}}
{{- end }}

{{/* Egress rules to the port of an address, wherever it is: what stands outside of the cluster has no labels. None for an empty text. Takes the address. */}}
{{- define "floe-platform.outwards" -}}
{{- if . }}
- ports:
    - protocol: TCP
      port: {{ (urlParse .).host | regexFind ":\\d+$" | trimPrefix ":" | default (ternary "443" "80" (hasPrefix "https:" .)) }}
{{- end }}
{{- end }}
