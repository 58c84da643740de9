// The judge of our snappy has no types of its own.
declare module 'snappyjs' {
  export function compress(bytes: Uint8Array): Uint8Array;
  /** @throws where the text is malformed, or longer than maxLength */
  export function uncompress(bytes: Uint8Array, maxLength?: number): Uint8Array;
}
