/** Parts of the README that a chart's own template can use, as `{{> values}}`. */
export const builtInParts: Readonly<Record<string, string>> = {
  header: `# {{chart.name}}

{{#if chart.deprecated}}
> **This chart is deprecated.**

{{/if}}
{{#if chart.description}}
{{chart.description}}

{{/if}}
| | |
| --- | --- |
| Version | {{code chart.version}} |
{{#if chart.appVersion}}
| Application | {{code chart.appVersion}} |
{{/if}}
{{#if chart.type}}
| Type | {{chart.type}} |
{{/if}}
{{#if chart.kubeVersion}}
| Kubernetes | {{code chart.kubeVersion}} |
{{/if}}
{{#if chart.home}}
| Home | <{{chart.home}}> |
{{/if}}
`,
  maintainers: `{{#if chart.maintainers}}
## Maintainers

| Name | Email | Address |
| --- | --- | --- |
{{#each chart.maintainers}}
| {{cell name}} | {{#if email}}<{{email}}>{{/if}} | {{#if url}}<{{url}}>{{/if}} |
{{/each}}
{{/if}}
`,
  sources: `{{#if chart.sources}}
## Sources

{{#each chart.sources}}
- <{{this}}>
{{/each}}
{{/if}}
`,
  dependencies: `{{#if dependencies}}
## Dependencies

| Chart | Version | Repository | Switched by |
| --- | --- | --- | --- |
{{#each dependencies}}
| {{cell name}}{{#if alias}} as {{cell alias}}{{/if}} | {{code version}} | {{#if isLocal}}{{code repository}}{{else}}{{cell repository}}{{/if}} | {{#if condition}}{{code condition}}{{/if}}{{#if tags}} tags: {{join tags}}{{/if}} |
{{/each}}
{{/if}}
`,
  values: `{{#if values}}
## Values

{{#each sections}}
{{#if name}}
### {{name}}

{{/if}}
| Key | Type | Default | Description |
| --- | --- | --- | --- |
{{#each values}}
| {{cell key}} | {{cell type}} | {{code default}} | {{#if deprecated}}(deprecated) {{/if}}{{cell description}}{{#if required}} (required){{/if}}{{#if allowed}} One of {{cell (join allowed)}}.{{/if}} |
{{/each}}

{{/each}}
{{/if}}
`,
}

/** The README of a chart that brings no template of its own. */
export const builtInTemplate = `{{> header}}

{{> maintainers}}

{{> sources}}

{{> dependencies}}

{{> values}}
`
