import { settled } from '../../../../__test__/support/waiting.mjs'

/**
 * A log that is new and empty. Its stores are patient, unless a test is about that: the machine may be crowded.
 *
 * @typedef {object} Place
 * @property {string} prefix
 * @property {(options?: { port?: number, timeout?: number }) => import('@isolane/functions').FunctionStore} open
 *   a store of it; `port` stands for the server's, as a proxy's may
 * @property {(options?: { timeout?: number }) => string} script of a module that opens one as `store`
 */

let places = 0

/**
 * What makes places of a kind.
 *
 * @param {object} kind
 * @param {string} kind.subpath of the package
 * @param {string} kind.name of its function
 * @param {(options: object) => import('@isolane/functions').FunctionStore} kind.make that function
 * @param {(place: { prefix: string, port?: number }) => object} kind.options for it
 */
export function placesOf({ subpath, name, options, make }) {
  return () => {
    const prefix = `place_${process.pid}_${++places}`
    return {
      prefix,
      open: ({ port, timeout = 60_000 } = {}) => make({ ...options({ prefix, port }), timeout }),
      script: ({ timeout = 60_000 } = {}) => `
        import { ${name} } from '@isolane/functions/${subpath}'
        const store = ${name}({ ...${JSON.stringify(options({ prefix }))}, timeout: ${timeout} })`,
    }
  }
}

/** Gives `use` a function that opens stores of a place, and closes them afterwards. */
export async function usingStores(place, use) {
  const stores = []
  const open = (options) => {
    const store = place.open(options)
    stores.push(store)
    return store
  }
  try {
    await use(open)
  } finally {
    await settled(Promise.all(stores.map((store) => store.close())))
  }
}
