/** What a user of the ES module entry compiles; never run. */
import {
  move,
  Pool,
  type BatchOutcome,
  type IsolaneError,
  type LogPlace,
  type MapOutcome,
  type PoolStats,
  type PublishedFunction,
  type PoolStatus,
} from 'isolane'

import { check, checkFiles, defineRules, explain, type Diagnostic } from 'isolane/check'

import { expect, type Equal } from './equal.mjs'

interface Room {
  id: string
  beds: number
}
declare const rooms: Room[]

const pool = new Pool({ threads: 2, memoryLimitMb: 256, timeout: 100, name: 'types' })
const limits = await pool.share('limits', { beds: 2 })

const beds = await pool.map(rooms, (room) => room.beds, { shared: [limits], chunkSize: 10 })
expect<Equal<typeof beds, number[]>>()

const awaited = await pool.map(rooms, async (room: Room, index) => `${index}${room.id}`)
expect<Equal<typeof awaited, string[]>>()

const squares = await pool.map(new Float64Array(4), (value) => value * value)
expect<Equal<typeof squares, Float64Array<ArrayBuffer>>>()

const movedSquares = await pool.map(move(new Float64Array(4)), (value) => value * value)
expect<Equal<typeof movedSquares, Float64Array<ArrayBuffer>>>()

const size = await pool.run((bytes: Buffer) => bytes.length, move(Buffer.alloc(9)))
expect<Equal<typeof size, number>>()

// @ts-expect-error Only buffers and their views can be moved.
move([1, 2])

const large = await pool.filter(rooms, (room, _index, { shared }) => room.beds > shared.limits.beds)
expect<Equal<typeof large, Room[]>>()

const answer = await pool.run((question: string) => question.length, 'six by nine')
expect<Equal<typeof answer, number>>()

await new Pool({ logPlaces: false }).run((n: number) => n, 1, {
  onLog: ({ item, place }) => {
    expect<Equal<typeof item, number | undefined>>()
    expect<Equal<typeof place, LogPlace | undefined>>()
  },
})
// @ts-expect-error There is no such level
new Pool({ logPlaces: 'all' })

const nothing = await pool.forEach(rooms, (room) => room.beds)
expect<Equal<typeof nothing, void>>()

const partial = await pool.map(rooms, (room) => room.beds, { timeout: 9, onTimeout: 'partial' })
expect<Equal<typeof partial, MapOutcome<number>>>()

const omitted = await pool.map(rooms, (room) => room.beds, { onError: 'omit' })
expect<Equal<typeof omitted, MapOutcome<number>>>()

const originals = await pool.map(rooms, (room) => room.beds, { onError: 'original' })
expect<Equal<typeof originals, MapOutcome<number | Room>>>()

const settled = await pool.map(rooms, (room) => room.beds, { onError: 'settle' })
expect<Equal<typeof settled, MapOutcome<PromiseSettledResult<number>>>>()

const replaced = await pool.map(rooms, (room) => room.beds, {
  onError: (room: Room, index: number, error: Error) => `${room.id}${index}${error.message}`,
})
expect<Equal<typeof replaced, MapOutcome<number | string>>>()

const someSquares = await pool.map(new Float64Array(4), (value) => value * value, {
  onError: 'original',
})
expect<Equal<typeof someSquares, BatchOutcome<Float64Array<ArrayBuffer>>>>()

const someLarge = await pool.filter(rooms, (room) => room.beds > 2, { onTimeout: 'partial' })
expect<Equal<typeof someLarge, BatchOutcome<Room[]>>>()

const visited = await pool.forEach(rooms, (room) => room.beds, { onError: 'settle' })
expect<Equal<typeof visited, BatchOutcome<undefined>>>()

expect<Equal<ReturnType<typeof pool.stats>, PoolStats>>()
expect<Equal<ReturnType<typeof pool.status>, PoolStatus>>()

const price = await pool.publish('price', (room: Room, vat: number) => room.beds * vat)
expect<Equal<typeof price, PublishedFunction<(room: Room, vat: number) => number>>>()
const second: number = await price.update((room) => room.beds)
const published: PublishedFunction | undefined = pool.published('price')

const prices = await pool.map(rooms, price)
expect<Equal<typeof prices, number[]>>()

const cheap = await pool.filter(rooms, price)
expect<Equal<typeof cheap, Room[]>>()

const untyped = await pool.publish('untyped', { source: '(x) => x', name: 'text', strict: true })
const fromText = await pool.map(rooms, untyped)
expect<Equal<typeof fromText, unknown[]>>()

const byName = await pool.map(rooms, 'price')
expect<Equal<typeof byName, unknown[]>>()

const oneByName = await pool.run<Room, number>('price', rooms[0])
expect<Equal<typeof oneByName, number>>()

const total = await pool.reduce(rooms, { map: price, reduce: 'sum', initial: second })
expect<Equal<typeof total, number>>()

const failure: Error & { code: string } = {} as IsolaneError
console.log(failure.code)

// @ts-expect-error no such option
new Pool({ thread: 2 })
// @ts-expect-error a number of threads
new Pool({ threads: 'all' })
// @ts-expect-error a room has no such property
await pool.map(rooms, (room) => room.floor)
// @ts-expect-error a filter's results are the items themselves
await pool.filter(rooms, (room) => room.beds, { onError: 'settle' })
// @ts-expect-error it takes rooms
await pool.map([1, 2], price)
// @ts-expect-error it gives numbers
await price.update((room: Room) => room.id)
// @ts-expect-error no such option
await price.update((room: Room) => room.beds, { chunkSize: 1 })
// @ts-expect-error not an engine
new Pool({ engine: 'wasm' })

const found = await check((room: Room) => room.beds, { engine: 'node', form: 'function' })
expect<Equal<typeof found, Diagnostic[]>>()
expect<Equal<Diagnostic['severity'], 'error' | 'warn'>>()
const rules = defineRules({
  extends: defineRules({ extends: 'strict' }),
  rules: { 'no-labels': 'off', complexity: ['warn', 10] },
  custom: {
    mine: {
      create: (context) => ({
        CallExpression: (node) => context.report({ node, message: `in ${node.parent?.type}` }),
      }),
    },
  },
})
const [file] = await checkFiles(['**/*.js'], { ...rules, ignore: ['**/*.test.js'] })
expect<Equal<typeof file.error, Error | undefined>>()
const { proven } = await explain('() => 1', rules)
expect<Equal<typeof proven, boolean>>()
await pool.publish('checked', (room: Room) => room.beds, { check: rules })
await price.update((room: Room) => room.beds, { check: true })
// @ts-expect-error not a severity
defineRules({ rules: { 'no-labels': 'warning' } })
// @ts-expect-error no such option
await check('() => 1', { preset: 'strict' })
// @ts-expect-error a listener gets nodes
defineRules({ custom: { mine: { create: () => ({ Program: (node: string) => node }) } } })

published?.dispose()
await pool.close()
