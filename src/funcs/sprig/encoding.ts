import { decodeBase32, decodeBase64, EncodingError, encodeBase32, encodeBase64 } from '../../encoding/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

/** The result, or the text of the error in its place. */
function textOrError(decode: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return decode(text)
    } catch (error) {
      if (error instanceof EncodingError) return error.message
      throw error
    }
  }
}

/** Base64 and base32. Decoding errors are returned as text. */
export const encodingFunctions: FunctionTable = {
  b32dec: fn('string', 'string', textOrError(decodeBase32)),
  b32enc: fn('string', 'string', encodeBase32),
  b64dec: fn('string', 'string', textOrError(decodeBase64)),
  b64enc: fn('string', 'string', encodeBase64),
}
