import assert from 'node:assert/strict'

import { EMPTY, type Head } from '../../store/store.js'
import type { CaseBody } from '../contract.js'
import { publication, record } from './samples.js'

/** Hints, of stores that give any. */
export const watches: readonly CaseBody[] = [
  [
    'who watches hears of the changes of others and of its own, until it has had enough',
    async (open) => {
      const [one, other] = [await open(), await open()]
      if (other.watch === undefined) return
      const hints = new Hints()
      const unwatch = await other.watch((head) => hints.add(head))
      const first = await one.commit(publication(record('a', 1)), EMPTY)
      await hints.until(first)
      const second = await other.commit(publication(record('b', 1)), first)
      await hints.until(second)
      await unwatch()
      await unwatch()
      const heard = hints.count
      const last = new Hints()
      const unwatchLast = await one.watch!((head) => last.add(head))
      const third = await one.commit(publication(record('c', 1)), second)
      // What comes to another that still listens would have come to this one.
      await last.until(third)
      assert.equal(hints.count, heard)
      await unwatchLast()
    },
  ],
]

/** Hints that came, each of them perhaps without a head. */
class Hints {
  #heads: (Head | undefined)[] = []
  #wake: () => void = () => {}

  get count(): number {
    return this.#heads.length
  }

  add(head?: Head): void {
    this.#heads.push(head)
    this.#wake()
  }

  /** Waits for a hint that may mean `head`: it tells of it, or does not tell. */
  async until(head: Head): Promise<void> {
    const isMeant = (hint?: Head) =>
      hint === undefined || (hint.revision === head.revision && hint.id === head.id)
    // Who watches need not keep a process alive.
    const alive = setInterval(() => {}, 60_000)
    while (!this.#heads.some(isMeant)) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    clearInterval(alive)
    this.#heads = this.#heads.filter((hint) => !isMeant(hint))
  }
}
