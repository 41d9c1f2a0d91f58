{{/* registry/path of a repository as container runtimes complete it: nginx is docker.io/library/nginx, and a host's port 443 is the default. Takes the repository. */}}
{{- define "zen-agent.fullRepository" -}}
{{- $parts := splitList "/" . -}}
{{- $isHost := and (gt (len $parts) 1) (or (regexMatch "[.:A-Z]" (first $parts)) (eq (first $parts) "localhost")) -}}
{{- $registry := ternary (regexReplaceAll ":0*443$" (lower (first $parts)) "") "docker.io" $isHost -}}
{{- $path := ternary (rest $parts | join "/") . $isHost -}}
{{- if has $registry (list "docker.io" "index.docker.io" "registry-1.docker.io" "registry.hub.docker.com") -}}
{{- $registry = "docker.io" -}}
{{- $path = ternary $path (printf "library/%s" $path) (contains "/" $path) -}}
{{- end -}}
{{- printf "%s/%s" $registry $path -}}
{{- end }}

{{/* Images of registries that are not allowed, and allowed registries that may not be, one problem a line. Takes the root context. */}}
{{- define "zen-agent.imageProblems" -}}
{{- $v := .Values -}}
{{- $profile := default dict (index (include "zen-agent.table" . | fromYaml).profiles $v.profile) -}}
{{- $allowed := list -}}
{{- range $index, $one := default $profile.registries $v.image.registryPolicy -}}
{{- $full := include "zen-agent.fullRepository" $one -}}
{{- if and (hasPrefix "docker.io/" $full) (not (hasPrefix "docker.io/kubezen/" $full)) }}
{{ printf "image.registryPolicy[%d] (%s) is %s: of Docker Hub only kubezen/* is allowed; name another registry (ZN-64)" $index $one $full }}
{{- end -}}
{{- $allowed = append $allowed $full -}}
{{- end -}}
{{- $watcher := index $v "zen-watcher" -}}
{{- $images := dict "image.repository" $v.image.repository -}}
{{- if $watcher.enabled }}{{ $_ := set $images "zen-watcher.image.repository" $watcher.image.repository }}{{ end -}}
{{- range $key, $repository := $images -}}
{{- $full := include "zen-agent.fullRepository" $repository -}}
{{- $fits := false -}}
{{- range $allowed -}}
{{- if or (eq . $full) (and (hasSuffix "/*" .) (hasPrefix (trimSuffix "*" .) $full)) }}{{ $fits = true }}{{ end -}}
{{- end -}}
{{- if and $profile (not $fits) }}
{{ printf "%s (%s) is %s, which is of no allowed registry; profile %s has: %s; take the image from there, or name its registry in image.registryPolicy (ZN-64)" $key $repository $full $v.profile (join ", " $allowed) }}
{{- end -}}
{{- end -}}
{{- end }}
