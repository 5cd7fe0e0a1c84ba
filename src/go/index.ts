/**
 * Go's semantics: values, printing, conversions, time and regular expressions.
 * It knows nothing of templates or charts. Begin with value.ts.
 */
export * from './compare.ts'
export * from './errors.ts'
export * from './escape.ts'
export * from './float.ts'
export * from './fmt/index.ts'
export * from './index-value.ts'
export * from './kind.ts'
export * from './quote.ts'
export * from './regexp/index.ts'
export * from './sorted-keys.ts'
export * from './space.ts'
export * from './strconv.ts'
export * from './time/index.ts'
export * from './truth.ts'
export * from './utf8.ts'
export * from './value.ts'
