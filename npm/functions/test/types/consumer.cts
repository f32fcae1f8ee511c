/** What a user of the CommonJS entry compiles; never run. */
import functions = require('@isolane/functions')
import testing = require('@isolane/functions/testing')

const registry: functions.FunctionRegistry = new functions.FunctionRegistry(undefined, {
  store: functions.memory(),
})
registry.list({ prefix: 'lib/' }).map(({ name }) => name.length)
testing.storeContract(async () => ({ open: async () => functions.memory() }))
