import { FunctionSet } from '../link/function-set.js'
import { faultOf } from '../store/fault.js'
import { sha256 } from '../store/hash.js'
import type { EntryInForce, FunctionRecord, Head } from '../store/store.js'

/**
 * A line of a snapshot: what makes one set of another. Before it stands the hash of its text. The first goes on
 * from nothing; each counts only if its hash fits, and it goes on from where those before it have come to.
 */
interface Step {
  readonly format: 2
  readonly at: number
  readonly since: Head
  readonly head: Head
  readonly entries: readonly EntryInForce[]
  readonly records: readonly FunctionRecord[]
  readonly pins: readonly FunctionRecord[]
  /** What is no more, by keys. */
  readonly gone: Readonly<Record<'entries' | 'records' | 'pins', readonly string[]>>
}

/** The line that leads from a set to another; of what both have it says nothing. */
export function stepBetween(from: FunctionSet = FunctionSet.empty, to: FunctionSet): string {
  const step: Step = {
    format: 2,
    at: Date.now(),
    since: from.head,
    head: to.head,
    entries: news(from.entries, to.entries),
    records: news(from.records, to.records),
    pins: news(from.pins, to.pins),
    gone: {
      entries: missing(from.entries, to.entries),
      records: missing(from.records, to.records),
      pins: missing(from.pins, to.pins),
    },
  }
  const body = JSON.stringify(step)
  return `${sha256(body)} ${body}\n`
}

function news<T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>): T[] {
  return [...to].filter(([key, value]) => from.get(key) !== value).map(([, value]) => value)
}

function missing(from: ReadonlyMap<string, unknown>, to: ReadonlyMap<string, unknown>): string[] {
  return [...from.keys()].filter((key) => !to.has(key))
}

/** What a snapshot says; `undefined` where nothing of it can be believed. */
export function setOf(text: string): FunctionSet | undefined {
  let { head } = FunctionSet.empty
  let hasBegun = false
  const entries = new Map<string, EntryInForce>()
  const records = new Map<string, FunctionRecord>()
  const pins = new Map<string, FunctionRecord>()
  for (const line of text.split('\n')) {
    const step = stepOf(line)
    // A step that does not go on from here was another process's, or what it goes on from is damaged.
    if (step === undefined || step.since.revision !== head.revision || step.since.id !== head.id) {
      continue
    }
    hasBegun = true
    head = step.head
    step.gone.entries.forEach((key) => entries.delete(key))
    step.gone.records.forEach((key) => records.delete(key))
    step.gone.pins.forEach((key) => pins.delete(key))
    for (const entry of step.entries) entries.set(entry.name, entry)
    for (const record of step.records) records.set(record.name, record)
    for (const record of step.pins) pins.set(`${record.name}@${record.version}`, record)
  }
  if (!hasBegun) return undefined
  const sound = (all: ReadonlyMap<string, FunctionRecord>) =>
    new Map([...all].filter(([, record]) => faultOf(record, record) === undefined))
  return new FunctionSet(head, entries, sound(records), sound(pins), new Map())
}

function stepOf(line: string): Step | undefined {
  const end = line.indexOf(' ')
  const body = line.slice(end + 1)
  if (line.slice(0, end) !== sha256(body)) return undefined
  const step = JSON.parse(body) as Step
  return step.format === 2 ? step : undefined
}
