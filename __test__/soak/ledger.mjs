import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const {
  CommandWord,
  EventCode,
  EventWord,
  OpCode,
} = require('../../npm/isolane/dist/addon/codes.js')
const { align, WORD } = require('../../npm/isolane/dist/protocol.js')

/**
 * Keeps account of every job on the wire between host and addon, where nothing hides a mistake: each
 * one that is opened ends once, and nothing is told of a job that is not open.
 */
export class Ledger {
  /** Jobs so far. */
  opened = 0
  /** Jobs that have not ended. */
  open = 0
  /** What should not have come. */
  wrong = []
  #jobs = new WeakMap()

  /** Watches all pools that are made with `addon` from now on. */
  constructor({ NativePool }) {
    const ledger = this
    const { submit, drain } = NativePool.prototype
    NativePool.prototype.submit = function (batch, length, ...attachments) {
      ledger.#enter(ledger.#of(this), batch, length)
      return submit.call(this, batch, length, ...attachments)
    }
    NativePool.prototype.drain = function (inbox, externals, polling) {
      const used = drain.call(this, inbox, externals, polling)
      ledger.#cross(ledger.#of(this), inbox, used)
      return used
    }
  }

  #of(pool) {
    let jobs = this.#jobs.get(pool)
    if (jobs === undefined) this.#jobs.set(pool, (jobs = new Set()))
    return jobs
  }

  /** Enters the jobs that a batch of commands opens. */
  #enter(jobs, batch, length) {
    const word = wordsOf(batch, length)
    for (let at = 0; at < length; at += word(at, CommandWord.Length)) {
      if ((word(at, CommandWord.Tag) & 0xff) !== OpCode.Open) continue
      const job = word(at, CommandWord.Job)
      if (jobs.has(job)) this.wrong.push(`job ${job} was opened twice`)
      jobs.add(job)
      this.opened++
      this.open++
    }
  }

  /** Crosses off the jobs that a batch of events ends. */
  #cross(jobs, inbox, used) {
    const word = wordsOf(inbox, used)
    for (let at = 0; at < used;) {
      const code = word(at, EventWord.Code)
      const job = word(at, EventWord.Subject)
      const isInline = word(at, EventWord.External) === 0
      at += EventWord.End * WORD + (isInline ? align(word(at, EventWord.Length)) : 0)
      if (code >= EventCode.Log) continue
      if (!jobs.has(job)) this.wrong.push(`event ${code} for job ${job}, which is not open`)
      if (code === EventCode.Chunk || code === EventCode.Salvaged) continue
      if (jobs.delete(job)) this.open--
    }
  }
}

/** Reads word `place` of what begins at byte `at`. */
function wordsOf(bytes, length) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  return (at, place) => view.getUint32(at + place * WORD, true)
}
