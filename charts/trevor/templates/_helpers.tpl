{{/* The chart's own names for what the library gives. Each takes the root context. */}}
{{- define "trevor.name" -}}
{{- include "hardened.name" . }}
{{- end }}

{{- define "trevor.fullname" -}}
{{- include "hardened.fullname" . }}
{{- end }}

{{- define "trevor.chart" -}}
{{- include "hardened.chart" . }}
{{- end }}

{{- define "trevor.labels" -}}
{{- include "hardened.labels" . }}
{{- end }}

{{- define "trevor.selectorLabels" -}}
{{- include "hardened.selectorLabels" . }}
{{- end }}

{{- define "trevor.serviceAccountName" -}}
{{- include "hardened.serviceAccountName" (merge (dict "root" .) .Values.serviceAccount) }}
{{- end }}

{{/* Account of the migration Job: as a hook it starts before the release's own account is there, so it brings its own. */}}
{{- define "trevor.migrationAccountName" -}}
{{- if .Values.serviceAccount.create }}{{ include "hardened.childName" (dict "root" . "suffix" "migrate") }}{{ else }}{{ include "trevor.serviceAccountName" . }}{{ end }}
{{- end }}

{{/* Who migrates: hook, init, external or none. */}}
{{- define "trevor.migrationMode" -}}
{{- $switches := ternary "hook" (ternary "init" "none" .Values.migrations.enabled) .Values.migrations.hookEnabled -}}
{{- default $switches .Values.migrations.mode }}
{{- end }}

{{/* Names of the Secrets whose keys are variables of every container, as a list. */}}
{{- define "trevor.secrets" -}}
{{- range .Values.envFromSecrets }}
- {{ .secretName }}
{{- end }}
{{- end }}

{{/* What every container of the chart has. uv would install packages and keep a cache beside the home directory: neither can be written. */}}
{{- define "trevor.container" -}}
image:
  {{- toYaml .Values.image | nindent 2 }}
env:
  {{- toYaml (merge dict .Values.env (dict "HOME" "/tmp" "UV_CACHE_DIR" "/tmp/uv-cache" "UV_NO_SYNC" "1")) | nindent 2 }}
{{- with include "trevor.secrets" . }}
secrets:
  {{- . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "hardened.containerSecurityContext" . | nindent 2 }}
{{- end }}

{{/* What every pod of the chart has. */}}
{{- define "trevor.pod" -}}
securityContext:
  {{- include "hardened.podSecurityContext" .Values.image | nindent 2 }}
tmpSizeLimit: 64Mi
{{- end }}

{{/* Stops the render with everything that is wrong with the values beyond what their schema can say. */}}
{{- define "trevor.validate" -}}
{{- $v := .Values -}}
{{- $problems := list
      (include "hardened.ingressProblems" (dict "key" "ingress" "ingress" $v.ingress))
      (include "hardened.autoscalerProblems" (dict
        "key" "autoscaling"
        "enabled" $v.autoscaling.enabled
        "min" $v.autoscaling.minReplicas "minKey" "minReplicas"
        "max" $v.autoscaling.maxReplicas "maxKey" "maxReplicas"
        "cpu" $v.autoscaling.targetCPUUtilizationPercentage "cpuKey" "targetCPUUtilizationPercentage" "mostCpu" 100))
      (include "hardened.resourceProblems" (dict "key" "resources" "resources" $v.resources))
      (include "hardened.resourceProblems" (dict "key" "worker.resources" "resources" $v.worker.resources))
      (include "hardened.environmentProblems" (dict "key" "env" "env" $v.env "instead" "envFromSecrets")) -}}
{{- if and $v.migrations.enabled $v.migrations.hookEnabled -}}
{{- $problems = append $problems "migrations.enabled and migrations.hookEnabled are both true: choose one, or set migrations.mode" -}}
{{- else if and (eq (include "trevor.migrationMode" .) "init") (or $v.autoscaling.enabled (gt (int $v.replicaCount) 1)) -}}
{{- $problems = append $problems "the init container would migrate in several pods at once: use migrations.mode hook, or one pod (replicaCount 1, autoscaling.enabled false)" -}}
{{- end -}}
{{- if and $v.worker.enabled (not $v.worker.command) -}}
{{- $problems = append $problems "worker.command is empty while worker.enabled is true; give its words, such as [uv, run, arq, trevor.worker.WorkerSettings]" -}}
{{- end -}}
{{- if and (not $v.serviceAccount.create) (not $v.serviceAccount.name) $v.serviceAccount.annotations -}}
{{- $problems = append $problems "serviceAccount.annotations are for an account this chart makes, but serviceAccount.create is false and serviceAccount.name empty" -}}
{{- end -}}
{{- range $index, $entry := $v.envFromSecrets -}}
{{- range $earlier := until $index -}}
{{- if eq (index $v.envFromSecrets $earlier).secretName $entry.secretName -}}
{{- $problems = append $problems (printf "envFromSecrets[%d].secretName: %q is entry [%d] too" $index $entry.secretName $earlier) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}
