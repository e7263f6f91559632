/** First and last sequence number that a line stands for: equal for a record, the missing range for a gap. */
export interface LineSequences {
  readonly first: number
  readonly last: number
}

const RECORD = '{"type":"log","cursor":"'
const GAP = '{"type":"gap","source":"'

/** The numbers of one line (without its newline), undefined when it is none of ours. */
export function lineSequences(line: string): LineSequences | undefined {
  if (line.startsWith(RECORD)) {
    const end = line.indexOf('"', RECORD.length)
    const sequence = readNumber(line, line.lastIndexOf('.', end) + 1, end)
    // A line cut in the middle by a lost sector does not end like a record.
    return sequence === undefined || !line.endsWith('"}') ? undefined : { first: sequence, last: sequence }
  }
  return line.startsWith(GAP) ? gapSequences(line) : undefined
}

function gapSequences(line: string): LineSequences | undefined {
  const found = /","from":(\d+),"to":(\d+),"dropped":\d+,"reason":"[a-z]+"\}$/.exec(line)
  return found === null ? undefined : { first: Number(found[1]), last: Number(found[2]) }
}

function readNumber(text: string, start: number, end: number): number | undefined {
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return end > start ? value : undefined
}
