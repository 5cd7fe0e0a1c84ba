/**
 * Go's semantics: values, printing, conversions, time and regular expressions.
 * It knows nothing of templates or charts. Begin with value.ts.
 */
export * from './value.ts'
