{{/* Stops the render with everything that is wrong with the values beyond what their schema can say. Takes the root context. */}}
{{- define "zen-watcher.validate" -}}
{{- include "hardened.validate" (list (include "zen-watcher.problems" (dict "root" . "values" .Values))) -}}
{{- end }}

{{/* What is wrong with the watcher's values, one problem a line. Takes root, values, and prefix (the path of the values, with a dot at its end) where another chart
     brings the watcher along. */}}
{{- define "zen-watcher.problems" -}}
{{- $v := .values -}}
{{- $prefix := default "" .prefix -}}
{{- $policy := print $prefix "networkPolicy" -}}
{{- $hpa := print $prefix "hpa" -}}
{{- $replicas := print $prefix "replicaCount" -}}
{{- $election := print $prefix "leaderElection.enabled" -}}
{{- include "hardened.resourceProblems" (dict "key" (print $prefix "resources") "resources" $v.resources) }}
{{ include "hardened.scrapeProblem" (dict "root" .root "mode" $v.metrics.scrape "key" (print $prefix "metrics.scrape") "otherwise" "annotations") }}
{{- if and $v.networkPolicy.enabled (not $v.networkPolicy.apiServer.cidrs) }}
{{ printf "%s.apiServer.cidrs is empty while %s.enabled is true: the watcher would reach no API server; print its addresses with kubectl get endpointslices -n default kubernetes, such as [10.0.0.1/32]" $policy $policy }}
{{- end -}}
{{- range $index, $one := $v.observe.resources -}}
{{- if and (has "" $one.apiGroups) (has "secrets" $one.resources) }}
{{ printf "%s[%d]: Secrets are never observed; take them out" (print $prefix "observe.resources") $index }}
{{- end -}}
{{- end -}}
{{- include "hardened.autoscalerProblems" (dict
      "key" $hpa
      "enabled" $v.hpa.enabled
      "min" $v.hpa.minReplicas
      "max" $v.hpa.maxReplicas
      "minKey" "minReplicas"
      "maxKey" "maxReplicas"
      "cpu" $v.hpa.targetCPUUtilizationPercentage
      "cpuKey" "targetCPUUtilizationPercentage"
      "mostCpu" 100) -}}
{{- if and $v.hpa.enabled (not $v.leaderElection.enabled) }}
{{ printf "%s.enabled is true and %s is false: every pod would record each Observation; set %s to true, or %s.enabled to false" $hpa $election $election $hpa }}
{{- else if and (gt (int $v.replicaCount) 1) (not $v.leaderElection.enabled) }}
{{ printf "%s is %d and %s is false: every pod would record each Observation; set %s to true, or %s to 1" $replicas (int $v.replicaCount) $election $election $replicas }}
{{- end -}}
{{- end }}

{{/* Kinds of the cluster that are there without the version the watcher speaks, one problem a line: Helm makes what is missing from crds/, and changes
     nothing that is there. Takes the root context. */}}
{{- define "zen-watcher.customResourceProblems" -}}
{{- range $plural := list "observations" "observationfilters" "observationmappings" -}}
{{- $name := printf "%s.zen.kube-zen.io" $plural -}}
{{- with lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name -}}
{{- $served := list -}}
{{- range .spec.versions }}{{ if .served }}{{ $served = append $served .name }}{{ end }}{{ end -}}
{{- if not (has "v1" $served) }}
{{ printf "CustomResourceDefinition %s serves %s, and zen-watcher needs v1; Helm does not change it: kubectl apply --server-side -f charts/zen-watcher/crds (CRD_SYNC.md)" $name (join ", " $served) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
