import type { LogEntry } from 'isolane'

import type { Trigger } from '../envelope/envelope.js'
import { type Level, LEVELS, type Logger, recordOf } from './logger.js'
import { type Sample, SampledCall } from './sampling.js'

const SECOND_MS = 1000

/** How lines are told. */
export interface LogSettings {
  readonly logger: Logger
  /** The least level that is told. */
  readonly logLevel: Level
  /** Lines of one function that are told in a second; Infinity for all. */
  readonly maxPerSecond: number
  /** Which calls' lines are told, by level; `undefined` for all. */
  readonly sample: Sample | undefined
}

/** What was told of a function in this second, and what was not. */
interface Count {
  told: number
  dropped: number
  /** The last that was not. */
  last: LogEntry
  trigger: Trigger
}

/** Tells a logger what functions log. Nothing that the logger does changes a call. */
export class CallLogs {
  readonly #settings: LogSettings
  /** By functions, of the second that runs. */
  readonly #counts = new Map<string, Count>()
  #second = 0
  #timer: NodeJS.Timeout | undefined

  constructor(settings: LogSettings) {
    this.#settings = settings
  }

  /** What hears the lines of a call. */
  hearing(trigger: Trigger): (entry: LogEntry) => void {
    const { sample } = this.#settings
    if (sample === undefined) return (entry) => this.#hear(entry, trigger)
    const sampled = new SampledCall(sample)
    return (entry) => {
      if (sampled.takes(entry.level, entry.callId)) this.#hear(entry, trigger)
    }
  }

  /** Tells what there is to tell yet. */
  close(): void {
    this.#endSecond()
  }

  #hear(entry: LogEntry, trigger: Trigger): void {
    const { logLevel, maxPerSecond } = this.#settings
    if (higher(entry.level, logLevel) !== entry.level) return
    if (maxPerSecond === Infinity || this.#isToBeTold(entry, trigger)) {
      this.#tell(entry.level, entry, trigger, entry.message)
    }
  }

  #isToBeTold(entry: LogEntry, trigger: Trigger): boolean {
    const second = Math.floor(performance.now() / SECOND_MS)
    if (second !== this.#second) this.#endSecond()
    this.#second = second
    const count = this.#counts.get(entry.function)
    if (count === undefined) {
      this.#counts.set(entry.function, { told: 1, dropped: 0, last: entry, trigger })
      return true
    }
    if (count.told < this.#settings.maxPerSecond) {
      count.told++
      return true
    }
    Object.assign(count, { dropped: count.dropped + 1, last: entry, trigger })
    this.#timer ??= setTimeout(() => this.#endSecond(), SECOND_MS).unref()
    return false
  }

  #endSecond(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const level = higher('warn', this.#settings.logLevel)
    for (const { dropped, last, trigger } of this.#counts.values()) {
      if (dropped > 0) this.#tell(level, last, trigger, `dropped ${dropped} lines`)
    }
    this.#counts.clear()
  }

  #tell(level: Level, entry: LogEntry, trigger: Trigger, message: string): void {
    try {
      const told: unknown = this.#settings.logger[level](recordOf(entry, trigger), message)
      // A logger may be async.
      if (told instanceof Promise) told.catch(() => {})
    } catch {
      // No call fails by its logs.
    }
  }
}

function higher(one: Level, other: Level): Level {
  return LEVELS.indexOf(one) < LEVELS.indexOf(other) ? other : one
}
