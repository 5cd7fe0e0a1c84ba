import { absolutePath } from '../file-system.ts'
import { type Call, good, type Output } from './machine.ts'

/** The `test` program: files, texts, numbers, and `!`. */
export function fileTest(call: Call, args: readonly string[]): Output {
  return { ...good(), code: holds(call, args) ? 0 : 1 }
}

function holds(call: Call, args: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = args
  if (first === '!' && args.length > 1) return !holds(call, args.slice(1))
  if (args.length === 3) return compare(first, second, third)
  if (args.length === 2) return check(call, first, second)
  return first !== ''
}

function check(call: Call, operator: string, operand: string): boolean {
  const { files } = call.machine
  const path = absolutePath(call.session.folder, operand)
  switch (operator) {
    case '-e':
      return files.exists(path)
    case '-f':
      return files.exists(path) && !files.isFolder(path)
    case '-d':
      return files.isFolder(path)
    case '-s':
      return files.exists(path) && !files.isFolder(path) && files.read(path) !== ''
    case '-n':
      return operand !== ''
    case '-z':
      return operand === ''
    default:
      return ['-r', '-w', '-x'].includes(operator) && files.exists(path)
  }
}

function compare(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '-eq':
      return Number(left) === Number(right)
    case '-ne':
      return Number(left) !== Number(right)
    case '-lt':
      return Number(left) < Number(right)
    case '-le':
      return Number(left) <= Number(right)
    case '-gt':
      return Number(left) > Number(right)
    case '-ge':
      return Number(left) >= Number(right)
    default:
      return false
  }
}
