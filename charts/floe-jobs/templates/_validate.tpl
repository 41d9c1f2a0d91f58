{{/* Stops the render with everything that is wrong beyond what the schema sees. Takes the root context. */}}
{{- define "floe-jobs.validate" -}}
{{- $v := .Values -}}
{{- $problems := list -}}
{{- if not $v.global.environment }}{{ $problems = append $problems "global.environment is empty: name the logical environment, such as dev" }}{{ end -}}
{{- if not $v.warehouse.existingSecret }}{{ $problems = append $problems "warehouse.existingSecret is empty: name a Secret with DBT_ENV_SECRET_PASSWORD" }}{{ end -}}
{{- if and (has $v.warehouse.sslmode (list "verify-ca" "verify-full")) (not $v.warehouse.ca) -}}
{{- $problems = append $problems (printf "warehouse.ca is empty while warehouse.sslmode is %s: put the certificates of the server's authority there, as PEM text" $v.warehouse.sslmode) -}}
{{- end -}}
{{- if and $v.objectStorage.endpoint (not $v.objectStorage.existingSecret) -}}
{{- $problems = append $problems "objectStorage.existingSecret is empty while objectStorage.endpoint is not: name a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" -}}
{{- end -}}
{{- $bytes := len $v.artifacts -}}
{{- if gt $bytes 1000000 -}}
{{- $problems = append $problems (printf "artifacts has %d bytes, and a ConfigMap holds 1 MiB: build them into the image" $bytes) -}}
{{- end -}}
{{- $project := 0 -}}
{{- $keys := dict -}}
{{- range $path, $text := $v.project -}}
{{- $project = add $project (len $text) (len $path) -}}
{{- $file := include "floe-jobs.fileKey" $path -}}
{{- if hasKey $keys $file }}{{ $problems = append $problems (printf "project: %q and %q would be one file of the ConfigMap; rename one" (index $keys $file) $path) }}{{ end -}}
{{- $_ := set $keys $file $path -}}
{{- end -}}
{{- if gt (int $project) 1000000 -}}
{{- $problems = append $problems (printf "project has %d bytes, and a ConfigMap holds 1 MiB: build it into the image, at /project" (int $project)) -}}
{{- end -}}
{{- $names := dict -}}
{{- range $index, $job := $v.jobs -}}
{{- if hasKey $names $job.name }}{{ $problems = append $problems (printf "jobs[%d].name: %q is the name of jobs[%d] too" $index $job.name (index $names $job.name)) }}{{ end -}}
{{- $_ := set $names $job.name $index -}}
{{- $key := printf "jobs[%d]" $index -}}
{{- $problems = append $problems (include "hardened.nameProblem" (dict "root" $ "suffix" $job.name "key" (printf "%s.name" $key) "kind" "CronJob")) -}}
{{- if gt (len (default "" $job.artifacts)) 1000000 -}}
{{- $problems = append $problems (printf "%s.artifacts has %d bytes, and a ConfigMap holds 1 MiB: build them into the image" $key (len $job.artifacts)) -}}
{{- end -}}
{{- if eq $job.name "project" }}{{ $problems = append $problems (printf "%s.name: the ConfigMap of the project has that name; choose another" $key) }}{{ end -}}
{{- if not (or $job.command $job.args) }}{{ $problems = append $problems (printf "%s.args is empty, and %s.command too: name a command of dbt, such as [build]" $key $key) }}{{ end -}}
{{- with $job.resources }}{{ $problems = append $problems (include "hardened.resourceProblems" (dict "key" (printf "%s.resources" $key) "resources" .)) }}{{ end -}}
{{- $problems = append $problems (include "hardened.environmentProblems" (dict "key" (printf "%s.env" $key) "env" (default dict $job.env) "instead" (printf "%s.envFromSecrets" $key))) -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}
