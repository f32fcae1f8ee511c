/** Functions that the section maps a file with. */
export { matchRoom } from '../workloads/match.mjs'

/** Little to compute: reading and writing JSON is nearly all. */
export function summary(room) {
  return { id: room.id, name: room.name, night: room.price.night, offers: room.facilities.length }
}
