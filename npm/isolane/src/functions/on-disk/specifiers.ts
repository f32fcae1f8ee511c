/** The specifiers by which a text asks for modules. */

import { parseNatively } from '../../check/native.js'
import { walk } from '../../check/tree.js'
import type { SyntaxNode } from '../../options/custom-rule.js'
import { moduleRequests } from '../requests.js'

type Form = 'commonjs' | 'module' | undefined

const TYPESCRIPT = /\.[cm]?ts$/i

/** Those of a file's text that are not computed; none where it does not compile, which the checker tells. */
export async function specifiersOf(path: string, text: string, form: Form): Promise<string[]> {
  if (TYPESCRIPT.test(path)) return specifiersOfTypeScript(path, text, form)
  // As Node reads files.
  const source = text.replace(/^\u{feff}/u, '').replace(/^#!/, '//')
  try {
    const { requests } = moduleRequests(source)
    return requests.filter(({ kind }) => kind !== 'resolve').map(({ specifier }) => specifier)
  } catch {
    return []
  }
}

async function specifiersOfTypeScript(path: string, text: string, form: Form): Promise<string[]> {
  const options = form === undefined ? { filename: path } : { filename: path, form }
  const parsed = await parseNatively(text, options)
  if (parsed === undefined) return []
  const reader = new TypeScriptReader()
  const leave = (node: SyntaxNode) => reader.leave(node)
  walk(parsed.program, (node) => reader.enter(node), leave)
  return reader.specifiers()
}

/** What TypeScript has beside types. */
const VALUES =
  /^TS(?:AsExpression|SatisfiesExpression|NonNullExpression|TypeAssertion|InstantiationExpression|Enum\w*|Module\w*|ExportAssignment|ImportEqualsDeclaration|ExternalModuleReference|ParameterProperty)$/

/** Finds what is asked for in TypeScript, in which an import goes of which only types are used. */
class TypeScriptReader {
  /** Names that are read, apart from types. */
  readonly #used = new Set<string>()
  readonly #requests: { specifier: string; names?: string[] }[] = []
  /** Types, and imports, that are around. */
  #inType = 0

  enter(node: SyntaxNode): void {
    this.#request(node)
    if (isType(node)) this.#inType++
    else if (node.type === 'Identifier' && this.#inType === 0 && !isKey(node)) {
      this.#used.add(node.name as string)
    }
  }

  leave(node: SyntaxNode): void {
    if (isType(node)) this.#inType--
  }

  specifiers(): string[] {
    const isNeeded = (names: string[] | undefined) =>
      names === undefined || names.some((name) => this.#used.has(name))
    return this.#requests.filter(({ names }) => isNeeded(names)).map(({ specifier }) => specifier)
  }

  #request(node: SyntaxNode): void {
    const specifier = textOf(sourceOf(node))
    if (specifier === undefined || isOfTypes(node)) return
    const specifiers = (node.specifiers ?? []) as SyntaxNode[]
    if (specifiers.length === 0) return void this.#requests.push({ specifier })
    const values = specifiers.filter((each) => !isOfTypes(each))
    if (values.length === 0) return
    const names = values.map(({ local }) => (local as SyntaxNode).name as string)
    this.#requests.push(node.type === 'ImportDeclaration' ? { specifier, names } : { specifier })
  }
}

/** Where a node says what module it wants. */
function sourceOf(node: SyntaxNode): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
      return node.source
    case 'TSExternalModuleReference':
      return node.expression
    case 'CallExpression':
      return (node.callee as SyntaxNode).name === 'require'
        ? (node.arguments as SyntaxNode[])[0]
        : undefined
    default:
      return undefined
  }
}

function textOf(node: unknown): string | undefined {
  const { type, value } = (node ?? {}) as Partial<SyntaxNode>
  return type === 'Literal' && typeof value === 'string' ? value : undefined
}

function isOfTypes({ importKind, exportKind }: SyntaxNode): boolean {
  return importKind === 'type' || exportKind === 'type'
}

function isType({ type }: SyntaxNode): boolean {
  return type === 'ImportDeclaration' || (type.startsWith('TS') && !VALUES.test(type))
}

/** Whether an identifier is a property's name. */
function isKey(node: SyntaxNode): boolean {
  const { parent } = node
  if (parent === null || parent.computed === true || parent.shorthand === true) return false
  return parent.property === node || parent.key === node
}
