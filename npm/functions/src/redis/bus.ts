import type { DataBus } from '../data/bus.js'
import type { Connections } from '../remote/connections.js'
import type { Feed } from '../remote/feed.js'
import type { Client } from './connector.js'

/** Texts over a channel of a Redis, which keeps none of them. */
export class RedisBus implements DataBus {
  readonly #connections: Connections<Client>
  readonly #feed: Feed<Client, string>
  readonly #channel: string

  constructor(connections: Connections<Client>, feed: Feed<Client, string>, channel: string) {
    this.#connections = connections
    this.#feed = feed
    this.#channel = channel
  }

  async publish(message: string): Promise<void> {
    await this.#connections.use((client) => client.publish(this.#channel, message))
  }

  subscribe(hear: (message?: string) => void): Promise<() => Promise<void>> {
    return this.#feed.add(hear)
  }

  async close(): Promise<void> {
    await Promise.all([this.#feed.close(), this.#connections.close()])
  }
}
