{{/* Name of the ConfigMap that tells the parts how to reach each other. */}}
{{- define "blog-stack.connectionsName" -}}
{{ printf "%s-connections" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
