/** Bytes that are to be copied before anybody changes them, or a buffer that is given away. */
export type Attachment = Uint8Array | ArrayBuffer

/**
 * Asked by an encoder whether the bytes [offset, offset + length) of a buffer are attached; otherwise
 * it writes them into the payload.
 */
export type Attach = (buffer: ArrayBuffer, offset: number, length: number) => boolean
