/**
 * Text of a value for a log line: the shape of Node's `util.inspect` in small, bounded in depth,
 * entries and length, and safe against hostile values (a getter that throws, a proxy, a cycle).
 */

import {
  ArrayBufferIsView,
  ArrayIncludes,
  ArrayIsArray,
  ArrayJoin,
  DateToISOString,
  JSONStringify,
  MapForEach,
  MapSize,
  MathTrunc,
  NumberConstructor,
  ObjectGetOwnPropertyDescriptor,
  ObjectToString,
  privateArray,
  ReflectOwnKeys,
  RegExpExec,
  regExpFlags,
  RegExpSource,
  SetForEach,
  SetSize,
  StringConstructor,
  StringIncludes,
  StringReplaceAll,
  StringSlice,
  TypedArrayLength,
  TypedArrayTag,
} from '../../codec/shared/primordials.js'

const MAX_DEPTH = 3
const MAX_ENTRIES = 100
const MAX_STRING = 10_000

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
  return ArrayIncludes(DIRECTIVES, letter)
}
const DIRECTIVES = ['s', 'd', 'i', 'f', 'j', 'o', 'O', 'c']

function directiveText(directive: string, value: unknown): string {
  switch (directive) {
    case 's':
      return typeof value === 'object' || typeof value === 'function'
        ? inspect(value)
        : StringConstructor(value)
    case 'c':
      return ''
    case 'j':
      return safely(() => JSONStringify(value) ?? 'undefined')
    case 'o':
    case 'O':
      return inspect(value)
    default:
      return typeof value === 'object' || typeof value === 'symbol'
        ? 'NaN'
        : StringConstructor(
            directive === 'i' ? MathTrunc(NumberConstructor(value)) : NumberConstructor(value),
          )
  }
}

/** Text of any value. Never throws. */
export function inspect(value: unknown): string {
  return safely(() => format(value, 0, privateArray()))
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
      return `${StringConstructor(value)}n`
    case 'number':
      return value === 0 && 1 / value < 0 ? '-0' : StringConstructor(value)
    case 'function':
      return `[Function: ${StringConstructor(value.name) || '(anonymous)'}]`
    case 'object':
      return value === null ? 'null' : formatObject(value, depth, above)
    default:
      return StringConstructor(value)
  }
}

/** In single quotes, unless the text has some and no double quotes, as Node does. */
function quote(text: string): string {
  if (text.length > MAX_STRING) {
    return `${quote(StringSlice(text, 0, MAX_STRING))}… ${text.length} characters`
  }
  const literal = JSONStringify(text)
  if (StringIncludes(text, "'")) {
    if (!StringIncludes(text, '"')) return literal
    if (!StringIncludes(text, '`')) {
      return `\`${unescaped(literal)}\``
    }
    return `'${StringReplaceAll(unescaped(literal), "'", () => "\\'")}'`
  }
  return `'${unescaped(literal)}'`
}

/** The inside of a JSON string, with its double quotes plain. */
function unescaped(literal: string): string {
  return StringReplaceAll(StringSlice(literal, 1, -1), '\\"', () => '"')
}

function formatObject(value: object, depth: number, above: unknown[]): string {
  if (ArrayIncludes(above, value)) return '[Circular]'
  const tag = StringSlice(ObjectToString(value), 8, -1)
  if (tag === 'Error') return errorText(value as Error)
  if (tag === 'Date') return safely(() => DateToISOString(value as Date))
  if (tag === 'RegExp') return regExpText(value)
  if (depth >= MAX_DEPTH) return ArrayIsArray(value) ? '[Array]' : `[${tag}]`
  above[above.length] = value
  const text = container(value, tag, (inner) => format(inner, depth + 1, above))
  above.length--
  return text
}

/** Not as its own `toString` has it, which asks for `source` and `flags`. */
function regExpText(value: object): string {
  return `/${RegExpSource(value) as string}/${regExpFlags(value)}`
}

function errorText(error: Error): string {
  const { stack } = error
  return typeof stack === 'string' && stack !== '' ? stack : `${error.name}: ${error.message}`
}

function container(value: object, tag: string, show: (inner: unknown) => string): string {
  if (ArrayIsArray(value) || ArrayBufferIsView(value))
    return listText(value as unknown as ArrayLike<unknown>, tag, show)
  const entries = privateArray<string>()
  if (tag === 'Map') {
    MapForEach(value as Map<unknown, unknown>, (item: unknown, key: unknown) => {
      if (entries.length < MAX_ENTRIES) entries[entries.length] = `${show(key)} => ${show(item)}`
    })
    return `Map(${MapSize(value)}) ${braces(entries)}`
  }
  if (tag === 'Set') {
    SetForEach(value as Set<unknown>, (item: unknown) => {
      if (entries.length < MAX_ENTRIES) entries[entries.length] = show(item)
    })
    return `Set(${SetSize(value)}) ${braces(entries)}`
  }
  return (tag === 'Object' ? '' : `${tag} `) + braces(propertyTexts(value, show))
}

function listText(list: ArrayLike<unknown>, tag: string, show: (inner: unknown) => string): string {
  const texts = privateArray<string>()
  const length = lengthOf(list)
  const shown = length < MAX_ENTRIES ? length : MAX_ENTRIES
  for (let i = 0; i < shown; i++) texts[i] = show(list[i])
  if (length > shown) texts[shown] = `… ${length - shown} more`
  const body = texts.length === 0 ? '[]' : `[ ${ArrayJoin(texts, ', ')} ]`
  return tag === 'Array' ? body : `${tag}(${length}) ${body}`
}

/** Of an array its own; a DataView has none. */
function lengthOf(list: ArrayLike<unknown>): number {
  if (ArrayIsArray(list)) return list.length
  return TypedArrayTag(list) === undefined ? 0 : TypedArrayLength(list)
}

function propertyTexts(value: object, show: (inner: unknown) => string): string[] {
  const texts = privateArray<string>()
  const keys = ReflectOwnKeys(value)
  for (let i = 0; i < keys.length && texts.length < MAX_ENTRIES; i++) {
    const key = keys[i] as string | symbol
    const property = ObjectGetOwnPropertyDescriptor(value, key)
    if (property === undefined || !property.enumerable) continue
    const isGetter = property.get !== undefined || property.set !== undefined
    const shown = isGetter ? '[Getter]' : show(property.value)
    texts[texts.length] = `${keyText(key)}: ${shown}`
  }
  return texts
}

function keyText(key: string | symbol): string {
  if (typeof key === 'symbol') return `[${StringConstructor(key)}]`
  // At the top, V8 would compile it in each context: sets of Unicode's letters are large.
  const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
  return RegExpExec(identifier, key) !== null ? key : quote(key)
}

function braces(texts: string[]): string {
  return texts.length === 0 ? '{}' : `{ ${ArrayJoin(texts, ', ')} }`
}
