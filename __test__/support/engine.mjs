import { engines, Pool as AnyPool } from 'isolane'

/** The engine that the suite runs on (`scripts/test.mjs` runs it once for each). */
export const engine = process.env.ISOLANE_TEST_ENGINE ?? engines()[0]

/**
 * A pool on the engine under test. Its workers are as urgent as the tests of other files, which run
 * beside these: nicer ones would hardly ever have a turn. It prints nothing among what the runner prints.
 */
export class Pool extends AnyPool {
  constructor(options = {}) {
    super(isOptions(options) ? { engine, niceIncrement: 0, console: false, ...options } : options)
  }
}

/** Bad options go through as they are. */
function isOptions(options) {
  return typeof options === 'object' && options !== null && !Array.isArray(options)
}

/** What functions find in their last parameter, sorted. */
export const contextKeys =
  engine === 'v8' ? ['args', 'log', 'shared'] : ['args', 'log', 'shared', 'signal']

/**
 * Id of a pool's only worker after a call that had to be stopped while it ran JavaScript: V8 can
 * be interrupted, a Node Worker has to be replaced.
 */
export const idAfterStop = engine === 'v8' ? 0 : 1

/** Options of a test about something that only the v8 engine has; `docs/engines.md` says what. */
export const onlyV8 = { skip: engine === 'v8' ? false : 'only the v8 engine has it' }

/** Options of a test about something that only the node engine has. */
export const onlyNode = { skip: engine === 'node' ? false : 'only the node engine has it' }
