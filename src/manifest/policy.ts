/** Annotation that keeps an object when its release is uninstalled or no longer has it. */
export const resourcePolicyAnnotation = 'helm.sh/resource-policy'

/** Whether annotations ask to keep the object. As Helm: the value `keep`, in any case and with blanks around it. */
export function keepsResource(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return annotations?.[resourcePolicyAnnotation]?.trim().toLowerCase() === 'keep'
}
