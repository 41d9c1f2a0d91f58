{{/* Stops the render with everything that is missing. Takes the root context. */}}
{{- define "zen-saas.validate" -}}
{{- $v := .Values -}}
{{- $problems := list (include "hardened.resourceProblems" (dict "key" "resources" "resources" $v.resources)) -}}
{{- if not $v.existingSecret }}{{ $problems = append $problems "existingSecret is empty: name a Secret that holds the agent's bootstrap token" }}{{ end -}}
{{- range $key, $given := dict "tenant.id" $v.tenant.id "cluster.id" $v.cluster.id -}}
{{- if not $given }}{{ $problems = append $problems (printf "%s is empty: write what the agent's values say" $key) }}{{ end -}}
{{- end -}}
{{- if and $v.tls.responderSecret (not $v.tls.existingSecret) -}}
{{- $problems = append $problems "tls.responderSecret is set and tls.existingSecret is not: without TLS nothing is stapled" -}}
{{- end -}}
{{- if $v.git.enabled -}}
{{- $problems = append $problems (include "hardened.resourceProblems" (dict "key" "git.resources" "resources" $v.git.resources)) -}}
{{- if not $v.git.existingSecret }}{{ $problems = append $problems "git.existingSecret is empty: name a Secret with username and password" }}{{ end -}}
{{- end -}}
{{- include "hardened.validate" $problems -}}
{{- end }}

{{/* A volume of a Secret, and where it is mounted, as a map of lists volumes and mounts; both empty without a Secret. Takes name, secret. */}}
{{- define "zen-saas.files" -}}
{{- if .secret -}}
volumes:
  - name: {{ .name }}
    secret:
      secretName: {{ .secret }}
mounts:
  - name: {{ .name }}
    mountPath: /etc/zen/{{ .name }}
    readOnly: true
{{- else -}}
volumes: []
mounts: []
{{- end -}}
{{- end }}

{{/* What only agents of the named namespaces reach, beside what everyone who reaches the node does. Takes namespaces (list), port, admin (port; none without). */}}
{{- define "zen-saas.ingress" -}}
{{- range .namespaces }}
- from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . }}
      podSelector:
        matchLabels:
          app.kubernetes.io/component: agent
  ports:
    - protocol: TCP
      port: {{ $.port }}
{{- end }}
{{- with .admin }}
- ports:
    - protocol: TCP
      port: {{ . }}
{{- end }}
{{- end }}
