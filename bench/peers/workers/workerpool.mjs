import workerpool from 'workerpool'
import { map, noop, whoami } from './tasks.mjs'

workerpool.worker({ map, noop, whoami })
