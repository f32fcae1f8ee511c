import { TypeErrorConstructor } from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { GlobalThis } from '../primordials.js'
import { abortControllerClass, abortSignalClass } from './abort.js'
import { base64Functions } from './base64.js'
import { cryptoObject } from './crypto.js'
import { domExceptionClass } from './dom-exception.js'
import { eventClass, eventTargetClass } from './events.js'
import { needArguments } from './interface.js'
import { performanceObject } from './performance.js'
import { structuredCloneFunction } from './structured-clone.js'
import { textDecoderClass } from './text-decoder.js'
import { textEncoderClass } from './text-encoder.js'
import { timerFunctions } from './timers.js'
import { urlSearchParamsClass } from './url-search-params.js'
import { urlClass } from './url.js'

/** The value of a global, which the engine asks for when it is first read. */
export function valueOfGlobal(host: GlobalsHost, name: string): unknown {
  switch (name) {
    case 'AbortController':
      return abortControllerClass(host)
    case 'AbortSignal':
      return abortSignalClass(host)
    case 'DOMException':
      return domExceptionClass()
    case 'Event':
      return eventClass(host)
    case 'EventTarget':
      return eventTargetClass(host)
    case 'TextDecoder':
      return textDecoderClass(host)
    case 'TextEncoder':
      return textEncoderClass(host)
    case 'URL':
      return urlClass(host)
    case 'URLSearchParams':
      return urlSearchParamsClass(host)
    case 'atob':
      return base64Functions(host).atob
    case 'btoa':
      return base64Functions(host).btoa
    case 'crypto':
      return cryptoObject(host)
    case 'performance':
      return performanceObject(host)
    case 'queueMicrotask':
      return microtaskFunction(host)
    case 'self':
      return GlobalThis
    case 'structuredClone':
      return structuredCloneFunction(host).structuredClone
    default:
      return (timerFunctions(host) as unknown as Record<string, unknown>)[name]
  }
}

function microtaskFunction({ extra, turns }: GlobalsHost): Function {
  return {
    queueMicrotask(callback: unknown): void {
      needArguments(arguments.length, 1, 'queueMicrotask')
      if (typeof callback !== 'function') {
        throw new TypeErrorConstructor('the callback of queueMicrotask must be a function')
      }
      extra.enqueue(() => {
        try {
          callback()
        } catch (error) {
          turns.uncaught(error)
        }
      })
    },
  }.queueMicrotask
}
