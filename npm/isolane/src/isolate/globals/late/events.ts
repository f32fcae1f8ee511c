import {
  ObjectDefineProperty,
  privateArray,
  ReflectApply,
  SafeWeakMap,
  TypeErrorConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { domException } from './dom-exception.js'
import { asInterface, needArguments, optionsOf } from './interface.js'

/** What an event can be asked, and what dispatching it changes. */
class EventState {
  canceled = false
  stopped = false
  stoppedAtOnce = false
  dispatched = false
  inPassiveListener = false
  target: object | null = null
  currentTarget: object | null = null

  constructor(
    readonly type: string,
    readonly bubbles: boolean,
    readonly cancelable: boolean,
    readonly composed: boolean,
    readonly timeStamp: number,
  ) {}
}

interface Listener {
  readonly type: string
  readonly callback: object
  readonly capture: boolean
  readonly once: boolean
  readonly passive: boolean
  removed: boolean
}

/** Of an `AbortSignal`, for those who follow it. */
export interface SignalState {
  aborted: boolean
  reason: unknown
  /** To be called when it is aborted. */
  steps: (() => void)[]
}

const NONE = 0
const AT_TARGET = 2
const PHASES = ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE']

let host: GlobalsHost
let stateOf: (event: Event) => EventState
let trust: (event: Event) => void
let isTrustedOf: (event: Event) => boolean
const signals = new SafeWeakMap<object, SignalState>()

class Event {
  readonly #state: EventState
  #isTrusted = false

  static {
    stateOf = (event) => event.#state
    trust = (event) => void (event.#isTrusted = true)
    isTrustedOf = (event) => event.#isTrusted
  }

  constructor(type: unknown, options?: unknown) {
    needArguments(arguments.length, 1, 'Event')
    const text = `${type as string}`
    const asked = optionsOf(options, 'Event')
    const bubbles = !!asked['bubbles']
    const cancelable = !!asked['cancelable']
    const composed = !!asked['composed']
    this.#state = new EventState(text, bubbles, cancelable, composed, host.extra.now())
    ObjectDefineProperty(this, 'isTrusted', { get: isTrusted, enumerable: true })
  }

  get type(): string {
    return this.#state.type
  }

  get target(): object | null {
    return this.#state.target
  }

  get currentTarget(): object | null {
    return this.#state.currentTarget
  }

  get srcElement(): object | null {
    return this.#state.target
  }

  get eventPhase(): number {
    return this.#state.dispatched ? AT_TARGET : NONE
  }

  get bubbles(): boolean {
    return this.#state.bubbles
  }

  get cancelable(): boolean {
    return this.#state.cancelable
  }

  get defaultPrevented(): boolean {
    return this.#state.canceled
  }

  get composed(): boolean {
    return this.#state.composed
  }

  get timeStamp(): number {
    return this.#state.timeStamp
  }

  get returnValue(): boolean {
    return !this.#state.canceled
  }

  set returnValue(value: unknown) {
    if (!value) cancel(this.#state)
  }

  get cancelBubble(): boolean {
    return this.#state.stopped
  }

  set cancelBubble(value: unknown) {
    if (value) this.#state.stopped = true
  }

  composedPath(): object[] {
    const { currentTarget } = this.#state
    return currentTarget === null ? [] : [currentTarget]
  }

  preventDefault(): void {
    cancel(this.#state)
  }

  stopPropagation(): void {
    this.#state.stopped = true
  }

  stopImmediatePropagation(): void {
    const state = this.#state
    state.stopped = true
    state.stoppedAtOnce = true
  }
}

/** A property of each event, which nobody can take away. */
function isTrusted(this: Event): boolean {
  return isTrustedOf(this)
}

function cancel(state: EventState): void {
  if (state.cancelable && !state.inPassiveListener) state.canceled = true
}

class EventTarget {
  #listeners = privateArray<Listener>()

  addEventListener(type: unknown, callback: unknown, options?: unknown): void {
    needArguments(arguments.length, 2, 'addEventListener')
    void this.#listeners
    const name = `${type as string}`
    const asked = listening(options)
    const capture = !!asked['capture']
    const once = !!asked['once']
    const passive = !!asked['passive']
    const signal = signalOf(asked['signal'])
    if (!isCallback(callback) || signal?.aborted === true) return
    if (this.#find(name, callback, capture) >= 0) return
    const listener = { type: name, callback, capture, once, passive, removed: false }
    this.#listeners[this.#listeners.length] = listener
    if (signal === undefined) return
    signal.steps[signal.steps.length] = () => this.#removeAt(this.#find(name, callback, capture))
  }

  removeEventListener(type: unknown, callback: unknown, options?: unknown): void {
    needArguments(arguments.length, 2, 'removeEventListener')
    void this.#listeners
    const name = `${type as string}`
    const capture = !!listening(options)['capture']
    if (isCallback(callback)) this.#removeAt(this.#find(name, callback, capture))
  }

  dispatchEvent(event: unknown): boolean {
    needArguments(arguments.length, 1, 'dispatchEvent')
    const state = stateOf(event as Event)
    if (state.dispatched) {
      throw domException('The event is already being dispatched', 'InvalidStateError')
    }
    this.#dispatch(event as Event, state)
    return !state.canceled
  }

  #dispatch(event: Event, state: EventState): void {
    state.dispatched = true
    state.target = this
    state.currentTarget = this
    // Those that are there now: what listeners add waits for the next event.
    const listeners = this.#listeners
    const count = listeners.length
    const called = privateArray<Listener>()
    for (let i = 0; i < count; i++) called[i] = listeners[i]!
    // Capturing ones first, as the target of an event calls them.
    this.#callAll(called, true, event, state)
    this.#callAll(called, false, event, state)
    state.dispatched = false
    state.currentTarget = null
    state.stopped = false
    state.stoppedAtOnce = false
  }

  #callAll(
    listeners: readonly Listener[],
    capture: boolean,
    event: Event,
    state: EventState,
  ): void {
    // What a capturing one stops does not get to the others.
    if (!capture && state.stopped) return
    for (let i = 0; i < listeners.length && !state.stoppedAtOnce; i++) {
      const listener = listeners[i]!
      if (listener.capture !== capture || listener.removed || listener.type !== state.type) continue
      if (listener.once) this.#removeAt(this.#find(listener.type, listener.callback, capture))
      state.inPassiveListener = listener.passive
      this.#call(listener.callback, event)
      state.inPassiveListener = false
    }
  }

  #call(callback: object, event: Event): void {
    try {
      if (typeof callback === 'function') {
        ReflectApply(callback, this, [event])
        return
      }
      const { handleEvent } = callback as { handleEvent: unknown }
      if (typeof handleEvent !== 'function') {
        throw new TypeErrorConstructor('the listener has no function handleEvent')
      }
      ReflectApply(handleEvent, callback, [event])
    } catch (error) {
      host.turns.uncaught(error)
    }
  }

  #find(type: string, callback: object, capture: boolean): number {
    const listeners = this.#listeners
    for (let i = 0; i < listeners.length; i++) {
      const each = listeners[i]!
      if (each.type === type && each.callback === callback && each.capture === capture) return i
    }
    return -1
  }

  #removeAt(index: number): void {
    const listeners = this.#listeners
    if (index < 0) return
    listeners[index]!.removed = true
    for (let i = index + 1; i < listeners.length; i++) listeners[i - 1] = listeners[i]!
    listeners.length--
  }
}

