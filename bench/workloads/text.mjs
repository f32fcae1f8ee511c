/** The items of a workload as JSON text, whole and in slices of so many items as a message has. */
export function asText(workload) {
  const { items, chunkSize } = workload
  const slices = []
  for (let offset = 0; offset < items.length; offset += chunkSize) {
    slices.push({ offset, text: JSON.stringify(items.slice(offset, offset + chunkSize)) })
  }
  return { ...workload, bytes: Buffer.from(JSON.stringify(items)), slices }
}
