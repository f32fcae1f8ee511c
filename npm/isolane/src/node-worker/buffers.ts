import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { BufferTable, type BufferMessage } from './buffer-table.js'
import type { Platform } from '../codec/shared/platform.js'

// Captured: functions may replace it.
const receive = receiveMessageOnPort

/** The SharedArrayBuffers that this Worker shares with its pool; see `SharedBuffers`. */
export class WorkerBuffers {
  readonly #table: BufferTable
  readonly #port: MessagePort
  readonly #post: (message: BufferMessage) => void
  readonly #get: (id: number) => SharedArrayBuffer | undefined
  readonly #set: (id: number, buffer: SharedArrayBuffer) => unknown
  readonly #delete: (id: number) => unknown

  constructor(port: MessagePort, counter: Uint32Array) {
    this.#table = new BufferTable(counter)
    this.#port = port
    this.#post = port.postMessage.bind(port)
    const held = new Map<number, SharedArrayBuffer>()
    this.#get = held.get.bind(held)
    this.#set = held.set.bind(held)
    this.#delete = held.delete.bind(held)
    // What is to be let go is let go also where nothing is decoded any more.
    port.on('message', (message: BufferMessage) => this.#take(message))
    port.unref()
  }

  /** A platform whose encoders and decoders share buffers. */
  platform(base: Platform): Platform {
    return {
      ...base,
      shareBuffer: (buffer) => {
        const id = this.#table.idOf(buffer)
        // Also what came from the host: it may have let go of it since.
        this.#post({ id, buffer })
        return id
      },
      sharedBuffer: (id) => {
        const buffer = this.#get(id)
        if (buffer !== undefined) return buffer
        this.#receive()
        return this.#get(id)
      },
    }
  }

  #receive(): void {
    for (;;) {
      const received = receive(this.#port) as { message: BufferMessage } | undefined
      if (received === undefined) return
      this.#take(received.message)
    }
  }

  #take({ id, buffer }: BufferMessage): void {
    if (buffer === undefined) this.#delete(id)
    else this.#set(id, this.#table.adopt(id, buffer))
  }
}
