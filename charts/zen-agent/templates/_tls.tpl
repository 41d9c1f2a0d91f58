{{/* What is wrong with certificates, one problem a line. Takes the root context. */}}
{{- define "zen-agent.tlsProblems" -}}
{{- $v := .Values -}}
{{- if and $v.tls.enabled (eq $v.tls.source "existing") (not $v.tls.existingSecret) }}
tls.existingSecret is missing while tls.enabled is true: the agent has no client certificate; name a Secret with tls.crt and tls.key, or set tls.source to cert-manager
{{- end -}}
{{- if and $v.tls.enabled (eq $v.tls.source "cert-manager") -}}
{{- include "hardened.certificateProblems" (include "zen-agent.certificate" . | fromYaml | merge (dict "root" .)) -}}
{{- if $v.tls.existingSecret }}
tls.existingSecret is set and tls.source is cert-manager, which makes a Secret of its own: choose one
{{- end -}}
{{- end -}}
{{- with $v.caMount -}}
{{- if and .enabled .secretName .configMapName }}
caMount.secretName and caMount.configMapName are both set: choose one
{{- else if and .enabled (not (or .secretName .configMapName)) }}
caMount.secretName is missing while caMount.enabled is true; name the Secret with the authority's certificate, or a ConfigMap in caMount.configMapName
{{- end -}}
{{- end -}}
{{- end }}

{{/* The Certificate of the agent, as a map for hardened.certificate without root. Takes the root context. */}}
{{- define "zen-agent.certificate" -}}
{{- with .Values.tls.certManager -}}
{{- $own := printf "%s.%s" (include "hardened.fullname" $) $.Release.Namespace -}}
{{- toYaml (dict
      "key" "tls.certManager"
      "suffix" "tls"
      "component" "agent"
      "issuer" .issuerRef
      "dnsNames" (default (list $own) .dnsNames)
      "duration" .duration
      "renewBefore" .renewBefore
      "usages" (list "digital signature" "client auth")
      "served" .served) -}}
{{- end -}}
{{- end }}

{{/* Name of the Secret with the client certificate, empty when there is none. Takes the root context. */}}
{{- define "zen-agent.tlsSecret" -}}
{{- with .Values.tls -}}
{{- if .enabled -}}
{{- ternary .existingSecret (include "hardened.childName" (dict "root" $ "suffix" "tls")) (eq .source "existing") -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Volumes of the agent and where they are mounted, as a map of lists volumes and mounts. Each is read at every use, so that a renewed one needs no restart.
     Takes the root context. */}}
{{- define "zen-agent.files" -}}
{{- $v := .Values -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- $ca := ternary (dict "secret" (dict "secretName" $v.caMount.secretName)) (dict "configMap" (dict "name" $v.caMount.configMapName)) (ne $v.caMount.secretName "") -}}
{{- $source := first (values $ca) -}}
{{- $_ := set $source "items" (list (dict "key" $v.caMount.key "path" "ca.crt")) -}}
{{- /* A ca.crt of the client's Secret is left out: it is the CA of that certificate, and not whom to trust. */ -}}
{{- $pair := list (dict "key" "tls.crt" "path" "tls.crt") (dict "key" "tls.key" "path" "tls.key") -}}
{{- range $volume := list
      (dict "name" "tls" "on" (include "zen-agent.tlsSecret" .) "from" (dict "secret" (dict "secretName" (include "zen-agent.tlsSecret" .) "items" $pair)))
      (dict "name" "ca" "on" $v.caMount.enabled "from" $ca)
      (dict "name" "git" "on" $v.gitops.existingSecret "from" (dict "secret" (dict "secretName" $v.gitops.existingSecret))) -}}
{{- if $volume.on -}}
{{- $volumes = append $volumes (merge (dict "name" $volume.name) $volume.from) -}}
{{- $mounts = append $mounts (dict "name" $volume.name "mountPath" (printf "/etc/zen/%s" $volume.name) "readOnly" true) -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "volumes" $volumes "mounts" $mounts) -}}
{{- end }}
