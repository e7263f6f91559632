import type { RowCounter, ServiceType } from '../../src/lib/platform/services/port.ts'
import { toyService } from './toy-service.ts'

/** A toy service whose words can be dumped, restored and counted, each of them a row. */
export const toyDatabase: ServiceType = {
  ...toyService,
  launch(place) {
    const launch = toyService.launch?.(place)
    if (!launch) throw new TypeError('the toy has a process')
    // what probes it from outside does not reach one that is cut off
    return place.isCutOff ? { ...launch, probes: {} } : launch
  },
  backup: { description: 'all words', kind: 'database' },
  data: {
    accepts: (dumped, { version }) =>
      Number(dumped) <= Number(version)
        ? { ok: true }
        : { ok: false, reason: `it is of Toy ${dumped}, here is ${version}` },
    countCommand: () => ({ command: "printf 'words\\t'; cat data/words 2>/dev/null | wc -l", variables: {} }),
    counter: lineCounter,
    dump: 'toy-words',
    dumpCommand: () => ({ command: '[ ! -e data/words ] || cat data/words', variables: {} }),
    extension: 'txt',
    // words that end a restore: how a tool fails in the middle
    restoreCommand: () => ({
      command: "cat > data/words; if grep -q '^poison$' data/words; then echo 'a word is poison' >&2; exit 4; fi",
      variables: {},
    }),
  },
}

function lineCounter(): RowCounter {
  let lines = 0
  return {
    result: () => ({ words: lines }),
    write: chunk => {
      for (const byte of chunk) if (byte === 10) lines++
    },
  }
}
