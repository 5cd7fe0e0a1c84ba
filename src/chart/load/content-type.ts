const signatures: readonly (readonly [prefix: readonly number[], type: string])[] = [
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'application/pdf'],
  [[0x25, 0x21, 0x50, 0x53, 0x2d], 'application/postscript'],
  [[0xfe, 0xff], 'text/plain; charset=utf-16be'],
  [[0xff, 0xfe], 'text/plain; charset=utf-16le'],
  [[0xef, 0xbb, 0xbf], 'text/plain; charset=utf-8'],
  [[0x00, 0x00, 0x01, 0x00], 'image/x-icon'],
  [[0x42, 0x4d], 'image/bmp'],
  [[0x47, 0x49, 0x46, 0x38, 0x37, 0x61], 'image/gif'],
  [[0x47, 0x49, 0x46, 0x38, 0x39, 0x61], 'image/gif'],
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'image/png'],
  [[0xff, 0xd8, 0xff], 'image/jpeg'],
  [[0x49, 0x44, 0x33], 'audio/mpeg'],
  [[0x50, 0x4b, 0x03, 0x04], 'application/zip'],
  [[0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], 'application/x-rar-compressed'],
  [[0x1f, 0x8b, 0x08], 'application/x-gzip'],
  [[0x00, 0x61, 0x73, 0x6d], 'application/wasm'],
]

const htmlTags = [
  '<!DOCTYPE HTML', '<HTML', '<HEAD', '<SCRIPT', '<IFRAME', '<H1', '<DIV', '<FONT', '<TABLE', '<A', '<STYLE', '<TITLE',
  '<B', '<BODY', '<BR', '<P', '<!--',
] // biome-ignore format: a list

/** Names the type of data by its first 512 bytes, as Go's `http.DetectContentType` for the types people hand in. */
export function detectContentType(bytes: Uint8Array): string {
  const padded = new Uint8Array(512)
  padded.set(bytes.subarray(0, 512))
  let start = 0
  while (start < padded.length && [0x09, 0x0a, 0x0c, 0x0d, 0x20].includes(padded[start] ?? 0)) start++
  const head = Buffer.from(padded.subarray(start)).toString('latin1')
  for (const tag of htmlTags) {
    if (head.slice(0, tag.length).toUpperCase() === tag && [' ', '>'].includes(head.charAt(tag.length))) {
      return 'text/html; charset=utf-8'
    }
  }
  if (head.startsWith('<?xml')) return 'text/xml; charset=utf-8'
  for (const [prefix, type] of signatures) if (prefix.every((byte, index) => padded[index] === byte)) return type
  for (const byte of padded.subarray(start)) {
    if (byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f)) {
      return 'application/octet-stream'
    }
  }
  return 'text/plain; charset=utf-8'
}
