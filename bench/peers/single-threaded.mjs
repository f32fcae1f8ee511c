/** The same work where it was before: on the service's only thread. */
export function start({ rules }) {
  const context = { shared: { rules } }
  return {
    map: ({ fn, items }) => items.map((item, i) => fn(item, i, context)),
    close() {},
  }
}
