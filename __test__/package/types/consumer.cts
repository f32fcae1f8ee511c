/** What a user of the CommonJS entry compiles; never run. */
import isolane = require('isolane')

const pool: isolane.Pool = new isolane.Pool()
const doubled: Promise<number[]> = pool.map([1, 2, 3], (value) => value * 2)
doubled.catch((error: unknown) => error instanceof isolane.IsolaneError && error.code)
