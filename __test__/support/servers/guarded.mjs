import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The process that ends what this one leaves; one for all servers of a test file. */
let guard
let lastId = 0
/** What is told of a process, by its id. */
const listeners = new Map()

/**
 * Starts a program that ends with this process at the latest.
 *
 * @param {{ program: string, args: string[], folder: string, uid?: number }} order `folder` is where it runs, and where its `log` is
 * @returns {Promise<{ pid: number, ended: Promise<string> }>}
 */
export function startGuarded(order) {
  const id = ++lastId
  const started = new Promise((resolve, reject) => {
    let end
    const ended = new Promise((settle) => (end = settle))
    listeners.set(id, (news) => {
      if (news.pid !== undefined) resolve({ pid: news.pid, ended })
      if (news.ended === undefined) return
      listeners.delete(id)
      end(news.ended)
      reject(new Error(`${order.program}: ${news.ended}`))
    })
    send({ order: 'start', id, ...order })
  })
  return awaited(started)
}

/** Keeps this process alive while it waits for a {@link startGuarded}, or for what has `ended`. */
export async function awaited(news) {
  const alive = setInterval(() => {}, 60_000)
  try {
    return await news
  } finally {
    clearInterval(alive)
  }
}

/** Has a folder removed with this process at the latest. */
export function own(folder) {
  send({ order: 'own', folder })
}

/** Removes a folder of {@link own}. */
export function forget(folder) {
  send({ order: 'forget', folder })
}

function send(order) {
  guard ??= startGuard()
  guard.stdin.write(`${JSON.stringify(order)}\n`)
}

function startGuard() {
  const script = fileURLToPath(new URL('guard.mjs', import.meta.url))
  const child = spawn(process.execPath, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Not in the group that the terminal interrupts.
    detached: true,
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const news = JSON.parse(line)
    listeners.get(news.id)?.(news)
  })
  // A test that is over is not kept by it.
  for (const handle of [child, child.stdin, child.stdout]) handle.unref()
  return child
}
