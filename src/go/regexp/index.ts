/** Go's `regexp`. */
export { GoRegexp, type MatchIndexes, quoteRegexp } from './regexp.ts'
