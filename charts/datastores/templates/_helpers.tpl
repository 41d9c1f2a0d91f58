{{/* One server: a Deployment of one pod, its Service, and who may reach it. Takes root, component, config (its part of the values), port, env (map),
     probe (words of a command that fails while the server does not answer) and optionally volumes, mounts. */}}
{{- define "datastores.server" -}}
{{- $wait := dict "command" .probe "timeoutSeconds" 5 }}
{{- $container := dict
      "root" .root
      "name" .component
      "image" .config.image
      "env" .env
      "secrets" (list (required (printf "%s.existingSecret is empty: name a Secret that holds its password" .component) .config.existingSecret))
      "ports" (dict .component .port)
      "mounts" .mounts
      "probes" (dict
        "startup" (merge (dict "periodSeconds" 1 "failureThreshold" 60) $wait)
        "readiness" (merge (dict "periodSeconds" 10) $wait)
        "liveness" (merge (dict "periodSeconds" 30) $wait))
      "resources" .config.resources
      "securityContext" (include "hardened.containerSecurityContext" .root | fromYaml) }}
{{- $pod := dict
      "securityContext" (include "hardened.podSecurityContext" (merge (dict "fsGroup" .config.image.runAsGroup) .config.image) | fromYaml)
      "terminationGracePeriodSeconds" 20
      "tmpSizeLimit" "64Mi"
      "volumes" .volumes
      "containers" (list $container) }}
{{ include "hardened.deployment" (dict
      "root" .root
      "suffix" .component
      "component" .component
      "replicas" 1
      "recreate" true
      "pod" $pod) }}
---
{{ include "hardened.service" (dict "root" .root "suffix" .component "component" .component "type" "ClusterIP" "ports" (dict .component .port)) }}
{{- if .root.Values.networkPolicy.enabled }}
---
{{- $ingress := include "hardened.ingressRules" (dict "namespaces" .root.Values.networkPolicy.clients "port" .port) | fromYamlArray }}
{{ include "hardened.networkPolicy" (dict "root" .root "suffix" .component "component" .component "ingress" $ingress) }}
{{- end }}
{{- end }}
