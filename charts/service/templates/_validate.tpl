{{/* Stops the render with everything that is wrong beyond what the schema sees. Takes the root context. */}}
{{- define "service.validate" -}}
{{- $problems := list -}}
{{- if not .Values.services }}{{ $problems = append $problems "services is empty: name at least one service" }}{{ end -}}
{{- $targets := dict -}}
{{- range $name, $given := .Values.services -}}
{{- $v := include "service.values" (dict "root" $ "given" $given) | fromJson -}}
{{- $key := printf "services.%s" $name -}}
{{- if not (or $v.image.tag $v.image.digest) -}}
{{- $problems = append $problems (printf "%s.image: %s must be pinned as repository@sha256:<64 hex>" $key $v.image.repository) -}}
{{- end -}}
{{- $problems = append $problems (include "hardened.environmentProblems" (dict "key" (printf "%s.env" $key) "env" $v.env "instead" (printf "%s.externalSecrets" $key))) -}}
{{- $problems = append $problems (include "hardened.ingressProblems" (dict "key" (printf "%s.ingress" $key) "ingress" $v.ingress)) -}}
{{- $problems = append $problems (include "hardened.autoscalerProblems" (dict
      "key" (printf "%s.autoscaling" $key)
      "enabled" $v.autoscaling.enabled
      "min" $v.autoscaling.minReplicas "minKey" "minReplicas"
      "max" $v.autoscaling.maxReplicas "maxKey" "maxReplicas"
      "cpu" $v.autoscaling.cpu "cpuKey" "cpu" "mostCpu" 400)) -}}
{{- $problems = append $problems (include "hardened.resourceProblems" (dict "key" (printf "%s.resources" $key) "resources" $v.resources)) -}}
{{- $problems = append $problems (include "service.budgetProblems" (dict "key" (printf "%s.pdb" $key) "v" $v)) -}}
{{- range $index, $secret := $v.externalSecrets -}}
{{- $here := printf "%s.externalSecrets[%d]" $key $index -}}
{{- with index $targets $secret.target }}{{ $problems = append $problems (printf "%s.target: writes the same Secret as %s; give each its own" $here .) }}{{ end -}}
{{- $_ := set $targets $secret.target $here -}}
{{- end -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}

{{/* What is wrong with a disruption budget, one problem a line. Takes key, v. */}}
{{- define "service.budgetProblems" -}}
{{- $least := include "hardened.leastReplicas" .v | int -}}
{{- if and .v.pdb.minAvailable .v.pdb.maxUnavailable }}
{{ printf "%s: minAvailable and maxUnavailable are both set: choose one" .key }}
{{- else if and (gt $least 1) (ge (int .v.pdb.minAvailable) $least) }}
{{ printf "%s.minAvailable: %d of %d pods: drains would never finish; use maxUnavailable: 1" .key (int .v.pdb.minAvailable) $least }}
{{- end -}}
{{- end }}
