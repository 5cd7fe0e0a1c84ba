/** A document as `helm template` and stored manifests show it, with the path of its template in front. */
export function withSourceHeader(path: string, content: string): string {
  return `---\n# Source: ${path}\n${content}\n`
}

/** What stands for a Secret whose content is hidden. */
export function hiddenSecret(path: string): string {
  return `---\n# Source: ${path}\n# HIDDEN: The Secret output has been suppressed\n`
}