function listening(options: unknown): Record<string, unknown> {
  return typeof options === 'object' && options !== null
    ? optionsOf(options, 'addEventListener')
    : ({ __proto__: null, capture: !!options } as unknown as Record<string, unknown>)
}

function isCallback(callback: unknown): callback is object {
  if (callback === null || callback === undefined) return false
  if (typeof callback === 'function' || typeof callback === 'object') return true
  throw new TypeErrorConstructor('a listener must be a function or an object with handleEvent')
}

function signalOf(given: unknown): SignalState | undefined {
  if (given === undefined) return undefined
  const state = typeof given === 'object' && given !== null ? signals.get(given) : undefined
  if (state === undefined) throw new TypeErrorConstructor('signal must be an AbortSignal')
  return state
}

asInterface(Event, 'Event')
asInterface(EventTarget, 'EventTarget')
for (let value = 0; value < PHASES.length; value++) {
  ObjectDefineProperty(Event, PHASES[value]!, { value, enumerable: true })
  ObjectDefineProperty(Event.prototype, PHASES[value]!, { value, enumerable: true })
}
const { addEventListener: listenOn, dispatchEvent: dispatchOn } = EventTarget.prototype

export function eventClass(given: GlobalsHost): object {
  host = given
  return Event
}

export function eventTargetClass(given: GlobalsHost): new () => object {
  host = given
  return EventTarget
}

/** What is known of a signal; of what is none, nothing. */
export function signalState(signal: object): SignalState | undefined {
  return signals.get(signal)
}

export function registerSignal(signal: object, state: SignalState): void {
  signals.set(signal, state)
}

/** Dispatches an event of isolane's own. */
export function fire(target: object, type: string): void {
  const event = new Event(type)
  trust(event)
  ReflectApply(dispatchOn, target, [event])
}

/** Adds a listener of isolane's own. */
export function listen(target: object, type: string, callback: Function): void {
  ReflectApply(listenOn, target, [type, callback])
}
