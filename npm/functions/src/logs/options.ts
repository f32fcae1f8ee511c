import { wrong } from '../errors/errors.js'
import { CallLogs } from './call-logs.js'
import { lines } from './lines.js'
import { type Level, LEVELS, type Logger } from './logger.js'
import { LinePrinter } from './printer.js'
import { checkSample, type Sample } from './sampling.js'

/** Options of a registry about what its functions log. */
export interface LogOptions {
  /**
   * What takes the lines that functions log in calls of this registry: pino, anything with its methods, or
   * `'lines'`: standard output, as JSON, or for people where that is a terminal. Default: the listeners of the
   * pool's `'log'` event, or where there are none, and the pool's `console` is not `false`, `'lines'`.
   */
  logger?: Logger | 'lines'
  /** The least level that the logger gets. Default: `'trace'`: all. */
  logLevel?: Level
  /** Lines that the logger gets of one function in a second; how many more there were is one line. Default: Infinity. */
  maxPerSecond?: number
  /**
   * By level, the share of calls whose lines the logger gets, from 0 to 1. The `callId` of a call decides, so that
   * its lines stay together. Default: those of all calls.
   */
  sample?: Sample
}

/** Where lines of calls go that do not keep them. */
export interface LogTargets {
  /** What hears them; `undefined` for the pool's listeners. */
  readonly logs?: CallLogs
  /** What prints those that nobody listens to, where nothing hears them. */
  readonly printer?: LinePrinter
}

/** @throws {InvalidArgumentError} */
export function checkLogOptions({
  logger,
  logLevel = 'trace',
  maxPerSecond = Infinity,
  sample,
}: LogOptions): LogTargets {
  if (!LEVELS.includes(logLevel)) {
    throw wrong('options.logLevel', LEVELS.map((each) => `'${each}'`).join(', '), logLevel)
  }
  if (maxPerSecond !== Infinity && (!Number.isInteger(maxPerSecond) || maxPerSecond < 1)) {
    throw wrong('options.maxPerSecond', 'an integer from 1 on, or Infinity', maxPerSecond)
  }
  const shares = checkSample(sample)
  if (logger !== undefined && logger !== 'lines' && !isLogger(logger)) {
    throw wrong('options.logger', `'lines', or an object with ${LEVELS.join(', ')}`, logger)
  }
  const told = logger === undefined || logger === 'lines' ? lines() : logger
  const logs = new CallLogs({ logger: told, logLevel, maxPerSecond, sample: shares })
  return logger === undefined ? { printer: new LinePrinter(logs) } : { logs }
}

function isLogger(value: unknown): value is Logger {
  if (typeof value !== 'object' || value === null) return false
  return LEVELS.every((level) => typeof (value as Logger)[level] === 'function')
}
