/** What a store may reject with; anything else means that it is out of reach. */

/** The log does not end where the commit expected it to end: somebody else was quicker. */
export class StoreConflictError extends Error {
  override name = 'StoreConflictError'
  readonly code = 'ERR_ISOLANE_STORE_CONFLICT'

  constructor(
    expected: { readonly revision: number; readonly id: string },
    /** Where the log ends. */
    readonly head: { readonly revision: number; readonly id: string },
    options?: ErrorOptions,
  ) {
    super(
      `The store is at revision ${head.revision} (${head.id}), not at ${expected.revision} ` +
        `(${expected.id}); read it and commit again`,
      options,
    )
  }
}

/** What is stored makes no sense: a record is missing, cut off, or not what its hash says. */
export class StoreCorruptError extends Error {
  override name = 'StoreCorruptError'
  readonly code = 'ERR_ISOLANE_STORE_CORRUPT'
}
