{{/* Label of every object and pod: which logical environment it belongs to. Takes the root context. */}}
{{- define "hardened.extraLabels" -}}
floe.dev/environment: {{ .Values.global.environment | quote }}
{{- end }}

{{/* Address of the collector, for OTLP over HTTP. Takes the root context. */}}
{{- define "floe-platform.otlpEndpoint" -}}
http://{{ include "hardened.childName" (dict "root" . "suffix" "otel") }}:4318
{{- end }}

{{/* What every Dagster container has. Takes root, name, image, command, resources and optionally env, secrets, mounts, ports, probes, stopDelaySeconds. */}}
{{- define "floe-platform.dagsterContainer" -}}
{{- $home := .root.Values.dagster.dagsterHome -}}
{{- $env := merge (dict "DAGSTER_HOME" $home "HOME" "/tmp") (include "floe-platform.databaseTls" .root | fromYaml) -}}
{{- $mounts := concat
      (list
        (dict "name" "home" "mountPath" $home)
        (dict "name" "instance" "mountPath" (printf "%s/dagster.yaml" $home) "subPath" "dagster.yaml" "readOnly" true))
      (include "floe-platform.databaseMounts" .root | fromYamlArray) -}}
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
      "volumes" (concat
        (list (dict "name" "home" "emptyDir" (dict "sizeLimit" "128Mi")) $instance)
        (include "floe-platform.databaseVolumes" .root | fromYamlArray)
        (default list .volumes))) -}}
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

{{/* Egress rules to a port outside of the cluster, where nothing has labels: of the addresses that are named, else of any. Takes port, cidrs. */}}
{{- define "floe-platform.outwards" -}}
- ports:
    - protocol: TCP
      port: {{ .port }}
  {{- with .cidrs }}
  to:
    {{- range . }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  {{- end }}
{{- end }}

{{/* The port of an address. Takes the address. */}}
{{- define "floe-platform.portOf" -}}
{{ (urlParse .).host | regexFind ":\\d+$" | trimPrefix ":" | default (ternary "443" "80" (hasPrefix "https:" .)) }}
{{- end }}
