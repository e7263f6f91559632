/** The cursor of a record; also its place in the order of its source. Sequence numbers begin at 1. */
export function formatCursor(source: string, sequence: number): string {
  return `${source}.${sequence}`
}
