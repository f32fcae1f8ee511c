/** Takes the bytes of a payload, in their order. They are copied. */
export interface PayloadSink {
  put(bytes: Uint8Array): void
}

/** Makes a sink, for so many bytes as far as is known. */
export type OpenSink<S extends PayloadSink> = (length: number) => S
