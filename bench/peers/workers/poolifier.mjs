import { ThreadWorker } from 'poolifier'
import { map, noop, whoami } from './tasks.mjs'

export default new ThreadWorker({ map, noop, whoami })
