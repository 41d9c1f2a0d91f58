{{/* What a program may do in the namespace of its release. Takes root, rules (list, as Kubernetes writes them) and optionally suffix, component,
     annotations, setupWeight, key (path of the rules in the values). */}}
{{- define "hardened.role" -}}
{{- include "hardened.validate" (list (include "hardened.roleProblems" (dict "rules" .rules "key" .key))) -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "hardened.metadata" . | nindent 2 }}
rules:
  {{- toYaml .rules | nindent 2 }}
{{- end }}

{{/* Gives the Role of the same name, or a ClusterRole within the namespace, to accounts; the chart's own ClusterRole is hardened.clusterRoleName. The name of
     another role is part of the binding's, as that of hardened.clusterRoleBinding. Takes root, subjects (list of maps with name, and optionally
     kind and namespace: a ServiceAccount of the release's namespace without) and optionally suffix, component, annotations, setupWeight, clusterRole (its
     name), key (path of the subjects in the values). */}}
{{- define "hardened.roleBinding" -}}
{{- include "hardened.validate" (list (include "hardened.bindingProblems" .)) -}}
{{- $own := include "hardened.childName" . -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "hardened.metadata" (set (omit . "clusterRole") "name" (include "hardened.bindingName" (list $own .clusterRole))) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ ternary "ClusterRole" "Role" (not (empty .clusterRole)) }}
  name: {{ default $own .clusterRole | quote }}
subjects:
  {{- include "hardened.subjects" . | trim | nindent 2 }}
{{- end }}

{{/* Who gets a role. Takes root, subjects. */}}
{{- define "hardened.subjects" -}}
{{- range .subjects }}
{{- $kind := default "ServiceAccount" .kind }}
- kind: {{ $kind }}
  name: {{ .name | quote }}
  {{- if eq $kind "ServiceAccount" }}
  namespace: {{ default $.root.Release.Namespace .namespace | quote }}
  {{- else }}
  apiGroup: rbac.authorization.k8s.io
  {{- end }}
{{- end }}
{{- end }}

{{/* What is wrong with the rules of a role, one problem a line: what gives more than it says, after Kubernetes' RBAC Good Practices
     (kubernetes.io/docs/concepts/security/rbac-good-practices: least privilege, and the risks of privilege escalation). The answer to a change of a Secret
     holds it as well. Takes rules, and optionally key (path of the rules in the values), cluster (true: of a ClusterRole). */}}
{{- define "hardened.roleProblems" -}}
{{- $key := default "rules" .key -}}
{{- $reading := list "get" "list" "watch" "update" "patch" "delete" "deletecollection" -}}
{{- if not .rules }}
{{ printf "%s is empty: the role gives nothing; name what the program uses" $key }}
{{- end -}}
{{- range $index, $rule := .rules -}}
{{- $at := printf "%s[%d]" $key $index -}}
{{- range $field := ternary (list "verbs") (list "verbs" "apiGroups" "resources") (hasKey $rule "nonResourceURLs") -}}
{{- if not (index $rule $field) }}
{{ printf "%s.%s is empty; name what the program uses" $at $field }}
{{- end -}}
{{- end -}}
{{- range $field := list "verbs" "apiGroups" "resources" "nonResourceURLs" -}}
{{- range index $rule $field -}}
{{- if contains "*" . }}
{{ printf "%s.%s holds the wildcard %q, which grants what comes later too; name what the program uses" $at $field . }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if hasKey $rule "resourceNames" -}}
{{- range $name := $rule.resourceNames -}}
{{- if not (and (kindIs "string" $name) (trim (toString $name))) }}
{{ printf "%s.resourceNames holds %s, which is no object's name: with it a list without a name is allowed, of all of them; name the objects" $at (toJson $name) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $reads := list -}}
{{- range $rule.verbs -}}
{{- if has . $reading }}{{ $reads = append $reads . }}{{ end -}}
{{- if regexMatch "^(escalate|bind|impersonate(:.*)?)$" . }}
{{ printf "%s.verbs holds %q, which gives rights that the role does not name; leave roles and bindings to the deployment" $at . }}
{{- end -}}
{{- end -}}
{{- if and $reads (has "" $rule.apiGroups) (has "secrets" $rule.resources) (not $rule.resourceNames) }}
{{ printf "%s reads every Secret there is (%s); name them in resourceNames with the verb get, or mount them" $at (join ", " $reads) }}
{{- end -}}
{{- if and $rule.nonResourceURLs (not $.cluster) }}
{{ printf "%s.nonResourceURLs belong to no namespace; put them into a ClusterRole" $at }}
{{- end -}}
{{- end -}}
{{- end }}
