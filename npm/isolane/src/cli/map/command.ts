/** `isolane map`: the items of a file through a function, on every core. */

import { extname } from 'node:path'
import { engines, Pool, type SharedValue } from '../../index.js'
import { codeOf, CommandError, ExitCode, exitCodeOf } from '../exit-codes.js'
import { identityOf, Input, type FileIdentity } from '../input.js'
import { Interruption } from '../interruption.js'
import { errorMessage, oneLine } from '../messages.js'
import { openOutput, ReaderLeft, type Output } from '../output.js'
import { Progress } from '../progress.js'
import { readMapArguments, type Format, type MapArguments } from './arguments.js'
import { FailureLog, placeOf } from './failures.js'
import { chooseFunction, notLoadable, type ChosenFunction } from './function-file.js'
import { rows, Stopped } from './rows.js'
import { shareFiles } from './shared.js'

const NEWLINE = Buffer.from('\n')

const FORMAT_OF: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
}

/** Errors that a function gives as it is loaded. */
const OF_FUNCTION = ['ERR_ISOLANE_MODULE', 'ERR_ISOLANE_SOURCE', 'ERR_ISOLANE_FUNCTION']

/** Errors of a text in which nobody can say what the items are. */
const OF_INPUT = ['ERR_ISOLANE_INVALID_JSON', 'ERR_ISOLANE_ITEM_TOO_LARGE']

/** @returns the exit code @throws {CommandError} where it cannot begin */
export async function map(words: string[]): Promise<number> {
  const args = readMapArguments(words)
  const input = await Input.open(args.input)
  const available = engines()
  const chosen = await chooseFunction({
    file: args.functionFile,
    exportName: args.exportName,
    engine: args.engine,
    available,
  })
  const pool = new Pool({
    engine: chosen.engine,
    name: 'isolane map',
    // Whoever wants the command to yield to others has nice(1).
    niceIncrement: 0,
    ...defined('threads', args.threads),
    ...defined('memoryLimitMb', args.memory),
  })
  if (chosen.note !== undefined && !args.quiet) process.stderr.write(`isolane: ${chosen.note}\n`)
  await assertLoads(pool, chosen, args.functionFile)
  const shared = await shareFiles(pool, args.shared)
  return new MapRun(args, input, pool, chosen, shared).run()
}

/** Whether a worker can load the function: before anything is written. */
async function assertLoads(pool: Pool, { fn }: ChosenFunction, file: string): Promise<void> {
  try {
    const published = await pool.publish('function', fn)
    published.dispose()
  } catch (error) {
    if (!OF_FUNCTION.includes(String(codeOf(error)))) throw error
    throw notLoadable(file, (error as Error).cause ?? error)
  }
}

function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}

/** One run, from the first byte to the exit code. */
class MapRun {
  #output: Output | undefined
  #progress: Progress | undefined
  #items = 0
  /** What must stand behind the last item that was written. */
  #ending = ''

  constructor(
    private readonly args: MapArguments,
    private readonly input: Input,
    private readonly pool: Pool,
    private readonly chosen: ChosenFunction,
    private readonly shared: SharedValue[],
  ) {}

  async run(): Promise<number> {
    const { args, input } = this
    const from = args.from ?? formatOf(args.input) ?? (await this.#formatOfFirstByte())
    const into = args.into ?? formatOf(args.output) ?? from
    const failures = await FailureLog.open(args.failures)
    const keep = (): void => void this.#output?.keep(this.#ending)
    const interruption = new Interruption(keep)
    // Of the module's own timers and promises: it runs in this process too.
    process.once('uncaughtException', (error) => {
      keep()
      process.stderr.write(errorMessage(error, args.verbose))
      process.exit(exitCodeOf(error))
    })
    try {
      this.#output = await openOutput(args.output)
      const read = [args.functionFile, ...args.shared.map(({ path }) => path)].map(identityOf)
      assertApart([input.identity, ...read], [this.#output.identity, failures.identity])
      await failures.begin()
      this.#watch()
      await this.#write(into, this.#results(from, into, failures, interruption.signal), failures)
      await failures.close()
      return this.#done(failures)
    } catch (error) {
      await failures.close().catch(() => {})
      return this.#broken(error, interruption.exitCode)
    }
  }

  async #formatOfFirstByte(): Promise<Format> {
    const first = await this.input.peek()
    if (first === undefined && !this.args.quiet) {
      process.stderr.write(`isolane: ${this.input.name} is empty\n`)
    }
    return first === '[' ? 'json' : 'ndjson'
  }

  #watch(): void {
    const { args, input, pool } = this
    // A line that renews itself would be in the way of results on the same terminal.
    const isInTheWay = args.output === undefined && process.stdout.isTTY
    const progress = new Progress({
      stream: process.stderr,
      total: input.size,
      quiet: args.quiet || isInTheWay,
    })
    this.#progress = progress
    // How shared values are kept is told at level debug.
    pool.on('log', ({ level, message }) => {
      if (level !== 'debug' || args.verbose) progress.note(message)
    })
    pool.on('error', (error) => progress.note(errorMessage(error, args.verbose).trimEnd()))
  }

  #results(from: Format, into: Format, failures: FailureLog, signal: AbortSignal) {
    const { args, input, pool, chosen, shared } = this
    return rows(input.pieces(), {
      pool,
      fn: chosen.fn,
      from,
      into,
      onError: args.onError,
      timeout: args.timeout,
      shared,
      signal,
      onFailure: (failure) => failures.add(failure),
      onProgress: (progress) => {
        this.#items = progress.done
        this.#progress!.update(progress)
      },
    })
  }

