import { CommandError } from './run.mjs'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 100
/** Where no spinner can be drawn, a line as often as this shows that work goes on. */
const heartbeatMs = 15_000

const live = process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR

const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text)
export const green = paint(32)
export const red = paint(31)
export const yellow = paint(33)
export const dim = paint(2)
export const bold = paint(1)

/** A failure whose message is all the user needs: printed without a stack. */
export class Refusal extends Error {
  constructor(message) {
    super(message)
    this.name = 'Refusal'
  }
}

export function elapsed(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/**
 * Runs one step of work under a line that shows that it is alive, then how long it took.
 *
 * @template T
 * @param {string} title
 * @param {(progress: (text: string) => void) => Promise<T>} work reports what it is at
 * @param {string} [hint] what to try when it fails
 * @returns {Promise<T>}
 */
export async function step(title, work, hint) {
  const started = performance.now()
  const since = () => elapsed(performance.now() - started)
  const line = live ? spinner(title, since) : heartbeat(title, since)
  try {
    const result = await work(line.progress)
    line.end(`${green('✓')} ${title} ${dim(since())}`)
    return result
  } catch (error) {
    line.end(`${red('✗')} ${title} ${dim(since())}`)
    throw withHint(error, hint)
  }
}

function spinner(title, since) {
  let frame = 0
  let latest = ''
  const draw = () => {
    const mark = frames[frame++ % frames.length]
    const text = `${mark} ${title} ${since()}${latest && ` · ${latest}`}`
    process.stdout.write(`\r\x1b[2K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`)
  }
  const timer = setInterval(draw, frameMs)
  draw()
  return {
    progress: (text) => (latest = text.trim()),
    end: (text) => {
      clearInterval(timer)
      process.stdout.write(`\r\x1b[2K${text}\n`)
    },
  }
}

function heartbeat(title, since) {
  let latest = ''
  const timer = setInterval(
    () => console.log(`  ${title}: ${since()}${latest && ` · ${latest}`}`),
    heartbeatMs,
  )
  return {
    progress: (text) => (latest = text.trim()),
    end: (text) => {
      clearInterval(timer)
      console.log(text)
    },
  }
}

function withHint(error, hint) {
  if (hint !== undefined && error instanceof Error) error.hint ??= hint
  return error
}

/** Prints why a script ends badly, with the failed command's own words, and sets the exit code. */
export function report(error) {
  process.exitCode = 1
  if (error instanceof Refusal) {
    console.error(error.message)
    return
  }
  if (error instanceof CommandError) {
    console.error(error.output.trimEnd().split('\n').slice(-80).join('\n'))
    console.error(`\n${red(error.message)}`)
  } else {
    console.error(error)
  }
  if (error?.hint) console.error(`${bold('Hint:')} ${error.hint}`)
}
