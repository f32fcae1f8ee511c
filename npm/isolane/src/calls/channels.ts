/**
 * What a monitor can listen to without a pool in its hands, on `node:diagnostics_channel`. Nothing is made
 * or published where nobody listens.
 */

import { channel, tracingChannel, type Channel } from 'node:diagnostics_channel'
import type { Call } from './call.js'
import type { CallName } from '../addon/call-name.js'

/**
 * What subscribers of `tracingChannel('isolane.call')` get of a call: the same object at `start` and `end`
 * (the call is being made), at `asyncStart` and `asyncEnd` (its promise settles, or its stream is over),
 * and at `error`.
 */
export interface CallTrace extends CallName {
  /** Name of the pool. */
  pool: string
  /** The method of the pool that was called, such as `'map'`. */
  operation: string
  /** From `asyncStart` on: what the call gives. Not of a stream. */
  result?: unknown
  /** From `error` on: what it rejects with. */
  error?: unknown
}

/** Of a worker: what subscribers of `isolane:worker:created` get. */
export interface WorkerMessage {
  /** Name of the pool. */
  pool: string
  /** Id of the worker, as in `pool.status()`. */
  worker: number
}

/** What subscribers of `isolane:worker:lost` get: the worker did not end with its pool, or could not start. */
export interface WorkerLostMessage extends WorkerMessage {
  reason: string
}

/** What subscribers of `isolane:worker:replaced` get: a worker has its isolate in place of another. */
export interface WorkerReplacedMessage extends WorkerMessage {
  /** Id of the worker before. */
  before: number
}

/** What subscribers of `isolane:function:published` get: calls made from now on run this version. */
export interface FunctionPublishedMessage {
  /** Name of the pool. */
  pool: string
  /** The name that calls use. */
  name: string
  version: number
  /** The call that has checked it. */
  callId: string
}

/** A channel of one kind of messages. */
export interface Messages<M> extends Channel {
  publish(message: M): void
}

const calls = tracingChannel<'', CallTrace>('isolane.call')
const { start, end, asyncStart, asyncEnd, error } = calls

export const workerCreated: Messages<WorkerMessage> = channel('isolane:worker:created')
export const workerLost: Messages<WorkerLostMessage> = channel('isolane:worker:lost')
export const workerReplaced: Messages<WorkerReplacedMessage> = channel('isolane:worker:replaced')
export const functionPublished: Messages<FunctionPublishedMessage> = channel(
  'isolane:function:published',
)

/** Whether anybody follows calls. */
export function isTraced(): boolean {
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  )
}

/** Makes a call, before the eyes of those who follow it. */
export function traced<T>(call: Call, operation: string, make: () => Promise<T>): Promise<T> {
  return isTraced() ? calls.tracePromise(make, traceOf(call, operation)) : make()
}

function traceOf(call: Call, operation: string): CallTrace {
  const { callId, function: fn, tenant, pool } = call
  return { callId, function: fn, tenant, pool: pool.name, operation }
}
