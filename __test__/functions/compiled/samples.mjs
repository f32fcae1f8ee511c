/**
 * What compilers put in other words for older targets. Each function stands for itself, and gives 42 times
 * what it is given.
 */

// Babel and swc put the body of this one beside it.
export async function awaitsAtOnce(x) {
  return (await x) * 42
}

export function awaits(x) {
  const twice = async (n) => (await n) * 2
  const run = async () => {
    try {
      await Promise.reject(new Error('no'))
    } catch {
      return (await twice(x)) * 21
    }
  }
  return run()
}

export function generates(x) {
  function* upTo(n) {
    for (let i = 0; i < n; i++) yield i
    return yield* [n, n]
  }
  return [...upTo(40)].length * x
}

export function iteratesLater(x) {
  async function* slowly(n) {
    for (let i = 0; i < n; i++) yield await i
    yield* [n]
  }
  async function* all(n) {
    yield* slowly(n)
  }
  const run = async () => {
    let count = 0
    for await (const n of all(41)) count += n < 0 ? 0 : 1
    return count * x
  }
  return run()
}

export function spreads(x) {
  const list = [...new Set([1, 2]), ...'ab', ...[x]]
  const sum = (...all) => all.length
  const made = new Array(...list)
  return (sum(...list, ...list, 0) + made.length + Math.max(...[26])) * x
}

export function takesApart(x) {
  const [a, , b = 2, ...rest] = new Map([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]).keys()
  const { c, ['d']: d = 4 } = { c: 3 }
  const copy = { ...{ e: 30 }, f: 1, ...{ g: 0 } }
  return (a + b + rest.length + c + d + copy.e + copy.f + copy.g - 1) * x
}

export function takesTheRest(x) {
  const { a, ...rest } = { a: 1, b: 41 }
  return (a + rest.b) * x
}

export function iterates(x) {
  let sum = 0
  for (const [key, value] of new Map([
    ['a', 20],
    ['b', 22],
  ]))
    sum += key < 'c' ? value : 0
  return sum * x
}

export function inherits(x) {
  class Animal {
    constructor(n) {
      this.n = n
    }
    get twice() {
      return this.n * 2
    }
    set twice(n) {
      this.n = n / 2
    }
    static of(...all) {
      return new this(...all)
    }
    sum() {
      return this.n
    }
  }
  class Dog extends Animal {
    sum() {
      this.twice = this.twice + 2
      return super.sum() + super.twice
    }
    static of(n) {
      return super.of(n - 1)
    }
  }
  return (Dog.of(11).sum() + 9) * x
}

export function extendsBuiltIns(x) {
  class List extends Array {
    last() {
      return this[this.length - 1]
    }
  }
  class Failure extends Error {
    name = 'Failure'
  }
  const failure = new Failure('a')
  const known = failure instanceof Failure && failure instanceof Error && failure.message === 'a'
  return known ? List.of(1, 42).last() * x : 0
}

export function hides(x) {
  class Account {
    #balance = 40
    static #count = 0
    static opened = 1
    #add(n) {
      this.#balance += n
      return this
    }
    get #total() {
      return this.#balance
    }
    static has(it) {
      return #balance in it
    }
    static open() {
      Account.#count++
      return Account.#count
    }
    grow() {
      return this.#add(1).#total
    }
  }
  const account = new Account()
  return Account.has(account) && !Account.has({})
    ? (account.grow() + Account.open() * Account.opened) * x
    : 0
}

export function tags(x) {
  const first = (strings, ...values) => strings.raw[0].length + values[0]
  const later = () => first`ab${38}\n`
  return (later() + `${typeof x}`.length - 4) * x
}

export function computes(x) {
  const key = 'k'
  const o = {
    [key]: 2,
    [`${key}2`]() {
      return this?.[key] ** 2
    },
    get a() {
      return 1
    },
  }
  o.z ??= 40
  return (o.k2() + o.z - (o.none?.b.c ?? 2)) * x
}

export function asksForTypes(x) {
  const text = (n) => (typeof n === 'symbol' ? 's' : typeof n)
  const list = [Symbol('a'), null, undefined, () => 1].map(text).join()
  return list === 's,object,undefined,function' ? 42 * x : 0
}
