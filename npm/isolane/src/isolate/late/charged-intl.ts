/** ICU objects and the texts that they copy: outside of V8's heap, which counts little of them. */

import {
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  ReflectOwnKeys,
  SymbolIterator,
} from '../../codec/shared/primordials.js'
import type { Charges } from '../charges.js'
import { replaceConstructor, replaceMethod, type Constructor } from '../replace.js'

/** What an ICU formatter takes, roughly. */
const FORMATTER_BYTES = 1 << 16
/** A copy of a segmenter's break iterator. */
const ITERATOR_BYTES = 1 << 12
/** A locale that another one gives. */
const LOCALE_BYTES = 1 << 10
/** ICU has texts in UTF-16. */
const BYTES_PER_CHARACTER = 2

type Namespace = Record<string, Constructor | undefined>

/** Wraps the namespace `Intl`. */
export function chargedIntl(charges: Charges, intl: object): object {
  const { Segmenter, v8BreakIterator, Locale } = intl as Namespace
  if (Segmenter !== undefined) chargeSegments(charges, Segmenter.prototype)
  if (v8BreakIterator !== undefined) chargeAdopted(charges, v8BreakIterator.prototype)
  if (Locale !== undefined) chargeLocales(charges, Locale.prototype)
  const names = ReflectOwnKeys(intl)
  for (let i = 0; i < names.length; i++) {
    const Original = ObjectGetOwnPropertyDescriptor(intl, names[i]!)!.value as unknown
    if (typeof Original !== 'function' || !('prototype' in Original)) continue
    const kept = (make: () => object) => {
      const charge = charges.take(FORMATTER_BYTES)
      return charges.keep(make(), charge)
    }
    replaceConstructor(
      intl,
      Original as unknown as Constructor,
      (args, newTarget) => kept(() => ReflectConstruct(Original, args, newTarget)),
      (self, args) => kept(() => ReflectApply(Original, self, args)),
    )
  }
  return intl
}

const EXTENDED = ['maximize', 'minimize']

function chargeLocales(charges: Charges, locale: object): void {
  for (let i = 0; i < EXTENDED.length; i++) {
    replaceMethod(
      locale,
      EXTENDED[i]!,
      (method) =>
        function () {
          const charge = charges.take(LOCALE_BYTES)
          return charges.keep(ReflectApply(method, this, []), charge)
        },
    )
  }
}

function chargeSegments(charges: Charges, segmenter: object): void {
  let wrapped = false
  replaceMethod(
    segmenter,
    'segment',
    (method) =>
      function (text) {
        const string = `${text as string}`
        const charge = charges.take(ITERATOR_BYTES + BYTES_PER_CHARACTER * string.length)
        const segments = ReflectApply(method, this, [string])
        if (!wrapped) {
          wrapped = true
          // The first there is, so nobody has come by what it inherits.
          replaceMethod(
            ObjectGetPrototypeOf(segments),
            SymbolIterator,
            (iterate) =>
              function () {
                const iterator = charges.take(ITERATOR_BYTES)
                return charges.keep(ReflectApply(iterate, this, []), iterator)
              },
          )
        }
        return charges.keep(segments, charge)
      },
  )
}

/** `adoptText` is a getter of a bound function. */
function chargeAdopted(charges: Charges, iterator: object): void {
  const descriptor = ObjectGetOwnPropertyDescriptor(iterator, 'adoptText')
  if (descriptor?.get === undefined) return
  ObjectSetPrototypeOf(descriptor, null)
  const bound = descriptor.get
  descriptor.get = function (this: object) {
    const adopt = ReflectApply(bound, this, []) as (text: string) => void
    return (text: unknown) => {
      const string = `${text as string}`
      const charge = charges.take(FORMATTER_BYTES + BYTES_PER_CHARACTER * string.length)
      adopt(string)
      charges.keep(this, charge)
    }
  }
  ObjectDefineProperty(iterator, 'adoptText', descriptor)
}
