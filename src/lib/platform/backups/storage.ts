import type { Readable } from 'node:stream'

/*
 * Where the parts of backups lie. A part is named by the SHA-256 of its bytes: the same content is kept once, and what is
 * there under a name is what the name says.
 */

export interface StoredPart {
  readonly sha256: string
  readonly bytes: number
}

/** Both ends inclusive. */
export interface PartRange {
  readonly start: number
  readonly end: number
}

export interface PartStorage {
  /**
   * Keeps a stream. Resolves once the part is durable and was read back, byte for byte what came in; until then nothing of it
   * can be found, and a failure leaves nothing.
   * @throws failed.disk-full, failed.verify when what was read back differs, what the stream throws, the signal's reason
   */
  put(source: Readable, options: PutOptions): Promise<StoredPart>
  /** All bytes unless told. The stream fails where they cannot be read to the end. @throws failed.verify when the part is gone */
  open(sha256: string, range?: PartRange): Promise<Readable>
  /** Whether it is there with that size; its bytes are not read. */
  has(part: StoredPart): Promise<boolean>
  /** Deleting what is absent succeeds. It is gone, for those who look, when the call returns its promise. */
  delete(sha256: string): Promise<void>
  list(): Promise<readonly StoredPart[]>
  /**
   * Frees what deleted parts and failed attempts still take, where deleting alone does not; to be called now and then. Left for
   * another time while parts are read or written, and given up for whoever wants to. @throws what its tool fails with
   */
  tidy(signal: AbortSignal): Promise<void>
}

export interface PutOptions {
  readonly signal: AbortSignal
  /** Told which part it is before the part can be found. */
  readonly onNamed?: ((part: StoredPart) => void) | undefined
  /** What it has in common with other parts is to be kept once, where the place can: for content that is
   * neither compressed nor empty. */
  readonly deduplicate?: boolean | undefined
}
