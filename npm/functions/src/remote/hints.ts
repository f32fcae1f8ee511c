import type { Head, Unwatch } from '../store/store.js'

/** Where those who watch a store hear of changes. */
export interface Hints<M = Head> {
  add(hint: (message?: M) => void): Promise<Unwatch>
  /** We have committed; where nobody else tells of it. */
  tell?(message: M): void
  close(): Promise<void>
}
