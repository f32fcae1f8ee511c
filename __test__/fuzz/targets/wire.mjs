/**
 * Commands as the host writes them, changed before the addon reads them: heads, arguments, items, keys,
 * attachments. So isolates also decode what no encoder has written. The addon either refuses a batch, or
 * its jobs end; and whatever came before, a right job gets its answer.
 */
import { createRequire } from 'node:module'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeValues } from '../../codec/random-values.mjs'
import { Decoder, Encoder, nodePlatform } from '../../codec/support.mjs'
import { Finding, shown } from '../finding.mjs'
import { edit, randomBytes } from '../mutations.mjs'

export const engines = ['v8']
export const block = 300

const require = createRequire(import.meta.url)
const dist = fileURLToPath(new URL('../../../npm/isolane/dist/', import.meta.url))
const { EventCode, CommandWord, OpCode } = require(`${dist}addon/codes.js`)
const { Inbox } = require(`${dist}addon/inbox.js`)
const { Outbox } = require(`${dist}addon/outbox.js`)
const { NativePayload, NativePool } = require(`${dist}native/binding.js`)

const MIB = 2 ** 20
const BOUND_MB = 1500
const WORD = 4
/** Right jobs are numbered from here on: a few changed bytes of another job's number do not make one of them. */
const FIRST_RIGHT_JOB = 0x2aaa_aaaa
/** How long jobs that need not end by themselves are let run. */
const RUN_MS = 30
const OPTIONS = {
  engine: 'v8',
  threads: 2,
  memoryLimit: 64 * MIB,
  maxContexts: 8,
  eval: true,
  wasm: true,
  globals: true,
  concurrency: 1,
  maxLostWorkers: 1000,
  maxResult: 64 * MIB,
  maxLogRecords: 100,
  maxLogSize: 1 << 16,
  maxErrorSize: 1 << 12,
  placeLevel: 0,
  niceIncrement: 0,
  ownsEnvironment: false,
  name: 'wire',
}
const SOURCES = [
  '(x) => x',
  '(x, y) => [x, y]',
  '(x) => { throw x }',
  '() => { for (;;); }',
  'async (x) => x',
  '(x, i, { shared, args }) => [args, Object.keys(shared)]',
]
const LOSSES = /out of memory|did not stop within/
const codec = { encoder: new Encoder(nodePlatform), decoder: new Decoder(nodePlatform) }
const encoded = (value) => Uint8Array.from(codec.encoder.encode(value))

export async function open() {
  const wire = new Wire()
  return {
    boundMb: BOUND_MB,
    losses: () => wire.losses,
    async round(_, random) {
      const outcome = wire.send(random, wire.batch(random))
      await wire.settle()
      await wire.canary()
      return outcome
    },
    close: () => wire.close(),
  }
}

