{{/* What a program may do in every namespace, and with objects of the whole cluster. Takes root, rules (list, as Kubernetes writes them) and optionally
     suffix, component, annotations, key (path of the rules in the values). */}}
{{- define "hardened.clusterRole" -}}
{{- include "hardened.validate" (list (include "hardened.roleProblems" (dict "rules" .rules "key" .key "cluster" true))) -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "hardened.clusterMetadata" . | nindent 2 }}
rules:
  {{- toYaml .rules | nindent 2 }}
{{- end }}

{{/* Gives the ClusterRole of the same name, or another one, to accounts in every namespace. Takes root, subjects (list of maps with name, and optionally
     kind and namespace: a ServiceAccount of the release's namespace without) and optionally suffix, component, annotations, clusterRole (its name), key
     (path of the subjects in the values). */}}
{{- define "hardened.clusterRoleBinding" -}}
{{- include "hardened.validate" (list (include "hardened.bindingProblems" .)) -}}
{{- $metadata := include "hardened.clusterMetadata" . | fromYaml -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- toYaml $metadata | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ default $metadata.name .clusterRole }}
subjects:
  {{- include "hardened.subjects" . | trim | nindent 2 }}
{{- end }}

{{/* What is wrong with whom a role is given to, and with a role that is everything, one problem a line, after Kubernetes' RBAC Good Practices
     (kubernetes.io/docs/concepts/security/rbac-good-practices). Users and groups whose names begin with system: are Kubernetes' own; some of the groups
     are every account there is, or nobody's. Takes subjects and optionally clusterRole, key (path of the subjects in the values). */}}
{{- define "hardened.bindingProblems" -}}
{{- $key := default "subjects" .key -}}
{{- if not .subjects }}
{{ printf "%s is empty: the role is given to nobody; name the program's ServiceAccount" $key }}
{{- end -}}
{{- range $index, $subject := .subjects -}}
{{- $at := printf "%s[%d]" $key $index -}}
{{- $kind := default "ServiceAccount" $subject.kind -}}
{{- include "hardened.choiceProblem" (dict "key" (printf "%s.kind" $at) "given" $kind "allowed" (list "ServiceAccount" "User" "Group")) -}}
{{- if not $subject.name }}
{{ printf "%s.name is missing; name the program's ServiceAccount" $at }}
{{- else if hasPrefix "system:" $subject.name }}
{{ printf "%s.name: %s %s is one of Kubernetes' own, many accounts or nobody in particular; name the program's ServiceAccount" $at $kind $subject.name }}
{{- else if and (eq $kind "ServiceAccount") (eq $subject.name "default") }}
{{ printf "%s.name: the ServiceAccount default is that of every pod that names none; give the program one of its own" $at }}
{{- end -}}
{{- end -}}
{{- if eq (default "" .clusterRole) "cluster-admin" }}
{{ printf "%s: cluster-admin may do everything; write a role of what the program uses" $key }}
{{- end -}}
{{- end }}
