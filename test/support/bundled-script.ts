/** Bundles a TypeScript file of the tests so that plain Node runs it in a process of its own; gives the bundle's path. */
export async function bundledScript(source: string): Promise<string> {
  const library = '../../scripts/lib/bundled.js'
  const { bundle } = (await import(library)) as { readonly bundle: (name: string, source: string) => string }
  return bundle('test-scripts', source)
}
