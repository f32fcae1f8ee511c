/** Where in a function's texts an error came from. */

import { ask } from '../addon/failure.js'
import { binding } from '../addon/native.js'
import type { AuthorPlace, Call } from '../calls/call.js'
import { pathAtEnd } from '../calls/places.js'
import { pathOfScript } from '../functions/on-disk/author-files.js'
import type { FunctionHandle } from '../functions/handles.js'
import type { FunctionMaps } from '../functions/maps.js'
import { scriptOf, type Script } from '../functions/scripts.js'
import { FUNCTION_PREFIX } from '../protocol.js'
import type { SourcePlace } from '../source-maps/source-map.js'

/** A place, as its author sees it. */
export interface WrittenPlace {
  /** From 1. */
  line: number
  /** From 1. */
  column: number
  /** The lines around it; undefined where they are not known. */
  frame: string | undefined
  /** The source that the text came from, or the module or file that it is; undefined for the text of the function itself. */
  file: string | undefined
}

/** How a frame ends. Anchored, and looked for in one line at a time: the text is of a function's. */
const END = /:(\d{1,9}):(\d{1,9})\)?$/
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const NOT_BEHIND = String.raw`(?<![\p{ID_Continue}$#'"])(?<!(?<!\.\.)\.)`
/** What is looked at of a statement. */
const LONGEST_STATEMENT = 1000
/** As V8 counts lines. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g

/** Where the last one was, by function: one that fails for each of many items fails at one place. */
const last = new WeakMap<FunctionHandle, { key: string; place: WrittenPlace | undefined }>()

/** Where `name` is missing, as the stack of the error has it; undefined where that is no place of the function's text. */
export function writtenPlace(
  stack: string | undefined,
  call: Call,
  name: string,
): WrittenPlace | undefined {
  const { fn } = call
  const found = placeInStack(stack, fn)
  if (found === undefined) return undefined
  const key = `${found.name}:${found.line}:${found.column} ${name}`
  const known = last.get(fn)
  if (known?.key === key) return known.place
  const own = placeInText(found, call.pool.authorPlace, name)
  const place = own && inSource(found.name, own, call.maps, name)
  last.set(fn, { key, place })
  return place
}

/** A place in what ran. */
interface FramePlace {
  script: Script
  /** The script's, as frames have it. */
  name: string
  /** From 1, as `column`. */
  line: number
  column: number
}

/** That of the first frame that is of the function. */
function placeInStack(stack: string | undefined, fn: FunctionHandle): FramePlace | undefined {
  const inline = FUNCTION_PREFIX + fn.name
  for (const line of stack?.split('\n') ?? []) {
    const end = END.exec(line)
    if (end === null) continue
    const frame = line.slice(0, end.index)
    const name = frame.endsWith(inline) ? inline : pathAtEnd(frame)
    const script = scriptOf(fn, name)
    if (script !== undefined) return { script, name, line: Number(end[1]), column: Number(end[2]) }
    // Of a package, which the function has called: the name is missing there.
    if (pathOfScript(name) !== undefined) return undefined
  }
  return undefined
}

/** The place in the script as its author has it. */
function placeInText(
  { script, name: path, ...ran }: FramePlace,
  authorPlace: AuthorPlace | undefined,
  name: string,
): WrittenPlace | undefined {
  const { file } = script
  // Types have been taken out of what ran.
  const author = path.endsWith('ts') ? authorPlace?.(path, ran.line, ran.column) : undefined
  const [line, column] = (author ?? [ran.line, ran.column]) as [number, number]
  const { text = '', before = 0 } = script.read() ?? {}
  const lineStart = startOfLine(text, line)
  // Only the first line has something in front.
  const told = lineStart + (line === 1 ? column - before : column) - 1
  const isInside = told >= 0 && told < text.length
  const start = isInside ? startOfName(text, told, name) : told
  if (file !== undefined && !(isInside && text.startsWith(name, start))) {
    // A file that cannot be read, or is another by now.
    return { line, column, file, frame: undefined }
  }
  if (!isInside) return undefined
  return { line, column: start - lineStart + 1, file, frame: frameAt(text, start, name) }
}

/** The lines around a name. */
function frameAt(text: string, start: number, name: string): string {
  const end = text.startsWith(name, start) ? start + name.length : start
  return ask('show a line', () => binding().frame(text, start, end, false))
}

/** The place in what a text was compiled from, if that is known. */
function inSource(
  script: string,
  place: WrittenPlace,
  maps: FunctionMaps | undefined,
  name: string,
): WrittenPlace {
  const { line, column } = place
  const source = maps?.placeOf(script, line, column)
  if (source === undefined) return place
  const text = maps?.contentAt(script, line, column)
  return { ...source, frame: text === undefined ? undefined : frameIn(text, source, name) }
}

/** The lines around a place that somebody else has told. */
function frameIn(text: string, { line, column }: SourcePlace, name: string): string | undefined {
  const start = startOfLine(text, line) + column - 1
  return start < text.length ? frameAt(text, start, name) : undefined
}

/** V8 tells where the name is, or the statement that begins with it, such as `return name`: then it is behind that in its line. */
function startOfName(text: string, told: number, name: string): number {
  if (text.startsWith(name, told) || !IDENTIFIER.test(name)) return told
  const [rest = ''] = text.slice(told, told + LONGEST_STATEMENT).split(LINE_END, 1)
  // Neither a property nor a key, nor in a text of its own.
  const escaped = name.replaceAll('$', String.raw`\$`)
  const at = rest.search(new RegExp(`${NOT_BEHIND}${escaped}(?![\\p{ID_Continue}$:])`, 'u'))
  return at < 0 ? told : told + at
}

function startOfLine(text: string, line: number): number {
  if (line === 1) return 0
  let number = 1
  for (const end of text.matchAll(LINE_END)) {
    if (++number === line) return end.index + end[0].length
  }
  return Number.NaN
}
