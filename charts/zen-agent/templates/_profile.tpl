{{/* The table of the profiles, as YAML. Takes the root context. */}}
{{- define "zen-agent.table" -}}
{{- .Files.Get "profiles.yaml" -}}
{{- end }}

{{/* What chooses a mode, by its key in the values: those given, else all of the profile, with commas between. Takes root, key. */}}
{{- define "zen-agent.modes" -}}
{{- $profile := index (include "zen-agent.table" .root | fromYaml).profiles .root.Values.profile -}}
{{- $given := include "zen-agent.at" (dict "values" .root.Values "path" .key) | fromJsonArray -}}
{{- join "," (default (index (default dict (default dict $profile).modes) .key) $given) -}}
{{- end }}

{{/* A value by its path with dots, as JSON; null where there is none, such as of a watcher that is off. Takes values, path. */}}
{{- define "zen-agent.at" -}}
{{- $found := .values -}}
{{- range splitList "." .path }}{{ $found = index (default dict $found) . }}{{ end -}}
{{- toJson $found -}}
{{- end }}

{{/* What of the requirements is not met, as YAML: a list of maps with the requirement, given (the value as JSON) and refused (true: by this profile). Takes the
     root context. */}}
{{- define "zen-agent.unmet" -}}
{{- $root := . -}}
{{- $unmet := list -}}
{{- range $one := (include "zen-agent.table" . | fromYaml).requirements -}}
{{- $given := list -}}
{{- range $one.keys }}{{ $given = append $given (include "zen-agent.at" (dict "values" $root.Values "path" .)) }}{{ end -}}
{{- $met := false -}}
{{- if hasKey $one.want "least" -}}
{{- $met = ge (first $given | int) (int $one.want.least) -}}
{{- else if hasKey $one.want "set" -}}
{{- range $given }}{{ if not (has . (list "false" `""`)) }}{{ $met = true }}{{ end }}{{ end -}}
{{- else -}}
{{- $met = eq (first $given) (toJson $one.want.is) -}}
{{- end -}}
{{- if and (hasPrefix "zen-watcher." (first $one.keys)) (not (index $root.Values "zen-watcher").enabled) }}{{ $met = true }}{{ end -}}
{{- if not $met -}}
{{- $unmet = append $unmet (dict "one" $one "given" (first $given) "refused" (has $root.Values.profile $one.profiles)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $unmet -}}
{{- end }}

{{/* What the profile refuses of the values, one problem a line. Takes the root context. */}}
{{- define "zen-agent.profileProblems" -}}
{{- $v := .Values -}}
{{- $table := include "zen-agent.table" . | fromYaml -}}
{{- $profile := index $table.profiles $v.profile -}}
{{- if not $profile }}
{{ printf "profile (%q) is none of %s; there is no default, as each allows another thing" $v.profile "local, gitops, aws" }}
{{- else -}}
{{- range include "zen-agent.unmet" . | fromYamlArray -}}
{{- if .refused -}}
{{- $want := ternary (printf "set it to %v or more" .one.want.least) (ternary (printf "set %s" (join " or " .one.keys)) (printf "set it to %v" .one.want.is) (hasKey .one.want "set")) (hasKey .one.want "least") }}
{{ printf "%s (%s) contradicts profile (%s), which has %s: without it %s; %s, or choose another profile (%s)" (first .one.keys) .given $v.profile .one.feature .one.without $want (join ", " .one.controls) }}
{{- end -}}
{{- end -}}
{{- range $key, $allowed := $profile.modes -}}
{{- range $index, $mode := include "zen-agent.at" (dict "values" $v "path" $key) | fromJsonArray -}}
{{- if has $mode (default list (index $table.unavailable $key)) }}
{{ printf "%s[%d] (%s) is not available: a pull request at a later time is only planned; there are: %s" $key $index $mode (join ", " $allowed) }}
{{- else if not (has $mode $allowed) }}
{{ printf "%s[%d] (%s) is none of profile (%s), which has: %s" $key $index $mode $v.profile (join ", " $allowed) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
