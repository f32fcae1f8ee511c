import { wrong } from '../errors/errors.js'
import { checkReference } from '../names/name.js'

/** How a fold is done, by names of functions. */
export interface NamedReducers<R> {
  reduce: string
  map?: string
  initial?: R
}

/** @throws {InvalidArgumentError} */
export function checkReducers<R>(reducers: unknown): NamedReducers<R> {
  if (typeof reducers !== 'object' || reducers === null || Array.isArray(reducers)) {
    throw wrong(
      'reducers',
      "an object with names of functions, such as { reduce: 'add' }, with map and initial if you want",
      reducers,
    )
  }
  const own = Object.assign(Object.create(null), reducers) as NamedReducers<R>
  checkReference(own.reduce, 'reducers.reduce')
  if (own.map !== undefined) checkReference(own.map, 'reducers.map')
  return own
}
