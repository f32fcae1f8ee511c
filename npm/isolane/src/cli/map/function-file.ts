/** The function of a file: as source for the v8 engine where it is self-contained, else by its address. */

import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { importFunction } from '../../functions/modules.js'
import {
  expressionOf,
  type AnyFunction,
  type FunctionSource,
  type FunctionText,
} from '../../functions/source.js'
import { type Engine, FunctionForm } from '../../protocol.js'
import { loaded } from '../loading.js'
import { oneLine } from '../messages.js'
import { codeOf, CommandError, ExitCode } from '../exit-codes.js'
import { fileError } from '../file-errors.js'
import { textOfError } from '../../errors/text.js'
import { outsideNames } from './outside-names.js'

/** What is called, and where. */
export interface ChosenFunction {
  fn: FunctionSource<AnyFunction>
  engine: Engine
  /** What the user should know about the choice. */
  note?: string
}

/** What the command line says of it. */
export interface FunctionRequest {
  file: string
  exportName: string | undefined
  engine: 'auto' | Engine
  /** Engines of this build. */
  available: readonly Engine[]
}

/** @throws {CommandError} where there is none */
export async function chooseFunction(request: FunctionRequest): Promise<ChosenFunction> {
  const { file, exportName, engine, available } = request
  const path = resolve(file)
  assertFile(file, path)
  const address = { filename: path, ...(exportName === undefined ? {} : { name: exportName }) }
  if (engine === 'node' || (engine === 'auto' && !available.includes('v8'))) {
    return { fn: address, engine: 'node' }
  }
  const importing = loaded(importFunction(address), file, ExitCode.Function)
  const fn = await importing.catch((error: unknown) => {
    if (error instanceof CommandError) throw error
    throw notLoadable(file, (error as { error?: unknown }).error ?? error)
  })
  const source: FunctionText = { source: '', name: nameFor(fn, file) }
  const reason = whyNotSource(fn, source)
  if (engine === 'v8') {
    if (source.source !== '') return { fn: source, engine: 'v8' }
    throw new CommandError(ExitCode.Function, `${file}: ${reason}`, {
      hint: 'Leave --engine v8 out: the function then runs on the node engine, in its module',
    })
  }
  if (reason === undefined) return { fn: source, engine: 'v8' }
  return {
    fn: address,
    engine: 'node',
    note: `${file}: ${reason}, so it runs on the node engine (--engine node says so without this line)`,
  }
}

function assertFile(file: string, path: string): void {
  try {
    if (statSync(path).isFile()) return
  } catch (error) {
    throw fileError(ExitCode.Function, `Cannot load ${file}`, error)
  }
  throw new CommandError(ExitCode.Function, `Cannot load ${file}: it is no file`)
}

function nameFor(fn: Function, file: string): string {
  const isNamed = typeof fn.name === 'string' && fn.name !== '' && fn.name !== 'default'
  return isNamed ? fn.name : basename(file).replace(/\.[^.]*$/, '')
}

/** Puts the text into `source` where there is one, and says why it would not do elsewhere. */
function whyNotSource(fn: AnyFunction, source: FunctionText): string | undefined {
  try {
    const expression = expressionOf(fn, { engine: 'v8', resolveFrom: '' })
    source.source = expression.source
    if (expression.form === FunctionForm.Sloppy) source.strict = false
  } catch (error) {
    return (error as Error).message
  }
  const names = outsideNames(fn)
  if (names === undefined) return 'nobody can say whether the function is self-contained'
  if (names.length === 0) return undefined
  const quoted = names.slice(0, 3).map((name) => `'${name}'`)
  if (names.length > 3) quoted.push('…')
  return `the function uses ${quoted.join(', ')} from outside itself`
}

/** The error for a module that cannot be imported, or whose function cannot be had. */
export function notLoadable(file: string, error: unknown): CommandError {
  const isTypeScript = codeOf(error) === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file)
  if (isTypeScript) {
    return new CommandError(
      ExitCode.Function,
      `Cannot load ${file}: Node ${process.version} does not strip types`,
      {
        hint: 'Use Node 22.18 or newer, or compile it to JavaScript first',
        cause: error,
      },
    )
  }
  return new CommandError(
    ExitCode.Function,
    `Cannot load ${file}: ${oneLine(textOfError(error))}`,
    {
      hint: 'The module is imported as Node does it; --verbose shows the stack',
      cause: error,
    },
  )
}
