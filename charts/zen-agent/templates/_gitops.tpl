{{/* What is wrong with commits, one problem a line. Takes the root context. */}}
{{- define "zen-agent.gitopsProblems" -}}
{{- $commits := has "gitops-immediate" (include "zen-agent.modes" (dict "root" . "key" "execution.modes") | splitList ",") -}}
{{- $repository := (include "zen-agent.table" . | fromYaml).repositories -}}
{{- with .Values.gitops -}}
{{- if and $commits (eq .validation "webhook") (not .existingSecret) }}
gitops.existingSecret is missing while gitops.validation is webhook: nobody could tell who calls it; name a Secret with webhook-secret, or set gitops.validation to polling
{{- end -}}
{{- if and $commits (not .repositories) }}
gitops.repositories is empty while execution.modes has gitops-immediate: the agent would show its credentials for Git to any host that a remediation names (ISO A.8.12); name the repositories, or what they begin with, such as [{{ $repository.example }}]
{{- end -}}
{{- range $index, $one := .repositories -}}
{{- if not (regexMatch $repository.pattern $one) }}
{{ printf "gitops.repositories[%d] is not https://, a host and a path, without user, query, fragment, %% and ..; write one such as %s" $index $repository.example }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
