import type { KnownAction } from './action.ts'
import { QuickActionReader } from './quick-action.ts'

/** Actions kept at most. */
const MAX_ACTIONS = 50_000

/** The number of a text that has none. */
export const NO_ACTION = -1

/**
 * Actions by their text, for one set of function names. Charts repeat themselves: three quarters of the actions of a large
 * one are word for word like an earlier one, and what is read of an action says nothing of the place where it stands. The
 * lexer numbers the texts; what token by token is read of them is added by the parser.
 */
export class KnownActions {
  private readonly numbers = new Map<string, number>()
  private readonly actions: (KnownAction | undefined)[] = []
  private readonly reader: QuickActionReader

  constructor(hasFunction: (name: string) => boolean) {
    this.reader = new QuickActionReader(hasFunction)
  }

  /** The number of an action, from `{{` to `}}`; there is none where its text must be read token by token. */
  read(text: string): number {
    const known = this.numbers.get(text)
    if (known !== undefined) return known
    const action = this.reader.read(text)
    if (action === undefined) return NO_ACTION
    const number = this.add(text)
    if (number !== NO_ACTION) this.set(number, action)
    return number
  }

  /** Numbers a text that has no number. */
  add(text: string): number {
    const number = this.actions.length
    if (number >= MAX_ACTIONS) return NO_ACTION
    this.numbers.set(text, number)
    this.actions.push(undefined)
    return number
  }

  /** What was read of a text; undefined when reading it failed. */
  get(number: number): KnownAction | undefined {
    return this.actions[number]
  }

  set(number: number, action: KnownAction): void {
    this.actions[number] = action
  }
}
