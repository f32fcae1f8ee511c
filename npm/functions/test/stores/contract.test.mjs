/** Every store that needs no server does what stores must do. */
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'
import { storeContract } from '@isolane/functions/testing'

const places = {
  memory: async () => {
    const store = memory()
    return { open: async () => store }
  },
}

for (const [name, make] of Object.entries(places)) {
  describe(`the ${name} store`, () => {
    for (const { name: title, run } of storeContract(make)) test(title, run)
  })
}
