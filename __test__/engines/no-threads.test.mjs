/** The system refuses a thread: by `ulimit -u`, or by the limit of pids that a container has. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { engines } from 'isolane'

import { runScript } from '../support/processes.mjs'

/** Refuses threads beyond so many at a time, once the environment says how many. */
const REFUSES = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
typedef struct { void *(*body)(void *); void *argument; } task;
typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
static int running;
static void *run(void *given) {
  task own = *(task *)given;
  free(given);
  void *result = own.body(own.argument);
  __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
  return result;
}
int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*body)(void *), void *argument) {
  create *next = (create *)dlsym(RTLD_NEXT, "pthread_create");
  const char *most = getenv("MOST_THREADS");
  if (most == NULL) return next(t, a, body, argument);
  if (__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST) > atoi(most)) {
    __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    return EAGAIN;
  }
  task *own = malloc(sizeof *own);
  own->body = body;
  own->argument = argument;
  return next(t, a, run, own);
}`

const canRefuse =
  process.platform === 'linux' && spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0
const skip = canRefuse ? false : 'needs Linux and cc'

describe('where the system gives so many threads', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'isolane-threads-'))
  const library = join(folder, 'refuses.so')
  after(() => rmSync(folder, { recursive: true }))
  if (canRefuse) {
    writeFileSync(join(folder, 'refuses.c'), REFUSES)
    execFileSync('cc', ['-shared', '-fPIC', join(folder, 'refuses.c'), '-o', library, '-ldl'])
  }

  /** What comes of a first pool, and of a call with a timeout, of which the watchdog has a thread. */
  async function outcome(engine, threads) {
    const { code, signal, stdout, stderr } = await runScript(
      `import { Pool } from 'isolane'
      // Node has its own threads by now.
      await new Promise((resolve) => setTimeout(resolve, 100))
      process.env.MOST_THREADS = '${threads}'
      const codes = []
      try {
        const pool = new Pool({ engine: '${engine}', threads: 1 })
        pool.on('error', () => {})
        codes.push(await pool.run((x) => x * 2, 21, { timeout: 60_000 }).catch(({ code }) => code))
      } catch ({ code }) {
        codes.push(code)
      }
      console.log(codes.join())
      process.exit(0)`,
      { env: { LD_PRELOAD: library } },
    )
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr)
    return stdout.trim()
  }

  for (const engine of engines()) {
    it(`a pool of engine ${engine} starts or says why it cannot`, async () => {
      const outcomes = []
      for (let threads = 0; threads < 8; threads++) outcomes.push(await outcome(engine, threads))
      const starts = outcomes.indexOf('42')
      assert.ok(starts > 0, `${outcomes}`)
      const refused = outcomes.slice(0, starts)
      assert.deepEqual(new Set(refused), new Set(['ERR_ISOLANE_ENGINE_UNAVAILABLE']))
      assert.deepEqual(new Set(outcomes.slice(starts)), new Set(['42']))
    })
  }
})
