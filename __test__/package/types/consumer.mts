/** What a user of the ES module entry compiles; never run. */
import {
  Pool,
  type BatchOutcome,
  type IsolaneError,
  type MapOutcome,
  type PoolStats,
  type WorkerStatus,
} from 'isolane'

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

const large = await pool.filter(rooms, (room, _index, { shared }) => room.beds > shared.limits.beds)
expect<Equal<typeof large, Room[]>>()

const answer = await pool.run((question: string) => question.length, 'six by nine')
expect<Equal<typeof answer, number>>()

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
expect<Equal<ReturnType<typeof pool.status>, WorkerStatus[]>>()

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
// @ts-expect-error not an engine
new Pool({ engine: 'wasm' })

await pool.close()
