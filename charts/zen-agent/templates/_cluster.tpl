{{/* What of the cluster the agent could not work with, one problem a line; for the notes only. Takes the root context. */}}
{{- define "zen-agent.clusterProblems" -}}
{{- $name := "zenagentremediations.zen.kube-zen.io" -}}
{{- with lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name -}}
{{- $served := list -}}
{{- range .spec.versions }}{{ if .served }}{{ $served = append $served .name }}{{ end }}{{ end -}}
{{- if not (has "v1" $served) }}
{{ printf "CustomResourceDefinition %s serves %s, and zen-agent needs v1; Helm does not change it: kubectl apply --server-side -f charts/zen-agent/crds" $name (join ", " $served) }}
{{- end -}}
{{- end -}}
{{- $namespace := .Release.Namespace -}}
{{- if lookup "v1" "ServiceAccount" $namespace "default" -}}
{{- $v := .Values -}}
{{- range $need := list
      (dict "key" "tls.existingSecret" "on" (and $v.tls.enabled (eq $v.tls.source "existing")) "kind" "Secret" "name" $v.tls.existingSecret "keys" (list "tls.crt" "tls.key"))
      (dict "key" "saas.existingSecret" "on" $v.saas.existingSecret "kind" "Secret" "name" $v.saas.existingSecret "keys" (list $v.saas.existingSecretKey))
      (dict "key" "caMount.secretName" "on" (and $v.caMount.enabled $v.caMount.secretName) "kind" "Secret" "name" $v.caMount.secretName "keys" (list $v.caMount.key))
      (dict "key" "caMount.configMapName" "on" (and $v.caMount.enabled $v.caMount.configMapName) "kind" "ConfigMap" "name" $v.caMount.configMapName "keys" (list $v.caMount.key)) -}}
{{- if $need.on -}}
{{- $found := lookup "v1" $need.kind $namespace $need.name -}}
{{- if not $found }}
{{ printf "%s: %s %s/%s does not exist; make it first, with %s" $need.key $need.kind $namespace $need.name (join " and " $need.keys) }}
{{- else -}}
{{- range $need.keys -}}
{{- if not (index (default dict $found.data) .) }}
{{ printf "%s: %s %s/%s lacks the key %s, or it is empty" $need.key $need.kind $namespace $need.name . }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Other watchers of the cluster, which would record everything a second time, as a list with commas. Takes the root context. */}}
{{- define "zen-agent.otherWatchers" -}}
{{- $others := list -}}
{{- if (index .Values "zen-watcher").enabled -}}
{{- range (lookup "apps/v1" "Deployment" "" "").items -}}
{{- $labels := default dict .metadata.labels -}}
{{- $own := and (eq .metadata.namespace $.Release.Namespace) (eq (index $labels "app.kubernetes.io/instance") $.Release.Name) -}}
{{- if and (eq (index $labels "app.kubernetes.io/name") "zen-watcher") (not $own) -}}
{{- $others = append $others (printf "%s/%s" .metadata.namespace .metadata.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- join ", " $others -}}
{{- end }}

{{/* What a person should know of the values, one warning a line. Takes the root context. */}}
{{- define "zen-agent.warnings" -}}
{{- $v := .Values -}}
{{- range include "zen-agent.unmet" . | fromYamlArray }}
{{ printf "%s is %s in profile %s: no %s, %s (%s)" (first .one.keys) .given $v.profile .one.feature .one.without (join ", " .one.controls) }}
{{- end -}}
{{- if $v.saas.clusterToken -}}
{{- if or $v.saas.existingSecret $v.saas.externalSecret.enabled }}
saas.clusterToken is not used, as the token comes from elsewhere; but it is in the release now: leave it out, and have the SaaS make a new one
{{- else }}
saas.clusterToken is in the history of the shell and in the release, where helm get values shows it; outside of trials set saas.existingSecret
{{- end -}}
{{- end -}}
{{- if hasPrefix "http://localhost" (lower $v.saas.endpoint) }}
saas.endpoint is localhost, which in a pod is the pod itself: on k3d the machine is host.k3d.internal
{{- end -}}
{{- $probes := include "zen-agent.modes" (dict "root" . "key" "validation.probes") | splitList "," -}}
{{- $served := .Capabilities.APIVersions -}}
{{- if and (has "metrics" $probes) (not $v.validation.prometheusUrl) }}
validation.probes has metrics and validation.prometheusUrl is empty: that probe is left out
{{- end -}}
{{- if and (has "http" $probes) (not $v.validation.httpPorts) }}
validation.probes has http and validation.httpPorts is empty: a remediation whose target names an address for it is refused
{{- end -}}
{{- if and (has "metrics" $probes) (not (or ($served.Has "monitoring.coreos.com/v1") ($served.Has "operator.victoriametrics.com/v1beta1"))) }}
validation.probes has metrics, and the cluster shows no Prometheus (monitoring.coreos.com/v1 or operator.victoriametrics.com/v1beta1): what they ask has no answer unless one runs without its operator
{{- end -}}
{{- if and (eq $v.rbac.mode "scoped") (not $v.rbac.namespaces) }}
rbac.namespaces is empty: the agent may change nothing; name the namespaces that remediations are for
{{- end -}}
{{- $modes := include "zen-agent.modes" (dict "root" . "key" "execution.modes") | splitList "," -}}
{{- if and (has "gitops-immediate" $modes) $v.networkPolicy.enabled (not $v.networkPolicy.gitCIDRs) }}
execution.modes has gitops-immediate and networkPolicy.gitCIDRs is empty: the agent reaches no Git server
{{- end -}}
{{- with include "zen-agent.otherWatchers" . }}
{{ printf "another watcher runs in the cluster (%s): each would record what the other does; set zen-watcher.enabled to false, or give them different namespaces to observe" . }}
{{- end -}}
{{- end }}

{{/* Ports of pods that the probe http may ask in the namespaces of remediations, as JSON; none where nothing is asked. Takes the root context. */}}
{{- define "zen-agent.probePorts" -}}
{{- $on := has "http" (include "zen-agent.modes" (dict "root" . "key" "validation.probes") | splitList ",") -}}
{{- $where := or (eq .Values.rbac.mode "broad") .Values.rbac.namespaces -}}
{{- if and $on $where }}{{ toJson .Values.validation.httpPorts }}{{ else }}[]{{ end -}}
{{- end }}