  async #write(into: Format, results: AsyncIterable<Uint8Array>, failures: FailureLog) {
    const output = this.#output!
    // Pieces of an array end with an element; the last one closes it.
    if (into === 'json') this.#ending = ']\n'
    for await (const piece of results) {
      await failures.flush()
      await output.write(piece)
    }
    await failures.flush()
    this.#ending = ''
    if (into === 'json') await output.write(NEWLINE)
    await output.commit()
  }

  #done(failures: FailureLog): number {
    this.#progress!.close(true)
    const { count, first } = failures
    if (count === 0) return ExitCode.Done
    const line =
      `isolane: ${count} of ${this.#items} items failed; ` +
      `the first is ${placeOf(first!)}: ${oneLine(first!.error.message)}\n`
    const hint = this.args.failures === undefined ? '  hint: --failures FILE lists them\n' : ''
    process.stderr.write(line + hint)
    return ExitCode.SomeFailed
  }

  /** What is complete is kept. */
  #broken(error: unknown, interrupted: number | undefined): number {
    const kept = this.#output?.keep(this.#ending)
    this.#progress?.close(false)
    if (error instanceof ReaderLeft) return ExitCode.Done
    const told = this.#told(error)
    if (interrupted === undefined) {
      process.stderr.write(errorMessage(told, this.args.verbose))
    } else {
      process.stderr.write(`isolane: interrupted after ${this.#items} items\n`)
    }
    if (kept !== undefined) process.stderr.write(`  what was complete is in ${kept}\n`)
    return interrupted ?? exitCodeOf(told)
  }

  #told(error: unknown): unknown {
    if (error instanceof Stopped) return this.#stopped(error)
    if (!OF_INPUT.includes(String(codeOf(error)))) return error
    const message = `${this.input.name}: ${oneLine((error as Error).message)}`
    return new CommandError(ExitCode.Input, message, {
      hint: 'A value in each line is NDJSON: --from ndjson. One array is JSON: --from json',
      cause: error,
    })
  }

  #stopped({ failure }: Stopped): CommandError {
    const message = `${this.input.name}, ${placeOf(failure)}: ${oneLine(failure.error.message)}`
    return new CommandError(ExitCode.Stopped, message, {
      hint: '--on-error omit, original or settle goes on past items that fail',
      cause: failure.error,
    })
  }
}

function formatOf(path: string | undefined): Format | undefined {
  return path === undefined ? undefined : FORMAT_OF[extname(path).toLowerCase()]
}

/** No file may be written that is read, or is written already: one would destroy the other. */
function assertApart(
  read: readonly (FileIdentity | undefined)[],
  written: readonly (FileIdentity | undefined)[],
): void {
  const others = read.filter((file) => file !== undefined)
  for (const file of written) {
    if (!file?.stats.isFile()) continue
    const other = others.find((one) => isSame(one, file))
    if (other !== undefined) {
      const message = `${other.name} and ${file.name} are the same file`
      throw new CommandError(ExitCode.WrongUse, message, {
        hint: 'Name another file for one of them; the output can be renamed afterwards',
      })
    }
    others.push(file)
  }
}

function isSame({ stats: one }: FileIdentity, { stats: other }: FileIdentity): boolean {
  return Number(one.ino) === Number(other.ino) && Number(one.dev) === Number(other.dev)
}
