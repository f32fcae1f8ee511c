/**
 * Puts built-ins of the prelude's own in the place of the language's, where user code has not come
 * by them yet. It may have changed others: so nothing is looked up, and descriptors inherit nothing.
 */

const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object
const AnyProxy = Proxy

export type Method = (this: object, ...args: unknown[]) => object
export type Constructor = abstract new (...args: any[]) => object

/** Puts a constructor in the place of another: the same in every respect but how it constructs. */
export function replaceConstructor<C extends Constructor>(
  holder: object,
  original: C,
  make: (args: unknown[], newTarget: Function) => object,
  call?: (self: unknown, args: unknown[]) => unknown,
): C {
  // Without a prototype: what user code puts on Object.prototype is no trap.
  const handler = {
    __proto__: null,
    construct: (_: C, args: unknown[], newTarget: Function) => make(args, newTarget),
    // No trap where there is nothing to call.
    apply: call && ((_: C, self: unknown, args: unknown[]) => call(self, args)),
  } as ProxyHandler<C>
  const replacement = new AnyProxy(original, handler)
  const hidden = described(replacement)
  defineProperty(holder, original.name, hidden)
  defineProperty(original.prototype, 'constructor', hidden)
  return replacement
}

/** Puts what `around` makes of a method, if there is one, in its place. */
export function replaceMethod(
  prototype: object,
  name: string | symbol,
  around: (method: Method) => Method,
): void {
  const descriptor = getOwnPropertyDescriptor(prototype, name)
  if (descriptor === undefined) return
  setPrototypeOf(descriptor, null)
  if (typeof descriptor.value !== 'function') return
  const method = descriptor.value as Method
  const value = around(method)
  defineProperty(value, 'name', { __proto__: null, value: method.name } as PropertyDescriptor)
  defineProperty(value, 'length', { __proto__: null, value: method.length } as PropertyDescriptor)
  descriptor.value = value
  defineProperty(prototype, name, descriptor)
}

/** The descriptor of a built-in: writable and configurable, not enumerable. */
export function described(value: unknown, enumerable = false): PropertyDescriptor {
  return {
    __proto__: null,
    value,
    writable: true,
    enumerable,
    configurable: true,
  } as PropertyDescriptor
}
