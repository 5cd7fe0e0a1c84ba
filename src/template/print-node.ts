import { byteLength, quote } from '../go/index.ts'
import type { AnyNode, Node, PipeNode, Place } from './node.ts'

/** A node as Go prints it: the text between `<` and `>` in errors. */
export function nodeText(node: AnyNode): string {
  switch (node.type) {
    case 'list':
      return node.nodes.map(nodeText).join('')
    case 'text':
    case 'number':
      return node.text
    case 'action':
      return `{{${pipeText(node.pipe)}}}`
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${nodeText(node.elseList)}`
      return `{{${node.type} ${pipeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`
    }
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${pipeText(node.pipe)}`}}}`
    case 'break':
    case 'continue':
      return `{{${node.type}}}`
    case 'pipe':
      return pipeText(node)
    case 'command':
      return node.args.map(operandText).join(' ')
    case 'identifier':
      return node.name
    case 'variable':
      return node.names.join('.')
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'chain':
      return [operandText(node.operand), ...node.names].join('.')
    case 'bool':
      return String(node.value)
    case 'string':
      return node.quoted
  }
}

function operandText(node: Node): string {
  return node.type === 'pipe' ? `(${pipeText(node)})` : nodeText(node)
}

function pipeText(pipe: PipeNode): string {
  const declared = pipe.decl.map(nodeText).join(', ')
  const prefix = declared === '' ? '' : `${declared} ${pipe.isAssign ? '=' : ':='} `
  return prefix + pipe.commands.map(nodeText).join(' | ')
}

/** Line from 1 and column in bytes (0 for the first line's first byte, 1 for later lines), as Go reports a node. */
export function nodePosition(node: Node, { source, start }: Place): { line: number; column: number } {
  const before = source.text.slice(0, start + node.pos)
  const newline = before.lastIndexOf('\n')
  let line = 1
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++
  return { line, column: byteLength(newline < 0 ? before : before.slice(newline + 1)) }
}
