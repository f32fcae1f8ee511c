/** Puts built-ins of the prelude's own in the place of the language's, before any user code. */

const { defineProperty, getOwnPropertyDescriptor } = Object

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
  const replacement = new Proxy(original, handler)
  const hidden = { value: replacement, writable: true, enumerable: false, configurable: true }
  defineProperty(holder, original.name, hidden)
  defineProperty(original.prototype, 'constructor', hidden)
  return replacement
}

/** Puts what `around` makes of a method, if there is one, in its place. */
export function replaceMethod(
  prototype: object,
  name: string,
  around: (method: Method) => Method,
): void {
  const { value: method, ...rest } = getOwnPropertyDescriptor(prototype, name) ?? {}
  if (typeof method !== 'function') return
  const value = around(method as Method)
  defineProperty(value, 'name', { value: name, configurable: true })
  defineProperty(value, 'length', { value: method.length, configurable: true })
  defineProperty(prototype, name, { value, ...rest })
}
