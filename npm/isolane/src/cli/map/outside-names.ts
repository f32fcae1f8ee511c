/**
 * Whether a function is self-contained, so that its text means the same elsewhere: which names in it are
 * of what stands around it, or of Node and not of isolates.
 *
 * V8 tells a debugger what a function's scopes hold. That may be more than the function itself uses, so
 * a name counts when it is in the text too; and a name in the text may be its own after all, or a
 * word of a text. Such a mistake costs little: the function then runs where its module is.
 */

import { createRequire } from 'node:module'
import type { Session } from 'node:inspector'
import vm from 'node:vm'

/** Names that the function takes from outside; undefined where nobody can say. */
export function outsideNames(fn: Function): string[] | undefined {
  const around = scopeNames(fn)
  if (around === undefined) return undefined
  const text = Function.prototype.toString.call(fn)
  const outside = new Set([...around, ...namesOfNode(text)])
  // A function's own name is in its text.
  const own = /^(?:async\s+)?function\s*\*?\s*([\p{ID_Continue}$]+)/u.exec(text)?.[1]
  if (own !== undefined) outside.delete(own)
  const used = identifiers(text)
  const names = [...used].filter((name) => outside.has(name))
  if (used.has('import')) names.push('import')
  return names
}

/** Globals of Node that isolates have too, none of them less than Node's. */
const WEB_GLOBALS = [
  'AbortController',
  'AbortSignal',
  'DOMException',
  'Event',
  'EventTarget',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
  'atob',
  'btoa',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
]

/** And those of which isolates have no more than this. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  crypto: ['getRandomValues', 'randomUUID'],
  performance: ['now', 'timeOrigin'],
}

/** Globals of Node that are neither of the language nor of isolates, as far as `text` uses them. */
function namesOfNode(text: string): string[] {
  const there = new Set([
    ...(vm.runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]),
    ...WEB_GLOBALS,
    ...Object.keys(PARTS).filter((name) => usesOnly(text, name, PARTS[name]!)),
  ])
  return Object.getOwnPropertyNames(globalThis).filter((name) => !there.has(name))
}

function usesOnly(text: string, name: string, members: readonly string[]): boolean {
  const member = String.raw`\s*\??\.\s*(?:${members.join('|')})(?![\p{ID_Continue}$])`
  const other = String.raw`(?<![\p{ID_Continue}$.])${name}(?![\p{ID_Continue}$])(?!${member})`
  return !new RegExp(other, 'u').test(text)
}

/** Where no template and no regular expression has been: comments, strings, names, numbers, and what else there is. */
const TOKENS =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\p{ID_Continue}$.]*|\.\.\.|\S/gu

const NAME = /^[\p{ID_Start}$_]/u

/** Whatever looks like a name, unless a single dot stands before it. */
const WORDS = /(?<!(?<!\.)\.)(?<![\p{ID_Continue}$])[\p{ID_Start}$_][\p{ID_Continue}$]*/gu

/**
 * The names in a text that are neither properties nor keys. Templates, and what divides or begins a regular
 * expression, take a parser to tell from what they hold: from the first one on every word counts.
 */
function identifiers(text: string): Set<string> {
  const names = new Set<string>()
  let before = ''
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (/^\/[/*]/.test(token)) continue
    if (token === '/' || token === '`') {
      for (const word of text.slice(index).match(WORDS) ?? []) names.add(word)
      break
    }
    const isKey = /^[{,]$/.test(before) && /^\s*:/.test(text.slice(index + token.length))
    if (NAME.test(token) && before !== '.' && !isKey) names.add(token)
    before = token
  }
  return names
}

/** Names of variables in the scopes around a function, those of the process as a whole left out. */
function scopeNames(fn: Function): string[] | undefined {
  const session = newSession()
  if (session === undefined) return undefined
  const place = `isolane ${process.pid}`
  const globals = globalThis as unknown as Record<string, unknown>
  globals[place] = fn
  try {
    session.connect()
    const expression = `globalThis[${JSON.stringify(place)}]`
    const found = ask(session, 'Runtime.evaluate', { expression }) as { result: RemoteObject }
    const { internalProperties = [] } = propertiesOf(session, found.result)
    const scopes = internalProperties.find(({ name }) => name === '[[Scopes]]')?.value
    if (scopes === undefined) return undefined
    return propertiesOf(session, scopes)
      .result.filter(({ value }) => value !== undefined && value.description !== 'Global')
      .flatMap(({ value }) => propertiesOf(session, value!).result.map(({ name }) => name))
  } catch {
    return undefined
  } finally {
    delete globals[place]
    session.disconnect()
  }
}

interface RemoteObject {
  objectId?: string
  description?: string
}

interface Properties {
  result: { name: string; value?: RemoteObject }[]
  internalProperties?: { name: string; value?: RemoteObject }[]
}

/** A Node may be built without it. */
function newSession(): Session | undefined {
  try {
    const inspector = createRequire(__filename)('node:inspector') as {
      Session: new () => Session
    }
    return new inspector.Session()
  } catch {
    return undefined
  }
}

function propertiesOf(session: Session, { objectId }: RemoteObject): Properties {
  return ask(session, 'Runtime.getProperties', { objectId, ownProperties: true }) as Properties
}

/** V8 answers at once. */
function ask(session: Session, method: string, parameters: object): unknown {
  let answer: unknown
  session.post(method, parameters, (error, result) => {
    if (error) throw error
    answer = result
  })
  return answer
}
