{{/* A Deployment of one component. Written on it: the digest of the chart, when there is one. Takes root, component, pod (map for
     hardened.podSpec) and optionally suffix, replicas (not with an autoscaler, which decides), strategy (map), annotations,
     podAnnotations. */}}
{{- define "hardened.deployment" -}}
{{- include "hardened.refuseNewSelector" . -}}
{{- $annotations := merge (ternary (dict "checksum/chart" .root.Values.chartDigest) dict (ne .root.Values.chartDigest "")) (default dict .annotations) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "hardened.metadata" (set (omit . "pod") "annotations" $annotations) | nindent 2 }}
spec:
  {{- if hasKey . "replicas" }}
  replicas: {{ .replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  {{- with .strategy }}
  strategy:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "hardened.componentLabels" . | nindent 6 }}
  template:
    metadata:
      {{- include "hardened.podMetadata" (dict "root" .root "component" .component "annotations" .podAnnotations) | nindent 6 }}
    spec:
      {{- include "hardened.podSpec" .pod | nindent 6 }}
{{- end }}

{{/* Stops an upgrade that would change the selector of a Deployment, which Kubernetes never allows, and says how to replace it. Knows only
     what a cluster tells: nothing while a chart is rendered without one. Takes root, component and optionally suffix. */}}
{{- define "hardened.refuseNewSelector" -}}
{{- $namespace := .root.Release.Namespace -}}
{{- $name := include "hardened.childName" . -}}
{{- $wanted := include "hardened.componentLabels" . | fromYaml -}}
{{- with lookup "apps/v1" "Deployment" $namespace $name -}}
{{- if ne (toJson .spec.selector.matchLabels) (toJson $wanted) -}}
{{- $labels := list -}}
{{- range $key, $value := .spec.selector.matchLabels }}{{ $labels = append $labels (printf "%s=%s" $key $value) }}{{ end -}}
{{- $lines := list
      (printf "\nDeployment %s in namespace %s selects its pods by other labels (%s) than this chart gives them; a selector can never be changed." $name $namespace (join "," $labels))
      "Replace it, with its pods serving on meanwhile:"
      (printf "  kubectl delete deployment %s -n %s --cascade=orphan" $name $namespace)
      "  (install or upgrade once more, and wait for the new pods)"
      (printf "  kubectl get replicasets -n %s -l %s    # delete those that belong to no Deployment" $namespace (join "," $labels)) -}}
{{- fail (join "\n" $lines) -}}
{{- end -}}
{{- end -}}
{{- end }}
