import { replaceMethod } from './replace.js'

/**
 * Functions bound one over another. V8's optimising compilers go through such a chain by recursion,
 * on threads whose end of stack is the end of the process: eight megabytes hold some ten thousand
 * links, and the one megabyte that such a thread has elsewhere some thousand.
 */
const LONGEST_CHAIN = 256

const { apply } = Reflect

const Returned = function (object: object) {
  return object
} as unknown as new (object: object) => object

/** A hidden field of a bound function: how many are bound over another from it on. */
class Links extends Returned {
  #count: number

  private constructor(bound: object, count: number) {
    super(bound)
    this.#count = count
  }

  static of(fn: object): number {
    return #count in fn ? fn.#count : 0
  }

  static mark(bound: object, count: number): void {
    // oxlint-disable-next-line no-new
    new Links(bound, count)
  }
}

/** Has `bind` refuse chains that are too long to be compiled; the engine has run no user code yet. */
export function limitBoundChains(): void {
  replaceMethod(
    Function.prototype,
    'bind',
    (bind) =>
      function (this: object, ...args) {
        const links = typeof this === 'function' ? Links.of(this) + 1 : 1
        if (links > LONGEST_CHAIN) {
          throw new RangeError(`More than ${LONGEST_CHAIN} functions bound one over another`)
        }
        const bound = apply(bind, this, args)
        Links.mark(bound, links)
        return bound
      },
  )
}
