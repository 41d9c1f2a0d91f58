{{/* Family and prefix of a network as bits, such as 4:00001010 of 10.0.0.0/8; empty when it is none. An address of IPv4 by NAT64 (64:ff9b::/96) is that
     address. Takes the network. */}}
{{- define "zen-agent.bits" -}}
{{- $address := splitList "/" . | first -}}
{{- $length := splitList "/" . | last | int -}}
{{- $bits := "" -}}
{{- $group := `[0-9a-f]{1,4}(:[0-9a-f]{1,4})*` -}}
{{- if regexMatch `^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}/(0|[1-9][0-9]?)$` . -}}
{{- range splitList "." $address }}{{ $bits = printf "%s%08b" $bits (int .) }}{{ end -}}
{{- if and (eq (len $bits) 32) (le $length 32) (not (contains "1" (substr $length 32 $bits))) }}{{ printf "4:%s" (substr 0 $length $bits) }}{{ end -}}
{{- else if regexMatch (printf `^((%s)?::(%s)?|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7})/(0|[1-9][0-9]{0,2})$` $group $group) . -}}
{{- $halves := splitList "::" $address -}}
{{- $left := splitList ":" (first $halves) | compact -}}
{{- $right := ternary (splitList ":" (last $halves) | compact) list (eq (len $halves) 2) -}}
{{- $missing := sub 8 (add (len $left) (len $right)) | int -}}
{{- if and (le $length 128) (ternary (ge $missing 1) (eq $missing 0) (eq (len $halves) 2)) -}}
{{- range concat $left (splitList "" (repeat $missing "0") | compact) $right -}}
{{- range splitList "" (printf "%s%s" (repeat (sub 4 (len .) | int) "0") .) -}}
{{- $bits = print $bits (index (dict "0" "0000" "1" "0001" "2" "0010" "3" "0011" "4" "0100" "5" "0101" "6" "0110" "7" "0111" "8" "1000" "9" "1001" "a" "1010" "b" "1011" "c" "1100" "d" "1101" "e" "1110" "f" "1111") .) -}}
{{- end -}}
{{- end -}}
{{- if not (contains "1" (substr $length 128 $bits)) -}}
{{- $bits = substr 0 $length $bits -}}
{{- $nat64 := printf "0000000001100100%s%s" "1111111110011011" (repeat 64 "0") -}}
{{- if hasPrefix $nat64 $bits }}{{ printf "4:%s" (trimPrefix $nat64 $bits) }}{{ else }}{{ printf "6:%s" $bits }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What is wrong with the addresses of one list, one problem a line. Takes root, key, cidrs (list), reached (what they are of). */}}
{{- define "zen-agent.cidrProblems" -}}
{{- $table := (include "zen-agent.table" .root | fromYaml).networks -}}
{{- $profile := .root.Values.profile -}}
{{- range $index, $cidr := .cidrs -}}
{{- $bits := include "zen-agent.bits" $cidr -}}
{{- if not $bits }}
{{ printf "%s[%d] (%s) is no network, or has bits set beyond its length; write an address with its length, such as 203.0.113.10/32" $.key $index $cidr }}
{{- else if has $profile $table.profiles -}}
{{- $least := index $table.least (substr 0 1 $bits) | int -}}
{{- $part := dict -}}
{{- range $one := $table.refused -}}
{{- if and (not $part) (or (hasPrefix $one.bits $bits) (hasPrefix $bits $one.bits)) }}{{ $part = $one }}{{ end -}}
{{- end -}}
{{- if lt (sub (len $bits) 2 | int) $least }}
{{ printf "%s[%d] (%s) is wider than /%d, which is no enforced NetworkPolicy (SOC2 CC6.7); name the addresses of %s, several where there are several, such as 203.0.113.10/32" $.key $index $cidr $least $.reached }}
{{- else if $part }}
{{ printf "%s[%d] (%s) holds a part of %s (%s), where %s is not (SOC2 CC6.7); take it out" $.key $index $cidr $part.cidr $part.what $.reached }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What is wrong with who reaches the agent and what it reaches, one problem a line. Takes the root context. */}}
{{- define "zen-agent.networkProblems" -}}
{{- with .Values.networkPolicy -}}
{{- if and .enabled (not .apiServer.cidrs) }}
networkPolicy.apiServer.cidrs is empty while networkPolicy.enabled is true: the agent would reach no API server; print its addresses with kubectl get endpointslices -n default kubernetes, such as [10.0.0.1/32]
{{- end -}}
{{- if and .enabled (not .saasCIDRs) }}
networkPolicy.saasCIDRs is empty while networkPolicy.enabled is true: the agent would not reach saas.endpoint; name its addresses (getent ahosts NAME), such as [203.0.113.10/32]
{{- end -}}
{{- if .enabled -}}
{{- range $key, $reached := dict "apiServer.cidrs" "the API server" "saasCIDRs" "the SaaS" "gitCIDRs" "the Git server" -}}
{{- $cidrs := include "zen-agent.at" (dict "values" $.Values.networkPolicy "path" $key) | fromJsonArray -}}
{{- include "zen-agent.cidrProblems" (dict "root" $ "key" (print "networkPolicy." $key) "cidrs" $cidrs "reached" $reached) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with index .Values "zen-watcher" -}}
{{- if and .enabled .networkPolicy.enabled -}}
{{- include "zen-agent.cidrProblems" (dict "root" $ "key" "zen-watcher.networkPolicy.apiServer.cidrs" "cidrs" .networkPolicy.apiServer.cidrs "reached" "the API server") -}}
{{- end -}}
{{- end -}}
{{- end }}
