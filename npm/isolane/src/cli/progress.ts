/** How far the command has come, on stderr: a line that renews itself on a terminal, plain lines elsewhere. */

import { clearInterval, now, setInterval } from '../addon/timers.js'

const TERMINAL_MS = 200
const PLAIN_MS = 10_000
const DEFAULT_COLUMNS = 80
const MEGA = 1e6

/** Where progress is told. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** How far it has come. */
export interface Counts {
  /** Items. */
  done: number
  /** Of the input. */
  bytes: number
  failed: number
}

/** What progress has to know. */
export interface ProgressOptions {
  stream: ProgressStream
  /** Bytes of the input, where known. */
  total: number | undefined
  quiet: boolean
  /** Whether a line may renew itself; default: whether the stream is a terminal that can. */
  renews?: boolean
  /** Milliseconds; default: since the process's start. */
  clock?: () => number
}

/** Tells it in intervals, until it is closed. */
export class Progress {
  readonly #stream: ProgressStream
  readonly #total: number | undefined
  readonly #renews: boolean
  readonly #clock: () => number
  readonly #began: number
  readonly #timer: NodeJS.Timeout | undefined
  #counts: Counts = { done: 0, bytes: 0, failed: 0 }
  #isShown = false

  constructor({ stream, total, quiet, renews, clock = now }: ProgressOptions) {
    this.#stream = stream
    this.#total = total
    this.#renews = renews ?? (stream.isTTY === true && process.env['TERM'] !== 'dumb')
    this.#clock = clock
    this.#began = clock()
    if (quiet) return
    this.#timer = setInterval(() => this.show(), this.#renews ? TERMINAL_MS : PLAIN_MS)
    this.#timer.unref()
  }

  /** Nothing is shown before the next interval. */
  update(counts: Counts): void {
    this.#counts = counts
  }

  show(): void {
    this.#isShown = true
    const line = progressLine(this.#counts, this.#total, this.#clock() - this.#began)
    if (!this.#renews) return void this.#stream.write(`${line}\n`)
    // Some terminals say that they have none.
    const columns = this.#stream.columns || DEFAULT_COLUMNS
    // In the last column some terminals begin a new line.
    this.#stream.write(`\r${line.slice(0, Math.max(0, columns - 1))}\u001b[K`)
  }

  /** Writes whole lines of others between its own. */
  note(text: string): void {
    this.#stream.write(`${this.#clearing()}${text}\n`)
  }

  /**
   * The last line stays.
   *
   * @param isWhole whether the input was gone through, also what stands behind its last item
   */
  close(isWhole: boolean): void {
    if (isWhole && this.#total !== undefined) {
      this.#counts = { ...this.#counts, bytes: this.#total }
    }
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    if (!this.#renews && !this.#isShown) return
    this.show()
    if (this.#renews) this.#stream.write('\n')
    this.#isShown = false
  }

  #clearing(): string {
    return this.#renews && this.#isShown ? '\r\u001b[K' : ''
  }
}

/** Such as `12,345 items, 52.4 of 104.9 MB (50 %), 10.5 MB/s, 2,469 items/s, 5 s left, 3 failed`. */
export function progressLine(counts: Counts, total: number | undefined, elapsedMs: number): string {
  const { done: items, bytes, failed } = counts
  const seconds = Math.max(elapsedMs, 1) / 1000
  const read = megabytes(bytes)
  const words = [`${whole(items)} items`]
  if (total === undefined) words.push(`${read} MB`)
  else words.push(`${read} of ${megabytes(total)} MB (${share(bytes, total)} %)`)
  words.push(`${megabytes(bytes / seconds)} MB/s`, `${whole(items / seconds)} items/s`)
  if (total !== undefined && bytes > 0 && bytes < total) {
    words.push(`${duration((seconds * (total - bytes)) / bytes)} left`)
  } else {
    words.push(duration(seconds))
  }
  if (failed > 0) words.push(`${whole(failed)} failed`)
  return words.join(', ')
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
const megabytes = (bytes: number): string => (bytes / MEGA).toFixed(1)
const share = (bytes: number, total: number): number =>
  Math.min(100, Math.floor((bytes / total) * 100))

function duration(seconds: number): string {
  const all = Math.ceil(seconds)
  if (all < 60) return `${all} s`
  if (all < 3600) return `${Math.floor(all / 60)} min ${all % 60} s`
  return `${Math.floor(all / 3600)} h ${Math.floor((all % 3600) / 60)} min`
}
