{{/* Rules of a role for resources as kubectl writes them, such as deployments.apps: one for each API group. Takes resources (list), verbs (list). */}}
{{- define "zen-agent.rules" -}}
{{- $groups := dict -}}
{{- range .resources -}}
{{- $parts := splitList "." . -}}
{{- $group := rest $parts | join "." -}}
{{- $_ := set $groups $group (append (default list (index $groups $group)) (first $parts)) -}}
{{- end -}}
{{- $rules := list -}}
{{- range $group := keys $groups | sortAlpha -}}
{{- $rules = append $rules (dict "apiGroups" (list $group) "resources" (index $groups $group) "verbs" $.verbs) -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end }}

{{/* What the agent may look at and change of other objects, as the rules of a role. Takes the root context. */}}
{{- define "zen-agent.targetRules" -}}
{{- with .Values.rbac -}}
{{- $observe := include "zen-agent.rules" (dict "resources" .observedKinds "verbs" (list "get" "list" "watch")) | fromYamlArray -}}
{{- $remediate := include "zen-agent.rules" (dict "resources" .remediationKinds "verbs" (list "get" "patch")) | fromYamlArray -}}
{{- toYaml (concat $observe $remediate) -}}
{{- end -}}
{{- end }}

{{/* What is wrong with what it may see and change, one problem a line. Takes the root context. */}}
{{- define "zen-agent.rbacProblems" -}}
{{- range $field := list "remediationKinds" "observedKinds" -}}
{{- range $index, $one := index $.Values.rbac $field -}}
{{- if contains "*" $one }}
{{ printf "rbac.%s[%d] (%q) is a wildcard, which grants what comes later too (SOC2 CC6.1); name the resources, such as networkpolicies.networking.k8s.io" $field $index $one }}
{{- else if has $one (list "secrets" "secrets/status") }}
{{ printf "rbac.%s[%d]: the agent never reads nor changes Secrets (SOC2 CC6.1); take them out" $field $index }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $index, $one := .Values.rbac.namespaces -}}
{{- if eq $one $.Release.Namespace }}
{{ printf "rbac.namespaces[%d] (%s) is the agent's own namespace: a remediation could change the NetworkPolicy and the objects that hold the agent (SOC2 CC6.1, SOC2 CC6.7); take it out: the agent itself is changed by its values" $index $one }}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.rbac.mode "broad") .Values.rbac.namespaces }}
rbac.mode is broad, which is every namespace, and rbac.namespaces names some: choose one
{{- end -}}
{{- $arn := "eks.amazonaws.com/role-arn" -}}
{{- $role := index .Values.serviceAccount.annotations $arn -}}
{{- $example := "arn:aws:iam::111122223333:role/zen-agent" -}}
{{- if and $role (not (regexMatch `^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$` $role)) }}
{{ printf "serviceAccount.annotations[%s] is no ARN of a role; write one such as %s" $arn $example }}
{{- else if and (eq .Values.profile "aws") (not $role) }}
{{ printf "serviceAccount.annotations[%s] is missing and profile is aws, whose pods have a role of AWS (IRSA); write one such as %s" $arn $example }}
{{- end -}}
{{- end }}
