import type { PatchOperation } from '../differ/operation.js'
import type { Runnable } from '../functions/published.js'
import type { Mapper, Reducers, Task } from '../functions/types.js'
import type {
  FilterOptions,
  ForEachOptions,
  MapOptions,
  ReduceOptions,
  RunOptions,
  StreamOptions,
} from '../options/call.js'
import type { AllOrNothing, BatchOutcome, MapOutcome } from '../options/outcome.js'
import type { Items } from '../values/items.js'
import type { JsonText, TextFormat } from '../values/text.js'

/** The items of the call are text. */
export interface FromText {
  from: TextFormat
}

/** The results of the call are text. */
export interface IntoText {
  into: TextFormat
}

/** Text in chunks, cut anywhere. */
export type TextSource =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** The calls of a pool whose items are JSON text, or whose results. */
declare module './pool.js' {
  interface Pool {
    map(
      items: JsonText | Items<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: MapOptions & AllOrNothing & IntoText,
    ): Promise<Buffer>
    map(
      items: JsonText | Items<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: MapOptions & IntoText,
    ): Promise<BatchOutcome<Buffer>>
    map(
      items: JsonText | Items<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: MapOptions & AllOrNothing & { into: 'patch' },
    ): Promise<PatchOperation[][]>
    map(
      items: JsonText | Items<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: MapOptions & { into: 'patch' },
    ): Promise<MapOutcome<PatchOperation[]>>
    map<R>(
      items: JsonText,
      fn: Runnable<Mapper<any, R>>,
      options: Omit<MapOptions, 'into'> & FromText & AllOrNothing,
    ): Promise<R[]>
    map<R>(
      items: JsonText,
      fn: Runnable<Mapper<any, R>>,
      options: Omit<MapOptions, 'into'> & FromText & { onError?: 'reject' | 'omit' },
    ): Promise<MapOutcome<R>>
    map(
      items: JsonText,
      fn: Runnable<Mapper<any, unknown>>,
      options: Omit<MapOptions, 'into'> & FromText,
    ): Promise<MapOutcome<any>>
    filter(
      items: JsonText | Items<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: FilterOptions & AllOrNothing & IntoText,
    ): Promise<Buffer>
    filter(
      items: JsonText | Items<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: FilterOptions & IntoText,
    ): Promise<BatchOutcome<Buffer>>
    filter(
      items: JsonText,
      fn: Runnable<Mapper<any, unknown>>,
      options: Omit<FilterOptions, 'into'> & FromText & AllOrNothing,
    ): Promise<any[]>
    filter(
      items: JsonText,
      fn: Runnable<Mapper<any, unknown>>,
      options: Omit<FilterOptions, 'into'> & FromText,
    ): Promise<BatchOutcome<any[]>>
    forEach(
      items: JsonText,
      fn: Runnable<Mapper<any, unknown>>,
      options: ForEachOptions & AllOrNothing & FromText,
    ): Promise<void>
    forEach(
      items: JsonText,
      fn: Runnable<Mapper<any, unknown>>,
      options: ForEachOptions & FromText,
    ): Promise<BatchOutcome<undefined>>
    reduce(
      items: JsonText | Items<any>,
      reducers: Reducers<any, any>,
      options: ReduceOptions & IntoText,
    ): Promise<Buffer>
    reduce<R>(
      items: JsonText,
      reducers: Reducers<any, R>,
      options: Omit<ReduceOptions, 'into'> & FromText,
    ): Promise<R>
    run(
      fn: Runnable<Task<any, unknown>>,
      arg: unknown,
      options: RunOptions & IntoText,
    ): Promise<Buffer>
    run<R>(
      fn: Runnable<Task<any, R>>,
      arg: JsonText,
      options: Omit<RunOptions, 'into'> & FromText,
    ): Promise<R>
    stream(
      source: TextSource | Iterable<any> | AsyncIterable<any>,
      fn: Runnable<Mapper<any, unknown>>,
      options: StreamOptions & IntoText,
    ): AsyncGenerator<Buffer, void, void>
    stream<R>(
      source: TextSource,
      fn: Runnable<Mapper<any, R>>,
      options: Omit<StreamOptions, 'into'> & FromText & { onError?: 'reject' | 'omit' },
    ): AsyncGenerator<R, void, void>
    stream(
      source: TextSource,
      fn: Runnable<Mapper<any, unknown>>,
      options: Omit<StreamOptions, 'into'> & FromText,
    ): AsyncGenerator<any, void, void>
  }
}
