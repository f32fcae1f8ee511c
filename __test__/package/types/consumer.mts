/** What a user of the ES module entry compiles; never run. */
import { Pool, type IsolaneError, type PoolStats, type WorkerStatus } from 'isolane'

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
// @ts-expect-error not an engine
new Pool({ engine: 'wasm' })

await pool.close()
