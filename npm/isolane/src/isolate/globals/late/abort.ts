import {
  NumberConstructor,
  ObjectSetPrototypeOf,
  privateArray,
  RangeErrorConstructor,
  ReflectApply,
  ReflectConstruct,
  TypeErrorConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { domException } from './dom-exception.js'
import {
  eventTargetClass,
  fire,
  listen,
  registerSignal,
  signalState,
  type SignalState,
} from './events.js'
import { asInterface, listOf, needArguments } from './interface.js'
import { callAfter } from './timers.js'

const LONGEST_DELAY = 2 ** 31 - 1

interface State extends SignalState {
  /** `onabort`. */
  handler: Function | null
  /** Whether there is a listener for it. */
  listens: boolean
  /** Signals that are aborted with this one. */
  dependents: AbortSignal[]
}

let host: GlobalsHost
let Target: new () => object

class AbortSignal {
  constructor() {
    throw new TypeErrorConstructor('Illegal constructor')
  }

  get aborted(): boolean {
    return stateOf(this).aborted
  }

  get reason(): unknown {
    return stateOf(this).reason
  }

  throwIfAborted(): void {
    const { aborted, reason } = stateOf(this)
    if (aborted) throw reason
  }

  get onabort(): Function | null {
    return stateOf(this).handler
  }

  set onabort(handler: unknown) {
    const state = stateOf(this)
    state.handler = typeof handler === 'function' ? handler : null
    if (state.listens) return
    state.listens = true
    listen(this, 'abort', (event: unknown) => {
      if (state.handler !== null) ReflectApply(state.handler, this, [event])
    })
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = newSignal()
    const state = stateOf(signal)
    state.aborted = true
    state.reason = reason === undefined ? abortError() : reason
    return signal
  }

  static timeout(milliseconds: unknown): AbortSignal {
    needArguments(arguments.length, 1, 'timeout')
    const delay = NumberConstructor(milliseconds)
    if (!(delay >= 0 && delay <= LONGEST_DELAY)) {
      throw new RangeErrorConstructor(
        `timeout takes 0 to ${LONGEST_DELAY} milliseconds; got ${delay}`,
      )
    }
    const signal = newSignal()
    callAfter(host, delay, () => {
      abort(signal, domException('The operation was aborted due to timeout', 'TimeoutError'))
    })
    return signal
  }

  static any(signals: unknown): AbortSignal {
    needArguments(arguments.length, 1, 'any')
    const list = listOf(signals, 'signals')
    const signal = newSignal()
    const state = stateOf(signal)
    for (let i = 0; i < list.length; i++) stateOf(list[i])
    for (let i = 0; i < list.length; i++) {
      const source = stateOf(list[i])
      if (source.aborted) {
        state.aborted = true
        state.reason = source.reason
        return signal
      }
    }
    for (let i = 0; i < list.length; i++) {
      const { dependents } = stateOf(list[i])
      dependents[dependents.length] = signal
    }
    return signal
  }
}

class AbortController {
  readonly #signal = newSignal()

  get signal(): AbortSignal {
    return this.#signal
  }

  abort(reason?: unknown): void {
    abort(this.#signal, reason === undefined ? abortError() : reason)
  }
}

function abortError(): object {
  return domException('This operation was aborted', 'AbortError')
}

function stateOf(signal: unknown): State {
  const state = typeof signal === 'object' && signal !== null ? signalState(signal) : undefined
  if (state === undefined) throw new TypeErrorConstructor('not an AbortSignal')
  return state as State
}

function newSignal(): AbortSignal {
  const signal = ReflectConstruct(Target, [], AbortSignal) as AbortSignal
  const state: State = {
    aborted: false,
    reason: undefined,
    steps: privateArray(),
    handler: null,
    listens: false,
    dependents: privateArray(),
  }
  registerSignal(signal, state)
  return signal
}

/** Aborts a signal and those that depend on it: all have their reason before anybody is told. */
function abort(signal: AbortSignal, reason: unknown): void {
  if (stateOf(signal).aborted) return
  const all = privateArray<AbortSignal>()
  all[0] = signal
  for (let i = 0; i < all.length; i++) {
    const state = stateOf(all[i])
    state.aborted = true
    state.reason = reason
    const { dependents } = state
    for (let k = 0; k < dependents.length; k++) {
      if (!stateOf(dependents[k]).aborted) {
        stateOf(dependents[k]).aborted = true
        all[all.length] = dependents[k]!
      }
    }
    state.dependents = privateArray()
  }
  for (let i = 0; i < all.length; i++) tell(all[i]!)
}

function tell(signal: AbortSignal): void {
  const state = stateOf(signal)
  const { steps } = state
  state.steps = privateArray()
  for (let i = 0; i < steps.length; i++) ReflectApply(steps[i]!, undefined, [])
  fire(signal, 'abort')
}

asInterface(AbortSignal, 'AbortSignal')
asInterface(AbortController, 'AbortController')

function prepare(given: GlobalsHost): void {
  if (host !== undefined) return
  host = given
  Target = eventTargetClass(given)
  ObjectSetPrototypeOf(AbortSignal, Target)
  ObjectSetPrototypeOf(AbortSignal.prototype, Target.prototype as object)
}

export function abortSignalClass(given: GlobalsHost): object {
  prepare(given)
  return AbortSignal
}

export function abortControllerClass(given: GlobalsHost): object {
  prepare(given)
  return AbortController
}
