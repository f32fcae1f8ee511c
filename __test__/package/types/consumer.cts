/** What a user of the CommonJS entry compiles; never run. */
import isolane = require('isolane')

import checker = require('isolane/check')

const pool: isolane.Pool = new isolane.Pool()
const doubled: Promise<number[]> = pool.map([1, 2, 3], (value) => value * 2)
doubled.catch((error: unknown) => error instanceof isolane.IsolaneError && error.code)

const found: Promise<checker.Diagnostic[]> = checker.check('() => 1', { extends: 'strict' })
found.catch((error: unknown) => error instanceof checker.CheckRuleError && error.rule)
