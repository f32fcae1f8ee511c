import {
  MathTrunc,
  NumberConstructor,
  ObjectCreate,
  privateArray,
  ReflectApply,
  TypeErrorConstructor,
} from '../../../codec/shared/primordials.js'
import type { TimerSource } from '../../turns.js'
import type { GlobalsHost } from '../host.js'
import { GlobalThis } from '../primordials.js'

/** A longer delay is none, as everywhere. */
const LONGEST_DELAY = 2 ** 31 - 1
/** Cancelled timers are cleared away when there are more of them than others, and than this. */
const FEW = 64

interface Timer {
  readonly id: number
  /** When it is due, and of those that are due together which comes first. */
  due: number
  order: number
  /** Nothing once it is cancelled. */
  callback: Function | undefined
  readonly args: readonly unknown[]
  /** Milliseconds from one time to the next; 0 for a single time. */
  readonly interval: number
}

/** Timers of one context, which end with the call that made them. A binary heap by when they are due. */
class Timers implements TimerSource {
  #heap = privateArray<Timer>()
  #byId = ObjectCreate(null) as Record<number, Timer>
  #count = 0
  #lastId = 0
  #lastOrder = 0

  constructor(private readonly host: GlobalsHost) {}

  add(callback: unknown, delay: number, interval: number, args: readonly unknown[]): number {
    if (typeof callback !== 'function') {
      throw new TypeErrorConstructor('the callback of a timer must be a function')
    }
    const id = ++this.#lastId
    const timer = { id, due: 0, order: 0, callback, args, interval }
    this.#byId[id] = timer
    this.#count++
    this.#push(timer, delay)
    this.host.turns.use(this)
    return id
  }

  cancel(given: unknown): void {
    if (typeof given !== 'number' && typeof given !== 'string') return
    const timer = this.#byId[given as number]
    if (timer === undefined) return
    this.#forget(timer)
    if (this.#heap.length > FEW && this.#heap.length > 2 * this.#count) this.#clearAway()
  }

  /** Runs the callback that is due next. Milliseconds until then, 0 if it has run, less if there is none. */
  turn(): number {
    const heap = this.#heap
    while (heap.length > 0 && heap[0]!.callback === undefined) this.#pop()
    if (heap.length === 0) return -1
    const wait = heap[0]!.due - this.host.extra.now()
    if (wait > 0) return wait
    const timer = this.#pop()
    const { callback, args, interval } = timer
    if (interval === 0) this.#forget(timer)
    try {
      ReflectApply(callback!, GlobalThis, args)
    } catch (error) {
      this.host.turns.uncaught(error)
    }
    if (interval > 0 && timer.callback !== undefined) this.#push(timer, interval)
    return 0
  }

  clear(): void {
    this.#heap = privateArray()
    this.#byId = ObjectCreate(null) as Record<number, Timer>
    this.#count = 0
  }

  #forget(timer: Timer): void {
    delete this.#byId[timer.id]
    timer.callback = undefined
    this.#count--
  }

  #clearAway(): void {
    const old = this.#heap
    const heap = (this.#heap = privateArray())
    for (let i = 0; i < old.length; i++) {
      const timer = old[i]!
      if (timer.callback === undefined) continue
      heap[heap.length] = timer
      this.#rise(heap.length - 1)
    }
  }

  #push(timer: Timer, delay: number): void {
    timer.due = this.host.extra.now() + delay
    timer.order = ++this.#lastOrder
    const heap = this.#heap
    heap[heap.length] = timer
    this.#rise(heap.length - 1)
  }

  #pop(): Timer {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap[heap.length - 1]!
    heap.length--
    if (heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  #rise(from: number): void {
    const heap = this.#heap
    const timer = heap[from]!
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(timer, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = timer
  }

  #sink(): void {
    const heap = this.#heap
    const timer = heap[0]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, timer)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = timer
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order)
}

/** As Node reads a delay: whole milliseconds, at least one. */
function delayOf(given: unknown): number {
  const delay = NumberConstructor(given)
  return delay >= 1 && delay <= LONGEST_DELAY ? MathTrunc(delay) : 1
}

let timers: Timers | undefined

export function timerFunctions(host: GlobalsHost) {
  const all = (timers ??= new Timers(host))
  return {
    setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): number {
      return all.add(callback, delayOf(delay), 0, args)
    },
    setInterval(callback: unknown, delay?: unknown, ...args: unknown[]): number {
      const interval = delayOf(delay)
      return all.add(callback, interval, interval, args)
    },
    setImmediate(callback: unknown, ...args: unknown[]): number {
      return all.add(callback, 0, 0, args)
    },
    clearTimeout(id?: unknown): void {
      all.cancel(id)
    },
    clearInterval(id?: unknown): void {
      all.cancel(id)
    },
    clearImmediate(id?: unknown): void {
      all.cancel(id)
    },
  }
}

/** Calls `callback` after some time, for other globals. */
export function callAfter(host: GlobalsHost, delay: number, callback: () => void): void {
  timers ??= new Timers(host)
  timers.add(callback, delay, 0, privateArray())
}
