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

{{/* Gives the ClusterRole of the same name, or another one, to accounts in every namespace. A role that is bound can never be changed: the binding of another
     one has that one's name in its own, so that another role is another binding. Takes root, subjects (list of maps with name, and optionally kind and
     namespace: a ServiceAccount of the release's namespace without) and optionally suffix, component, annotations, clusterRole (its name), key (path of the
     subjects in the values). */}}
{{- define "hardened.clusterRoleBinding" -}}
{{- include "hardened.validate" (list (include "hardened.bindingProblems" .)) -}}
{{- $metadata := include "hardened.clusterMetadata" . | fromYaml -}}
{{- $own := $metadata.name -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- toYaml (set $metadata "name" (include "hardened.bindingName" (list $metadata.name .clusterRole))) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ default $own .clusterRole | quote }}
subjects:
  {{- include "hardened.subjects" . | trim | nindent 2 }}
{{- end }}

{{/* The name of a binding: that of its own role, or with : and the name of another role, as no role of a chart holds a colon. Takes a list of the name and of
     the other role's name, if there is one. */}}
{{- define "hardened.bindingName" -}}
{{- join ":" (compact .) -}}
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
{{- else if not (kindIs "string" $subject.name) }}
{{ printf "%s.name (%s) is no text; put it in quotes" $at (toJson $subject.name) }}
{{- else if hasPrefix "system:" $subject.name }}
{{ printf "%s.name: %s %s is one of Kubernetes' own, many accounts or nobody in particular; name the program's ServiceAccount" $at $kind $subject.name }}
{{- else if and (eq $kind "ServiceAccount") (eq $subject.name "default") }}
{{ printf "%s.name: the ServiceAccount default is that of every pod that names none; give the program one of its own" $at }}
{{- end -}}
{{- end -}}
{{- include "hardened.boundRoleProblem" (dict "key" $key "role" .clusterRole) -}}
{{- end }}

{{/* What is wrong with a ClusterRole of the cluster that is bound, as a problem: one that gives more than its name says. Of those whose names begin with
     system: the ones for programs that are no part of Kubernetes may be bound. Takes key (path of the subjects in the values), role (its name, or none). */}}
{{- define "hardened.boundRoleProblem" -}}
{{- $why := dict
      "cluster-admin" "may do everything"
      "admin" "reads and changes every Secret of a namespace, and gives out roles there"
      "edit" "reads and changes every Secret of a namespace, and runs pods as any account there" -}}
{{- $harmless := list "auth-delegator" "basic-user" "discovery" "monitoring" "public-info-viewer" "service-account-issuer-discovery" -}}
{{- if not (or (kindIs "invalid" .role) (kindIs "string" .role)) }}
{{ printf "%s: the name of the clusterRole (%s) is no text; put it in quotes" .key (toJson .role) }}
{{- else if hasKey $why (default "" .role) }}
{{ printf "%s: %s %s; write a role of what the program uses" .key .role (index $why .role) }}
{{- else if and (hasPrefix "system:" (default "" .role)) (not (has (trimPrefix "system:" .role) $harmless)) }}
{{ printf "%s: %s is a role of Kubernetes' own parts, which changes with its versions; write a role of what the program uses, or give one of system:{%s}" .key .role (join "," $harmless) }}
{{- end -}}
{{- end }}
