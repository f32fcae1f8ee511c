/**
 * A reporter for Node's test runner, beside another one: of each file whose process ended without a test
 * of it having failed it tells how, and what it wrote to stderr last. The others only say "test failed".
 */

/** How much of stderr is told. */
const MOST_CHARACTERS = 4000

export default async function* endedFiles(events) {
  const written = new Map()
  const told = []
  for await (const { type, data } of events) {
    if (type === 'test:stderr') {
      const text = (written.get(data.file) ?? '') + data.message
      written.set(data.file, text.slice(-MOST_CHARACTERS))
    }
    const error = type === 'test:fail' ? data.details?.error : undefined
    // Only errors of files have one of them.
    if (error?.failureType !== 'testCodeFailure' || !('exitCode' in error)) continue
    const how = error.signal ? `by ${error.signal}` : `with code ${error.exitCode}`
    const said = written.get(data.file)?.trim()
    told.push(
      `✖ ${data.name} ended ${how}, and wrote to stderr: ${said ? `\n${said}` : 'nothing'}\n`,
    )
  }
  yield* told
}
