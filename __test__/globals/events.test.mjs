/** Event, EventTarget, AbortController, AbortSignal, DOMException. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { settled, withPool } from '../support/pools.mjs'
import { comparing } from './support.mjs'

describe('events', () => {
  const same = comparing()

  it('reach listeners in their order', () =>
    same(() => {
      const seen = []
      const target = new EventTarget()
      const note = (what) => (event) => seen.push([what, event.type, event.target === target]) // prettier-ignore
      const twice = note('twice')
      target.addEventListener('x', note('first'))
      target.addEventListener('x', twice)
      target.addEventListener('x', twice)
      target.addEventListener('x', note('once'), { once: true })
      target.addEventListener('x', { handleEvent: note('object') })
      target.addEventListener('y', note('other'))
      target.dispatchEvent(new Event('x'))
      target.removeEventListener('x', twice)
      target.dispatchEvent(new Event('x'))
      return seen
    }))

  it('can be stopped and cancelled', () =>
    same(() => {
      const target = new EventTarget()
      const seen = []
      target.addEventListener('x', (event) => {
        seen.push(event.defaultPrevented)
        event.preventDefault()
        event.stopImmediatePropagation()
      })
      target.addEventListener('x', () => seen.push('not reached'))
      const results = [{ cancelable: true }, {}].map((init) => {
        const event = new Event('x', init)
        return [target.dispatchEvent(event), event.defaultPrevented, event.target === target, event.currentTarget] // prettier-ignore
      })
      return [seen, results]
    }))

  it('have members as the web has them', () =>
    same(() => {
      const event = new Event('x', { bubbles: true, composed: true })
      class Mine extends Event {
        extra = 1
      }
      const mine = new Mine('mine')
      return [
        event.type,
        event.bubbles,
        event.cancelable,
        event.composed,
        event.isTrusted,
        event.composedPath(),
        typeof event.timeStamp,
        Event.AT_TARGET,
        String(event),
        mine instanceof Event,
        mine.type,
        mine.extra,
        String(new EventTarget()),
      ]
    }))

  it('do not come to listeners that are added meanwhile, nor to removed ones', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const dispatch = () => {
        const target = new EventTarget()
        const seen = []
        const later = () => seen.push('later')
        const removed = () => seen.push('removed')
        target.addEventListener('x', () => {
          target.addEventListener('x', later)
          target.removeEventListener('x', removed)
        })
        target.addEventListener('x', removed)
        target.dispatchEvent(new Event('x'))
        const first = seen.slice()
        target.dispatchEvent(new Event('x'))
        return [first, seen]
      }
      assert.deepEqual(await settled(pool.run(dispatch)), [[], ['later']])
    }),
  )

  it('have phases, and cannot be cancelled by passive listeners', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const dispatch = () => {
        const target = new EventTarget()
        const event = new Event('x', { cancelable: true })
        const phases = [event.eventPhase]
        const look = ({ eventPhase }) => phases.push(eventPhase)
        target.addEventListener('x', look)
        target.addEventListener('x', look, { capture: true })
        target.addEventListener('x', () => event.preventDefault(), { passive: true })
        return [target.dispatchEvent(event), event.defaultPrevented, phases, event.eventPhase]
      }
      assert.deepEqual(await settled(pool.run(dispatch)), [true, false, [0, 2, 2], 0])
    }),
  )

  it('refuse what they are not', () =>
    same(() => {
      const target = new EventTarget()
      const again = new Event('again')
      let inner
      target.addEventListener('again', () => {
        try {
          target.dispatchEvent(again)
        } catch (error) {
          inner = [error.name]
        }
      })
      target.dispatchEvent(again)
      return [
        inner !== undefined,
        ...[() => new Event(), () => Event('x'), () => target.dispatchEvent({}), () => target.dispatchEvent(), () => target.addEventListener('x')].map((run) => {
          try {
            return run()
          } catch (error) {
            return error.name
          }
        }),
      ]
    })) // prettier-ignore
})

/* oxlint-disable unicorn/prefer-add-event-listener -- handlers are what is tested */
describe('AbortController and AbortSignal', () => {
  const same = comparing()

  it('abort once, and tell', () =>
    same(() => {
      const controller = new AbortController()
      const { signal } = controller
      const seen = []
      signal.onabort = (event) => seen.push(['onabort', event.type, event.isTrusted])
      signal.addEventListener('abort', () => seen.push('listener'))
      const before = [signal.aborted, signal.reason]
      controller.abort()
      controller.abort('again')
      const { name, message, code } = signal.reason
      return [before, seen, signal.aborted, name, message, code, signal instanceof EventTarget, String(signal)] // prettier-ignore
    }))

  it('throw their reason', () =>
    same(() => {
      const thrown = (signal) => {
        try {
          return signal.throwIfAborted()
        } catch (error) {
          return error.message ?? error
        }
      }
      return [thrown(AbortSignal.abort()), thrown(AbortSignal.abort('why')), thrown(new AbortController().signal) ?? null] // prettier-ignore
    }))

  it('take listeners away', () =>
    same(() => {
      const target = new EventTarget()
      const controller = new AbortController()
      let count = 0
      target.addEventListener('x', () => count++, { signal: controller.signal })
      target.dispatchEvent(new Event('x'))
      controller.abort()
      target.dispatchEvent(new Event('x'))
      target.addEventListener('x', () => count++, { signal: AbortSignal.abort() })
      target.dispatchEvent(new Event('x'))
      return count
    }))

  it('follow others', () =>
    same(() => {
      if (AbortSignal.any === undefined) return 'not here'
      const one = new AbortController()
      const other = new AbortController()
      const any = AbortSignal.any([one.signal, other.signal])
      const nested = AbortSignal.any([any])
      const seen = []
      nested.onabort = () => seen.push('nested')
      any.onabort = () => seen.push('any')
      one.signal.onabort = () => seen.push('one')
      one.abort('first')
      other.abort('second')
      // Node tells those that follow followers first.
      return [seen.sort(), any.reason, nested.reason, AbortSignal.any([AbortSignal.abort(3)]).reason, AbortSignal.any([]).aborted] // prettier-ignore
    }))

  it('abort when their time is over', () =>
    same(async () => {
      const signal = AbortSignal.timeout(2)
      // Node does not wait for such a signal alone.
      const alive = setTimeout(() => {}, 10_000)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      clearTimeout(alive)
      return [signal.reason.name, signal.reason.code]
    }))

  it('are made by nobody else', () =>
    same(() =>
      [() => new AbortSignal(), () => AbortSignal.abort.call(undefined).aborted, () => AbortSignal.prototype.aborted, () => AbortSignal.timeout(-1), () => AbortController.prototype.signal].map((run) => {
        try {
          return run()
        } catch (error) {
          return error.name
        }
      }),
    )) // prettier-ignore
})

describe('DOMException', () => {
  it('keeps its name on the way to the host, thrown or returned', () =>
    withPool({ threads: 1 }, async (pool) => {
      const give = () => new DOMException('given', 'AbortError')
      assert.equal((await settled(pool.run(give))).name, 'AbortError')
      const fail = () => {
        throw new DOMException('thrown', 'DataCloneError')
      }
      const error = await settled(pool.run(fail).catch((reason) => reason))
      assert.equal(error.cause.name, 'DataCloneError')
      assert.equal(error.message, 'fail threw: DataCloneError: thrown')
    }))

  const same = comparing()

  it('is an error with a name and a code', () =>
    same(() => {
      const error = new DOMException('what', 'NotFoundError')
      const plain = new DOMException()
      return [
        error.name,
        error.message,
        error.code,
        String(error),
        error instanceof Error,
        Object.prototype.toString.call(error),
        typeof error.stack,
        plain.name,
        plain.message,
        plain.code,
        DOMException.ABORT_ERR,
        error.DATA_CLONE_ERR,
        Object.keys(error),
        new DOMException('x', 'Mine').code,
      ]
    }))
})
