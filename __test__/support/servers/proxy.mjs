import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** The way to a server, which can be cut. */
export class Proxy {
  #server
  #to
  #isCut = false
  /** How many bytes still reach the server. */
  #left = Infinity
  #sockets = new Set()

  /** @param {number} port of the server, on the loopback */
  static async to(port) {
    const proxy = new Proxy(port)
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening')
    proxy.port = proxy.#server.address().port
    return proxy
  }

  constructor(port) {
    this.#to = port
    this.#server = createServer((near) => {
      if (this.#isCut) {
        near.destroy()
        return
      }
      const far = connect(this.#to, '127.0.0.1')
      near.on('data', (chunk) => this.#forward(chunk, far))
      far.pipe(near)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        this.#sockets.add(one)
        one.on('error', () => {})
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
      }
    })
  }

  /** Ends all connections, and lets none through until {@link mend}. */
  cut() {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  /** As {@link cut}, when so many more bytes have reached the server. */
  cutAfter(bytes) {
    this.#left = bytes
  }

  get isCut() {
    return this.#isCut
  }

  mend() {
    this.#isCut = false
    this.#left = Infinity
  }

  #forward(chunk, far) {
    const part = chunk.subarray(0, this.#left)
    this.#left -= part.length
    if (part.length === chunk.length) {
      far.write(part)
      return
    }
    // What has come so far arrives; then the server sees that nobody is there.
    this.#sockets.delete(far)
    far.end(part)
    this.cut()
  }

  async close() {
    this.cut()
    await new Promise((closed) => this.#server.close(closed))
  }
}
