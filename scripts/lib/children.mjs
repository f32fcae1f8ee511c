/** Processes that must not outlive this one, and the signals that end them. */
const children = new Map()

/** Listens from the first child on: a script without any keeps what Node does by itself. */
let isListening = false

/**
 * Has a child end when this process does, in whatever way it can hear of.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} [signal] SIGKILL for one that may not listen
 */
export function endsWithUs(child, signal = 'SIGTERM') {
  listen()
  children.set(child, signal)
  const forget = () => children.delete(child)
  child.once('exit', forget).once('error', forget)
}

function listen() {
  if (isListening) return
  isListening = true
  process.on('exit', endAll)
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      endAll()
      // Now it does what it does where nobody listens.
      process.kill(process.pid, signal)
    })
  }
}

function endAll() {
  for (const [child, signal] of children) child.kill(signal)
}
