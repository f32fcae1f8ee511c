export { Decoder } from './decoder.js'
export { Encoder } from './encoder.js'
export { BadPayloadError, DataCloneError } from './errors.js'
export type { Platform } from './platform.js'
