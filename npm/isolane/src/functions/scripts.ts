/** The scripts of functions, which frames of stacks are in. */

import { FUNCTION_PREFIX, FunctionForm } from '../protocol.js'
import { authorFilesOf, pathOfScript } from './on-disk/author-files.js'
import type { FunctionHandle } from './handles.js'
import { modulesOf, type ModuleTable } from './module-table.js'
import { authorsText, expressionOf, type Expression } from './source.js'

/** A script of a function. */
export interface Script {
  /** Its module or its file; `undefined` where it is the text of the function itself. */
  file: string | undefined
  /** What is in it; `undefined` where that cannot be had. */
  read(): ScriptText | undefined
}

/** What is in a script. */
export interface ScriptText {
  /** As its author has it. */
  text: string
  /** How much more its first line has in front where it runs. */
  before: number
}

/** The script that frames of a function name so; `undefined` where it is none of the function's. */
export function scriptOf({ name, known }: FunctionHandle, script: string): Script | undefined {
  if (known === undefined) return undefined
  if (typeof known === 'function' || isInline(known)) {
    const isIts = script === FUNCTION_PREFIX + name
    return isIts ? { file: undefined, read: () => textOf(known) } : undefined
  }
  if (known.modules !== undefined) {
    const text = textsOf(known.modules).get(script)
    return text === undefined ? undefined : { file: script, read: () => ({ text, before: 0 }) }
  }
  const path = pathOfScript(script)
  return path === undefined ? undefined : { file: path, read: () => fileText(known, path) }
}

/** Whether a function can import what it needs, being made of modules or in a file. */
export function canImport({ known }: FunctionHandle): boolean {
  return known !== undefined && typeof known !== 'function' && !isInline(known)
}

/** Texts by id, of tables that have been asked for one: a call may fail for each of its items. */
const tables = new WeakMap<ModuleTable, ReadonlyMap<string, string>>()

function textsOf(table: ModuleTable): ReadonlyMap<string, string> {
  let texts = tables.get(table)
  if (texts === undefined) {
    texts = new Map(Array.from(modulesOf(table), ({ id, text }) => [id, text]))
    tables.set(table, texts)
  }
  return texts
}

function textOf(known: Function | Expression): ScriptText | undefined {
  try {
    return authorsText((typeof known === 'function' ? expressionOf(known, NOWHERE) : known).source)
  } catch {
    return undefined
  }
}

function fileText(known: Expression, path: string): ScriptText | undefined {
  const text = authorFilesOf(known)?.textOf(path)
  return text === undefined ? undefined : { text, before: 0 }
}

/** Of no account to what is a function. */
const NOWHERE = { engine: 'v8', resolveFrom: '' } as const

function isInline({ form }: Expression): boolean {
  return (
    form === FunctionForm.Source || form === FunctionForm.Strict || form === FunctionForm.Sloppy
  )
}
