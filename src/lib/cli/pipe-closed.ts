/** The reader of our output has gone (`| head`): not an error, the end. */
export class PipeClosed extends Error {
  readonly pipeClosed = true
}

/** By shape: `instanceof` fails where two copies of a module are loaded. */
export function isPipeClosed(error: unknown): boolean {
  return error instanceof Error && 'pipeClosed' in error
}
