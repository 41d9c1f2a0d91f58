{{/* Stops the render with everything that is wrong at once. Takes a list of texts: one problem a line, empty when there is none. */}}
{{- define "hardened.validate" -}}
{{- $problems := list -}}
{{- range . }}{{ range splitList "\n" . }}{{ if trim . }}{{ $problems = append $problems . }}{{ end }}{{ end }}{{ end -}}
{{- with $problems }}{{ printf "\n%s" (join "\n" .) | fail }}{{ end -}}
{{- end }}

{{/* What is wrong with a word that must be one of some, as a problem. Takes key (its path in the values), given, allowed (list). */}}
{{- define "hardened.choiceProblem" -}}
{{- if not (has .given .allowed) }}
{{ printf "%s (%s) is none of %s" .key (toJson .given) (join ", " .allowed) }}
{{- end -}}
{{- end }}

{{/* What is wrong when the cluster does not serve what an object needs, as a problem. Takes root, key (what asks for it), api (group and version), from
     (what serves it) and optionally served (true: the API was checked before, or there is no cluster to ask). */}}
{{- define "hardened.apiProblem" -}}
{{- if not (or .served (.root.Capabilities.APIVersions.Has .api)) }}
{{ printf "%s needs %s, and the cluster does not serve %s; install it first, or switch off what asks for it (where no cluster is asked: --api-versions %s, or served: true)" .key .from .api .api }}
{{- end -}}
{{- end }}

{{/* What is wrong with an Ingress, one problem a line. Takes key (path of the map in the values), ingress (map with enabled, hosts, tls). */}}
{{- define "hardened.ingressProblems" -}}
{{- if .ingress.enabled -}}
{{- $known := list -}}
{{- range $index, $host := .ingress.hosts -}}
{{- if has $host.host $known }}
{{ printf "%s.hosts[%d].host: %q is there twice; put all its paths into one entry" $.key $index $host.host }}
{{- end -}}
{{- $known = append $known $host.host -}}
{{- end -}}
{{- if not $known }}
{{ printf "%s.hosts is empty while %s.enabled is true; name a host, such as {host: app.example.com, paths: [{path: /, pathType: Prefix}]}" .key .key }}
{{- end -}}
{{- range $index, $entry := .ingress.tls -}}
{{- range $at, $host := $entry.hosts -}}
{{- $covered := false -}}
{{- range $known }}{{ if include "hardened.coversHost" (list $host .) }}{{ $covered = true }}{{ end }}{{ end -}}
{{- if not $covered }}
{{ printf "%s.tls[%d].hosts[%d]: %q is no host of %s.hosts; add it there or take it out here" $.key $index $at $host $.key }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Variables that have no variable's name or hold a credential, one problem a line; no value is ever shown. Takes key (path of the map in the
     values), env (map), instead (what to use). */}}
{{- define "hardened.environmentProblems" -}}
{{- $credential := "(?i)(^|_)(password|passwd|passphrase|pwd|token|apikey|accesskey|privatekey|secretkey|credentials?|secret|dsn|(api|access|private|secret|signing|encryption)_key)$" -}}
{{- range $name, $value := .env -}}
{{- if not (regexMatch "^[A-Za-z_][A-Za-z0-9_]*$" $name) }}
{{ printf "%s.%s is no variable's name; use letters, digits and _, and no digit first" $.key $name }}
{{- end -}}
{{- if and (not (regexMatch `^(|\$\(\w+\))$` (toString $value))) (regexMatch $credential $name) }}
{{ printf "%s.%s holds a credential in clear; put it into a Secret and name that in %s" $.key $name $.instead }}
{{- else if regexMatch "^[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s]*:[^/@\\s$]+@" (toString $value) }}
{{ printf "%s.%s is an address with a password in it; put it into a Secret and name that in %s" $.key $name $.instead }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What an upgrade would change in the selector of a Deployment, which Kubernetes never allows, and how to replace it. Takes root, component,
     found (the Deployment as the cluster has it, or an empty map). */}}
{{- define "hardened.selectorProblems" -}}
{{- $wanted := include "hardened.componentLabels" . | fromYaml -}}
{{- with .found -}}
{{- if ne (toJson .spec.selector.matchLabels) (toJson $wanted) -}}
{{- $labels := list -}}
{{- range $key, $value := .spec.selector.matchLabels }}{{ $labels = append $labels (printf "%s=%s" $key $value) }}{{ end -}}
{{- $labels = join "," $labels -}}
{{- $namespace := .metadata.namespace }}
Deployment {{ .metadata.name }} in namespace {{ $namespace }} selects its pods by other labels ({{ $labels }}) than this chart gives them; a selector can never be changed.
Replace the Deployment; its pods serve on meanwhile:
  kubectl delete deployment {{ .metadata.name }} -n {{ $namespace }} --cascade=orphan
  (install or upgrade once more, and wait for the new pods)
  kubectl get replicasets -n {{ $namespace }} -l {{ $labels }}
  (delete those that belong to no Deployment)
{{- end -}}
{{- end -}}
{{- end }}
