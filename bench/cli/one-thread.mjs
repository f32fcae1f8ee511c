/**
 * What one writes without isolane: `node one-thread.mjs <module> <export> <rules>`, lines from standard
 * input to standard output.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [file, name, rulesFile] = process.argv.slice(2)
const { [name]: fn } = await import(pathToFileURL(file))
const context = { shared: { rules: JSON.parse(readFileSync(rulesFile, 'utf8')) } }

const BLOCK = 256 << 10

let index = 0
let text = ''
for await (const line of createInterface({ input: process.stdin })) {
  text += `${JSON.stringify(fn(JSON.parse(line), index++, context))}\n`
  if (text.length > BLOCK) await flush()
}
await flush()

/** Waits where the output is slower. */
async function flush() {
  const taken = process.stdout.write(text)
  text = ''
  if (!taken) await new Promise((resolve) => process.stdout.once('drain', resolve))
}
