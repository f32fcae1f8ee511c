/** Published functions that were compiled from TypeScript: what their authors wrote is what is told. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { transform } from 'esbuild'

import { withRegistries } from '../support/registries.mjs'

const TAX = `interface Order {
  each: number
}

export default (order: Order): number => {
  if (order.each < 0) throw new RangeError('less than nothing')
  return order.each * 1.25
}
`
const GROSS = `import tax from '@/lib/tax'

type Orders = { each: number }

export default (order: Orders): number => {
  console.warn('each is', order.each)
  return tax(order)
}
`

async function compiled(source, sourcefile, format) {
  return (await transform(source, { loader: 'ts', format, sourcemap: 'inline', sourcefile })).code
}

describe('published functions with source maps', () => {
  for (const format of ['cjs', 'esm']) {
    test(`tell places that their authors wrote: ${format}`, () =>
      withRegistries(async ({ open }) => {
        const records = []
        const silent = () => {}
        const warn = (record) => records.push(record)
        const logger = { trace: silent, debug: silent, info: silent, warn, error: silent }
        const functions = open({ logger })
        await functions.publishAll([
          { name: 'lib/tax', source: await compiled(TAX, 'tax.ts', format) },
          { name: 'gross', source: await compiled(GROSS, 'gross.ts', format) },
        ])
        const { error } = await functions.call('gross', { each: -1 })
        assert.equal(error.cause.name, 'RangeError')
        const [first, second] = error.cause.stack.split('\n').slice(1)
        assert.match(first, /\btax\.ts:6:29\)?$/)
        assert.match(second, /\bgross\.ts:7:\d+\)?$/)
        const [{ file, line, item }] = records
        assert.deepEqual([file, line, item], ['gross.ts', 6, undefined])
        const { logs } = await functions.call('gross', { each: 1 }, { logs: true })
        assert.deepEqual(logs[0].place, { file: 'gross.ts', line: 6, column: 11 })
        assert.equal(await functions.run('gross', { each: 4 }), 5)
      }))
  }
})

test('a refused source is told of as its author wrote it', () =>
  withRegistries(async ({ open }) => {
    const functions = open({ rules: true })
    const source = await compiled(
      GROSS.replace('return tax', 'return rate * tax'),
      'gross.ts',
      'esm',
    )
    const tax = { name: 'lib/tax', source: await compiled(TAX, 'tax.ts', 'esm') }
    const error = await functions
      .publishAll([tax, { name: 'gross', source }])
      .catch((reason) => reason)
    assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
    assert.match(error.message, /\[no-undef\] \(gross\.ts, line 7, column 10\)/)
  }))
