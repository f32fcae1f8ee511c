/**
 * Text of a value for a log line: the shape of Node's `util.inspect` in small, bounded in depth,
 * entries and length, and safe against hostile values (a getter that throws, a proxy, a cycle).
 */

const MAX_DEPTH = 3
const MAX_ENTRIES = 100
const MAX_STRING = 10_000

const { apply, ownKeys, getOwnPropertyDescriptor } = Reflect
const { isArray } = Array
const { stringify } = JSON
const toText = String
const call = <T>(method: Function, self: unknown, ...args: unknown[]): T =>
  apply(method, self, args) as T
const tagOf = Object.prototype.toString
const { slice, replaceAll, includes: includesText } = String.prototype
const { test } = RegExp.prototype
const { join, push, includes } = Array.prototype
const mapForEach = Map.prototype.forEach
const setForEach = Set.prototype.forEach
const toISOString = Date.prototype.toISOString
const regexpToString = RegExp.prototype.toString
const isView = ArrayBuffer.isView

/** The line that `console.log(...values)` prints. A first string may hold `%s %d %i %f %j %o %O`. */
export function formatMessage(values: ArrayLike<unknown>): string {
  let text = ''
  let next = 0
  if (typeof values[0] === 'string') {
    text = values[0]
    next = 1
    if (values.length > 1) {
      const parts = fillDirectives(text, values)
      text = parts.text
      next = parts.next
    }
  }
  for (let i = next; i < values.length; i++) {
    const value = values[i]
    const piece = typeof value === 'string' ? value : inspect(value)
    text = i === 0 ? piece : `${text} ${piece}`
  }
  return text
}

function fillDirectives(template: string, values: ArrayLike<unknown>) {
  let text = ''
  let next = 1
  for (let i = 0; i < template.length; i++) {
    const directive = template[i] === '%' ? template[i + 1] : undefined
    if (directive === '%') {
      text += '%'
      i++
    } else if (directive !== undefined && next < values.length && isDirective(directive)) {
      text += directiveText(directive, values[next++])
      i++
    } else {
      text += template[i]
    }
  }
  return { text, next }
}

function isDirective(letter: string): boolean {
  return call<boolean>(includes, DIRECTIVES, letter)
}
const DIRECTIVES = ['s', 'd', 'i', 'f', 'j', 'o', 'O', 'c']

function directiveText(directive: string, value: unknown): string {
  switch (directive) {
    case 's':
      return typeof value === 'object' || typeof value === 'function'
        ? inspect(value)
        : toText(value)
    case 'c':
      return ''
    case 'j':
      return safely(() => stringify(value) ?? 'undefined')
    case 'o':
    case 'O':
      return inspect(value)
    default:
      return typeof value === 'object' || typeof value === 'symbol'
        ? 'NaN'
        : toText(directive === 'i' ? Math.trunc(Number(value)) : Number(value))
  }
}

/** Text of any value. Never throws. */
export function inspect(value: unknown): string {
  return safely(() => format(value, 0, []))
}

function safely(make: () => string): string {
  try {
    return make()
  } catch {
    return '[value that cannot be shown]'
  }
}

function format(value: unknown, depth: number, above: unknown[]): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'bigint':
      return `${toText(value)}n`
    case 'number':
      return value === 0 && 1 / value < 0 ? '-0' : toText(value)
    case 'function':
      return `[Function: ${toText(value.name) || '(anonymous)'}]`
    case 'object':
      return value === null ? 'null' : formatObject(value, depth, above)
    default:
      return toText(value)
  }
}

/** In single quotes, unless the text has some and no double quotes, as Node does. */
function quote(text: string): string {
  if (text.length > MAX_STRING) {
    return `${quote(call<string>(slice, text, 0, MAX_STRING))}… ${text.length} characters`
  }
  const literal = stringify(text)
  if (call<boolean>(includesText, text, "'")) {
    if (!call<boolean>(includesText, text, '"')) return literal
    if (!call<boolean>(includesText, text, '`')) {
      return `\`${unescaped(literal)}\``
    }
    return `'${call<string>(replaceAll, unescaped(literal), "'", () => "\\'")}'`
  }
  return `'${unescaped(literal)}'`
}

/** The inside of a JSON string, with its double quotes plain. */
function unescaped(literal: string): string {
  return call<string>(replaceAll, call<string>(slice, literal, 1, -1), '\\"', () => '"')
}

function formatObject(value: object, depth: number, above: unknown[]): string {
  if (call<boolean>(includes, above, value)) return '[Circular]'
  const tag = call<string>(slice, call<string>(tagOf, value), 8, -1)
  if (tag === 'Error') return errorText(value as Error)
  if (tag === 'Date') return safely(() => call<string>(toISOString, value))
  if (tag === 'RegExp') return call<string>(regexpToString, value)
  if (depth >= MAX_DEPTH) return isArray(value) ? '[Array]' : `[${tag}]`
  call(push, above, value)
  const text = container(value, tag, (inner) => format(inner, depth + 1, above))
  above.length--
  return text
}

function errorText(error: Error): string {
  const { stack } = error
  return typeof stack === 'string' && stack !== '' ? stack : `${error.name}: ${error.message}`
}

function container(value: object, tag: string, show: (inner: unknown) => string): string {
  if (isArray(value) || isView(value))
    return listText(value as unknown as ArrayLike<unknown>, tag, show)
  const entries: string[] = []
  if (tag === 'Map') {
    call(mapForEach, value, (item: unknown, key: unknown) => {
      if (entries.length < MAX_ENTRIES) call(push, entries, `${show(key)} => ${show(item)}`)
    })
    return `Map(${(value as Map<unknown, unknown>).size}) ${braces(entries)}`
  }
  if (tag === 'Set') {
    call(setForEach, value, (item: unknown) => {
      if (entries.length < MAX_ENTRIES) call(push, entries, show(item))
    })
    return `Set(${(value as Set<unknown>).size}) ${braces(entries)}`
  }
  return (tag === 'Object' ? '' : `${tag} `) + braces(propertyTexts(value, show))
}

function listText(list: ArrayLike<unknown>, tag: string, show: (inner: unknown) => string): string {
  const texts: string[] = []
  const shown = list.length < MAX_ENTRIES ? list.length : MAX_ENTRIES
  for (let i = 0; i < shown; i++) call(push, texts, show(list[i]))
  if (list.length > shown) call(push, texts, `… ${list.length - shown} more`)
  const body = texts.length === 0 ? '[]' : `[ ${call<string>(join, texts, ', ')} ]`
  return tag === 'Array' ? body : `${tag}(${list.length}) ${body}`
}

function propertyTexts(value: object, show: (inner: unknown) => string): string[] {
  const texts: string[] = []
  const keys = ownKeys(value)
  for (let i = 0; i < keys.length && texts.length < MAX_ENTRIES; i++) {
    const key = keys[i] as string | symbol
    const property = getOwnPropertyDescriptor(value, key)
    if (property === undefined || !property.enumerable) continue
    const shown = 'value' in property ? show(property.value) : '[Getter]'
    call(push, texts, `${keyText(key)}: ${shown}`)
  }
  return texts
}

function keyText(key: string | symbol): string {
  if (typeof key === 'symbol') return `[${toText(key)}]`
  // At the top, V8 would compile it in each realm: sets of Unicode's letters are large.
  const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
  return call<boolean>(test, identifier, key) ? key : quote(key)
}

function braces(texts: string[]): string {
  return texts.length === 0 ? '{}' : `{ ${call<string>(join, texts, ', ')} }`
}
