/** Stores that misbehave as tests say. */

/**
 * A store whose requests fail, hang, or come through.
 *
 * @param {import('@isolane/functions').FunctionStore} store
 */
export function faulty(store) {
  const state = { mode: 'up', asked: 0, hung: 0 }
  const through = (name) =>
    async function (...args) {
      state.asked++
      if (state.mode === 'down') throw new Error('connect ECONNREFUSED 127.0.0.1:1')
      if (state.mode === 'hung') {
        state.hung++
        return new Promise(() => {})
      }
      return store[name](...args)
    }
  const faces = {}
  for (const name of ['head', 'read', 'records', 'commit', 'history']) faces[name] = through(name)
  return { ...faces, state }
}

/** As a store, but `watch` is silent until `shout` is called: hints can be lost. */
export function muted(store) {
  const hints = new Set()
  return {
    ...bound(store),
    async watch(hint) {
      hints.add(hint)
      return async () => void hints.delete(hint)
    },
    shout: () => hints.forEach((hint) => hint()),
  }
}

/** A store's methods, each on its own. */
export function bound(store) {
  const names = ['head', 'read', 'records', 'commit', 'history', 'watch', 'close']
  return Object.fromEntries(
    names.filter((name) => store[name]).map((name) => [name, store[name].bind(store)]),
  )
}
