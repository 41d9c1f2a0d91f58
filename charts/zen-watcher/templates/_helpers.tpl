{{/* Stops the render with everything that is wrong with the values beyond what their schema can say. Takes the root context. */}}
{{- define "zen-watcher.validate" -}}
{{- include "hardened.validate" (list (include "zen-watcher.problems" (dict "values" .Values))) -}}
{{- end }}

{{/* What is wrong with the watcher's values, one problem a line. Takes values, and prefix (the path of the values, with a dot at its end) where another chart
     brings the watcher along. */}}
{{- define "zen-watcher.problems" -}}
{{- $v := .values -}}
{{- $prefix := default "" .prefix -}}
{{- include "hardened.resourceProblems" (dict "key" (printf "%sresources" $prefix) "resources" $v.resources) -}}
{{- if and $v.networkPolicy.enabled (not $v.networkPolicy.apiServer.cidrs) }}
{{ printf "%snetworkPolicy.apiServer.cidrs is empty while %snetworkPolicy.enabled is true: the watcher would reach no API server; its addresses are said by kubectl get endpointslices -n default kubernetes, such as [10.0.0.1/32]" $prefix $prefix }}
{{- end -}}
{{- range $index, $one := $v.observe.resources -}}
{{- if and (has "" $one.apiGroups) (has "secrets" $one.resources) }}
{{ printf "%sobserve.resources[%d]: Secrets are never observed; take them out" $prefix $index }}
{{- end -}}
{{- end -}}
{{- include "hardened.autoscalerProblems" (dict
      "key" (printf "%shpa" $prefix)
      "enabled" $v.hpa.enabled
      "min" $v.hpa.minReplicas
      "max" $v.hpa.maxReplicas
      "minKey" "minReplicas"
      "maxKey" "maxReplicas"
      "cpu" $v.hpa.targetCPUUtilizationPercentage
      "cpuKey" "targetCPUUtilizationPercentage"
      "mostCpu" 100) -}}
{{- if and $v.hpa.enabled (not $v.leaderElection.enabled) }}
{{ printf "%shpa.enabled is true and %sleaderElection.enabled is false: every pod would record each Observation; set leaderElection.enabled to true, or hpa.enabled to false" $prefix $prefix }}
{{- else if and (gt (int $v.replicaCount) 1) (not $v.leaderElection.enabled) }}
{{ printf "%sreplicaCount is %d and %sleaderElection.enabled is false: every pod would record each Observation; set leaderElection.enabled to true, or replicaCount to 1" $prefix (int $v.replicaCount) $prefix }}
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
