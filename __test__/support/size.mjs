/**
 * Whether tests of very much run at their full size, as `npm run test:all` has them, or at one at which
 * a fault still shows and the whole suite takes minutes.
 */
export const full = process.env.ISOLANE_TEST_SIZE === 'full'

/** A number of repetitions or seconds. */
export const sized = (most, few) => (full ? most : few)
