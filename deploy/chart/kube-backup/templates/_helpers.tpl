{{/* Labels of every object. In a namespace other than kube-system, nothing of the program gets into its own backups. */}}
{{- define "kube-backup.labels" -}}
app.kubernetes.io/name: kube-backup
app.kubernetes.io/component: backup
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- if ne .Release.Namespace "kube-system" }}
kube-backup/exclude: "true"
{{- end }}
{{- end }}

{{- define "kube-backup.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* The Secret with the settings. */}}
{{- define "kube-backup.secret" -}}
{{- if and .Values.existingSecret .Values.settings -}}
{{- fail "existingSecret and settings exclude each other: the settings are in one Secret" -}}
{{- end -}}
{{- .Values.existingSecret | default "kube-backup" -}}
{{- end }}

{{/* Which kinds, where the values say it. */}}
{{- define "kube-backup.kinds" -}}
{{- .Values.kinds | default (ternary "all" "" .Values.rights.allKinds) -}}
{{- end }}

{{/* What the values say of the change log, of the second store and of rehearsals, as environment. */}}
{{- define "kube-backup.features" -}}
{{- range $name, $value := dict "CHANGE_LOG" .Values.changeLog "COPY_TO" .Values.copyTo "REHEARSE" .Values.rehearsal.schedule "RESTORE_TO" .Values.restoreTo }}
{{- if $value }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Retention as environment: NAME, and the value where there is one. */}}
{{- define "kube-backup.retention" -}}
{{- $names := dict "keepLast" "KEEP_LAST" "keepHourly" "KEEP_HOURLY" "keepDaily" "KEEP_DAILY" "keepWeekly" "KEEP_WEEKLY" "keepMonthly" "KEEP_MONTHLY" "keepYearly" "KEEP_YEARLY" "keepWithin" "KEEP_WITHIN" "minAge" "PRUNE_MIN_AGE" "keepReports" "KEEP_REPORTS" "keepLog" "KEEP_LOG" }}
{{- range $key, $value := .Values.retention }}
{{- if not (kindIs "invalid" $value) }}
- name: {{ get $names $key }}
  value: {{ kindIs "string" $value | ternary $value ($value | int64) | quote }}
{{- end }}
{{- end }}
{{- end }}
