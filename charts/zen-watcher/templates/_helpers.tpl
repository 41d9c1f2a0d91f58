{{/* Stops the render with everything that is wrong with the values beyond what their schema can say. Takes the root context. */}}
{{- define "zen-watcher.validate" -}}
{{- $v := .Values -}}
{{- $problems := list
      (include "hardened.resourceProblems" (dict "key" "resources" "resources" $v.resources)) -}}
{{- if and $v.networkPolicy.enabled (not $v.networkPolicy.apiServer.cidrs) -}}
{{- $problems = append $problems "networkPolicy.apiServer.cidrs is empty while networkPolicy.enabled is true: the watcher would reach no API server; its addresses are said by kubectl get endpointslices -n default kubernetes, such as [10.0.0.1/32]" -}}
{{- end -}}
{{- range $index, $one := $v.observe.resources -}}
{{- if and (has "" $one.apiGroups) (has "secrets" $one.resources) -}}
{{- $problems = append $problems (printf "observe.resources[%d]: Secrets are never observed; take them out" $index) -}}
{{- end -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
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
