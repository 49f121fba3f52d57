{{/* The labels by which a resource is selected. The argument is a list: the name, the root. */}}
{{- define "redisaspire.selector" -}}
app.kubernetes.io/name: {{ (index . 1).Chart.Name }}
app.kubernetes.io/instance: {{ (index . 1).Release.Name }}
app.kubernetes.io/component: {{ index . 0 }}
{{- end }}

{{/* What makes the pods of a deployment start again when a value changes that they read from their environment. */}}
{{- define "redisaspire.checksum" -}}
checksum/values: {{ toJson .Values | sha256sum }}
{{- end }}
