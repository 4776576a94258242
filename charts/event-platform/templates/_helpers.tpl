{{/* Name of every object of the release. */}}
{{- define "event-platform.name" -}}
{{ printf "%s-operator" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What selects the operator's pods. The policies that it makes let pods of this name reach RabbitMQ. */}}
{{- define "event-platform.selector" -}}
app.kubernetes.io/name: event-platform-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "event-platform.labels" -}}
{{ include "event-platform.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: event-platform
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "event-platform.sample-namespace" -}}
{{ .Values.sample.namespace | default .Values.watchNamespace | default .Release.Namespace }}
{{- end }}
