/** Chart.yaml of a new chart; `<CHARTNAME>` is its name. */
export const chartFile = `apiVersion: v2
name: <CHARTNAME>
description: What <CHARTNAME> is, in one sentence
# "application" charts are installed; "library" charts only lend their named templates to others.
type: application
# Version of the chart itself (semantic versioning). Raise it with every change that you publish.
version: 0.1.0
# Version of the program that the chart runs; the default image tag. Quoted, so that 1.10 stays 1.10.
appVersion: "1.16.0"
`

/** .helmignore of a new chart. */
export const ignoreFile = `# One pattern a line; what matches is neither loaded nor packaged. A leading ! excludes from
# the rules above, a trailing / means folders only.
.DS_Store
# Version control
.git/
.gitignore
.bzr/
.bzrignore
.hg/
.hgignore
.svn/
# Leftovers of editors and tools
*.swp
*.bak
*.tmp
*.orig
*~
.project
.idea/
*.tmproj
.vscode/
`
