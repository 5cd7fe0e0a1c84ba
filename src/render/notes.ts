const notesName = 'NOTES.txt'

/**
 * Takes NOTES.txt out of the rendered files and gives its text; with `subNotes` those of sub-charts too, in the order of
 * rendering, joined by line breaks.
 */
export function takeNotes(files: Map<string, string>, chartName: string, subNotes: boolean): string {
  let notes = ''
  for (const [path, text] of files) {
    if (!path.endsWith(notesName)) continue
    if (subNotes || path === `${chartName}/templates/${notesName}`) notes += notes === '' ? text : `\n${text}`
    files.delete(path)
  }
  return notes
}
