/** A load of data, from its begin to its end. */
export interface LoadInfo {
  readonly at: Date
  readonly ms: number
  readonly ok: boolean
  /** Why it failed. */
  readonly error: Error | undefined
}

/** How data is. */
export interface DataStatus {
  readonly name: string
  readonly namespace: string | undefined
  /** 0 where there has never been a value; one more with each that is another. */
  readonly version: number
  /** About the size of its text. */
  readonly bytes: number
  /** Milliseconds since the last load that succeeded; `undefined` for never. */
  readonly age: number | undefined
  /** Where the value is from that is used; `'stale'`: of a load that is older than `ttl`, or was invalidated. */
  readonly source: 'load' | 'stale' | 'fallback' | 'none'
  /** Whether calls can use it. */
  readonly available: boolean
  readonly loading: boolean
  readonly lastLoad: LoadInfo | undefined
  /** Loads that have failed since the last that succeeded. */
  readonly failures: number
  /** Loads, by tries, that came to an end only after they had been given up. */
  readonly late: number
  /** When it will be loaded again; `undefined` where nothing is planned. */
  readonly nextLoad: Date | undefined
}

/** Events of data. */
export interface DataEvents {
  /** A load has succeeded. With `changed`, its value is another than before, and in use. */
  refreshed: [{ name: string; version: number; bytes: number; ms: number; changed: boolean }]
  /** A load has failed; what there was is used on. */
  failed: [{ name: string; error: Error; failures: number }]
  /** Other processes could not be told that data has changed, which is tried again; without a name, they are not heard. */
  busError: [{ name: string | undefined; error: Error }]
}

/** Tells an event. What its listener throws reaches the process, and disturbs nothing here. */
export type Tell = <K extends keyof DataEvents>(event: K, ...args: DataEvents[K]) => void
