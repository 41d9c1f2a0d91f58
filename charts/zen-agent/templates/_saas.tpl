{{/* What is wrong with who the agent works for, one problem a line. Takes the root context. */}}
{{- define "zen-agent.saasProblems" -}}
{{- $v := .Values -}}
{{- $profile := default dict (index (include "zen-agent.table" . | fromYaml).profiles $v.profile) -}}
{{- include "zen-agent.endpointProblems" (dict "endpoint" $v.saas.endpoint "profile" $v.profile "http" $profile.http "tls" $v.tls.enabled) -}}
{{- $sources := list -}}
{{- range $key, $given := dict "saas.existingSecret" $v.saas.existingSecret "saas.externalSecret.enabled" $v.saas.externalSecret.enabled -}}
{{- if $given }}{{ $sources = append $sources $key }}{{ end -}}
{{- end -}}
{{- if gt (len $sources) 1 }}
{{ printf "%s are both set: choose one" (sortAlpha $sources | join " and ") }}
{{- else if not (or $sources $v.saas.clusterToken) }}
saas.clusterToken is missing: the agent has no bootstrap token; set saas.existingSecret to a Secret that holds it, or saas.externalSecret, or for a trial saas.clusterToken
{{- end -}}
{{- range $key, $given := dict "saas.clusterToken" $v.saas.clusterToken "tenant.id" $v.tenant.id "cluster.id" $v.cluster.id -}}
{{- if regexMatch `(?i)^\s*((your|replace|insert|enter|put)[-_ ].*|.*[-_ ]here|change[-_ ]?me|<.*>|\$\{.*\}|x{3,}|\*{3,}|\.{3,}|…|todo|tbd|placeholder|(my[-_ ]?)?(tenant|cluster)[-_ ]?(id|token)?|(bootstrap[-_ ]?)?token)\s*$` $given }}
{{ printf "%s is still a placeholder; put the real value" $key }}
{{- end -}}
{{- end -}}
{{- if regexMatch `\s` ($v.saas.clusterToken | trimSuffix "\n" | trimSuffix "\r") }}
saas.clusterToken has white space in it (not shown): the key of the signatures would be another one than the SaaS has; put the token alone
{{- end -}}
{{- range $part, $given := dict "tenant" $v.tenant.id "cluster" $v.cluster.id -}}
{{- if not $given }}
{{ printf "%s.id is missing; the SaaS says the %s's id when a cluster is registered" $part $part }}
{{- end -}}
{{- end -}}
{{- with $v.saas.externalSecret -}}
{{- if .enabled -}}
{{- include "hardened.apiProblem" (dict "root" $ "key" "saas.externalSecret" "api" "external-secrets.io/v1" "from" "the External Secrets Operator" "served" .served) -}}
{{- range $key, $given := dict "storeRef.name" .storeRef.name "remoteKey" .remoteKey -}}
{{- if not $given }}
{{ printf "saas.externalSecret.%s is empty while saas.externalSecret.enabled is true; name where the token is kept" $key }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What is wrong with the address of the SaaS, as one problem. Takes endpoint, profile, http (true: the profile allows it), tls (whether it is on). */}}
{{- define "zen-agent.endpointProblems" -}}
{{- $example := "such as https://agent.kube-zen.io" -}}
{{- $rest := regexReplaceAll "^https?://" .endpoint "" -}}
{{- $host := regexReplaceAll "(:[0-9]*)?([/?#].*)?$" (regexReplaceAll "^.*@" $rest "") "" -}}
{{- if not .endpoint }}
{{ printf "saas.endpoint is missing; write its full name with the scheme, %s" $example }}
{{- else if not (regexMatch "^https?://" .endpoint) }}
{{ printf "saas.endpoint (%s) has no scheme: write https:// before the name, %s" $rest $example }}
{{- else if contains "@" .endpoint }}
{{ printf "saas.endpoint holds a user or a password (not shown); write the name alone, %s" $example }}
{{- else if not (regexMatch `^[^/?#]+$` $rest) }}
{{ printf "saas.endpoint has a path (%s): the agent knows the paths itself; take it out, %s" (regexFind "[/?#].*$" $rest) $example }}
{{- else if regexMatch `^(\[.*|[0-9.]+|.*:.*:.*)$` $rest | or (regexMatch `^[0-9]+(\.[0-9]+){3}$` $host) }}
{{ printf "saas.endpoint (%s) is an IP address, which no certificate and no rule of DNS stands for; write its full name, %s" $host $example }}
{{- else if regexMatch `(?i)(\.svc(\.cluster\.local)?|\.cluster\.local)$` $host }}
{{ printf "saas.endpoint (%s) is a name of the cluster itself; the SaaS is elsewhere: write its full name, %s" $host $example }}
{{- else if and (eq (lower $host) "localhost") (ne .profile "local") }}
{{ printf "saas.endpoint is localhost, which in a pod is the pod itself: in profile local host.k3d.internal is the machine; elsewhere write the full name, %s" $example }}
{{- else if not (or (eq (lower $host) "localhost") (regexMatch `^([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?\.)+[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?(:[0-9]{1,5})?$` $rest)) }}
{{ printf "saas.endpoint (%s) is no full name (FQDN); write one with its domain, %s" $host $example }}
{{- end -}}
{{- if and (hasPrefix "http://" .endpoint) (not .http) }}
{{ printf "saas.endpoint begins with http:// and profile is %q: TLS is required (ISO A.8.5); write https://, %s" .profile $example }}
{{- else if and (hasPrefix "http://" .endpoint) .tls }}
saas.endpoint begins with http:// and tls.enabled is true; write https://, or set tls.enabled to false
{{- end -}}
{{- end }}

{{/* The port of the SaaS, as the address says. Takes the endpoint. */}}
{{- define "zen-agent.saasPort" -}}
{{- default (ternary "80" "443" (hasPrefix "http://" .)) (regexFind ":[0-9]+$" . | trimPrefix ":") -}}
{{- end }}

{{/* Name of the Secret with the bootstrap token. Takes the root context. */}}
{{- define "zen-agent.tokenSecret" -}}
{{- default (include "hardened.childName" (dict "root" . "suffix" "token")) .Values.saas.existingSecret -}}
{{- end }}