class Wire {
  #native = new NativePool(OPTIONS, () => {})
  #inbox = new Inbox()
  #functions = SOURCES.map((source, i) =>
    this.#native.define(`f${i}`, source, '', 0, null, i % 2 === 0, i % 3 === 0),
  )
  #shared = [this.#native.share('base', payloadOf(encodedShared(7)))]
  #lastJob = 0
  #lastRightJob = FIRST_RIGHT_JOB
  /** Jobs that may not have ended. */
  #open = new Set()
  #ended = new Map()
  #stopped = false
  losses = { lost: 0, stuck: 0 }

  /** A batch of a few right commands. */
  batch(random) {
    const outbox = new Outbox()
    for (let left = random.integer(1, 4); left > 0; left--) {
      const job = ++this.#lastJob
      const sealed = random.chance(0.6)
      outbox.open(job, this.#head(random), random.chance(0.8) ? part(random) : undefined, sealed)
      if (!sealed) outbox.append(job, part(random), random.chance(0.7))
      if (random.chance(0.2)) outbox.seal(job)
      if (random.chance(0.1)) outbox.cancel(job)
    }
    return outbox
  }

  #head(random) {
    const stride = random.pick([1, 8])
    return {
      function: random.pick(this.#functions),
      shape: {
        operation: random.integer(0, 6),
        second: random.chance(0.2) ? random.pick(this.#functions) : undefined,
        inputKind: random.pick([0, 0, 2, 9]),
        outputKind: random.pick([0, 0, 2, 9]),
        maxFailures: random.pick([0, 1, 0xffff_ffff]),
        salvage: random.chance(0.3),
        chunkSize: random.pick([0, 1, 3]),
        continues: random.chance(0.2),
        target: random.chance(0.2)
          ? { buffer: new ArrayBuffer(random.pick([0, 8, 64])), stride }
          : undefined,
      },
      timeout: random.pick([20, 200, Infinity]),
      queueTimeout: random.pick([50, Infinity]),
      priority: random.pick(['low', 'normal', 'high']),
      shared: random.chance(0.3) ? this.#shared : [],
      args: random.chance(0.3) ? encoded([1, { a: 2 }]) : undefined,
    }
  }

  /** Submits a batch with some of its bytes changed. */
  send(random, { bytes, used, attachments }) {
    const batch = random.chance(0.1) ? randomBytes(random, 200) : bytes.slice(0, used)
    for (let edits = random.integer(0, 4); edits > 0; edits--) edit(random, batch)
    const length = random.chance(0.1) ? random.integer(0, batch.length + 8) : batch.length
    const beside = random.chance(0.1) ? random.pick([[], [5], [{}], undefined]) : attachments
    for (const job of jobsIn(batch)) this.#open.add(job)
    try {
      this.#native.submit(batch, length, beside)
      return 'carried out'
    } catch (error) {
      if (/panic/i.test(error.message) || typeof error.code !== 'string') {
        throw new Finding('untyped error', shown(error))
      }
      return `refused: ${error.code}`
    }
  }

  /** Ends what has been opened. */
  async settle() {
    const end = Date.now() + RUN_MS
    while (this.#open.size > 0 && Date.now() < end) await this.#read()
    const outbox = new Outbox()
    for (const job of this.#open) outbox.cancel(job)
    if (outbox.used > 0) this.#native.submit(outbox.bytes, outbox.used)
    // What was never opened does not end.
    this.#open.clear()
    await this.#read()
  }

  /** A right job. Waits for its answer, for as long as the watchdog does. */
  async canary() {
    const outbox = new Outbox()
    const job = ++this.#lastRightJob
    const shape = { operation: 1, inputKind: 0, outputKind: 0, maxFailures: 0, chunkSize: 0 }
    const limits = { timeout: Infinity, queueTimeout: Infinity, priority: 'high' }
    const head = { function: this.#functions[0], shape, ...limits, shared: [] }
    const items = { bytes: encoded([1, 'a']), count: 2, attachments: [] }
    this.#ended.set(job, undefined)
    outbox.open(job, head, items, true)
    this.#native.submit(outbox.bytes, outbox.used)
    while (this.#ended.get(job) === undefined) await this.#read()
    const answer = this.#ended.get(job)
    this.#ended.delete(job)
    if (answer !== '[1,"a"]') throw new Finding('canary', answer)
  }

  async close() {
    this.#native.destroy()
    while (!this.#stopped) await this.#read()
  }

  async #read() {
    this.#inbox.fill(this.#native.drain(this.#inbox.bytes, this.#inbox.externals, true))
    for (let event; (event = this.#inbox.read()) !== undefined;) this.#take(event)
    await turn()
  }

  #take(event) {
    const { code, subject, bytes, offset, length } = event
    const text = () => Buffer.from(bytes.subarray(offset, offset + length)).toString()
    if (code === EventCode.Stopped) this.#stopped = true
    if (code === EventCode.WorkerLost || code === EventCode.WorkerDestroyed)
      this.#lose(code, text())
    if (code >= EventCode.Log || code === EventCode.Chunk || code === EventCode.Salvaged) return
    this.#open.delete(subject)
    if (code === EventCode.Failed && bytes[offset] !== 0xff) {
      codec.decoder.decode(bytes, offset, length)
    }
    if (!this.#ended.has(subject)) return
    const isValue = code === EventCode.LastChunk
    const value = isValue && JSON.stringify(codec.decoder.decode(bytes, offset, length))
    this.#ended.set(subject, value || `event ${code}: ${text()}`)
  }

  #lose(code, reason) {
    if (reason !== '' && !LOSSES.test(reason)) throw new Finding('worker lost', reason)
    if (reason === '' || code === EventCode.WorkerLost) return
    this.losses.lost++
    if (reason.includes('did not stop')) this.losses.stuck++
  }
}

function part(random) {
  const values = makeValues(random)
  const items = Array.from({ length: random.integer(0, 4) }, () => values.next({ named: false }))
  return { bytes: encoded(items), count: items.length, attachments: [] }
}

function payloadOf(bytes) {
  const payload = new NativePayload(bytes.length)
  payload.put(bytes)
  return payload
}

function encodedShared(value) {
  const bytes = encoded(value)
  const whole = new Uint8Array(8 + bytes.length)
  whole.set(bytes, 8)
  return whole
}

/** The jobs that a batch may open, as far as it can be read. */
function jobsIn(batch) {
  const view = new DataView(batch.buffer)
  const jobs = []
  for (let at = 0; at + CommandWord.End * WORD <= batch.length;) {
    const word = (place) => view.getUint32(at + place * WORD, true)
    if ((word(CommandWord.Tag) & 0xff) === OpCode.Open) jobs.push(word(CommandWord.Job))
    const length = word(CommandWord.Length)
    if (length < CommandWord.End * WORD) break
    at += length
  }
  return jobs
}
