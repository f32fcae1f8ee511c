/** How a kind of connection is made and ended; what the stores on servers have in common is built on it. */

export interface Connector<C> {
  /** The server, for messages: `PostgreSQL at 10.0.0.7:5432`. Without what is secret. */
  readonly server: string

  /** Whether connections are somebody else's, so that each goes back when its call is over. */
  readonly isLent?: boolean

  /**
   * A connection that is yet to be made. It never throws what nobody catches: whatever goes wrong on it by
   * itself is told by `lost`, also more than once.
   */
  create(lost: () => void): C

  /** Makes it. */
  connect(client: C): Promise<void>

  /** Takes leave of the server, as is polite. */
  end(client: C): Promise<void>

  /** Ends it at once, in whatever state it is, so that nothing of it keeps the process alive. */
  destroy(client: C): void
}

/** Of all that stores on servers are told. */
export interface RemoteOptions {
  /**
   * Milliseconds that a call may take, with all that it needs, such as a connection. Then it rejects with a
   * `StoreUnavailableError`. Default: 5,000.
   */
  timeout?: number
  /** How many connections there may be in use at once, beside the one of the feed. Default: 2. */
  connections?: number
}
