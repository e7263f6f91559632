import type { ServiceKit } from '../port.ts'

/** The database of Groonga is opened by several processes at a time: what dumps and counts needs no server. */
const LIBRARY = `set -eu
umask 077
db=data/groonga/db
log="$TMPDIR/groonga.log"

# Makes an empty database in a directory of that name, whole or not at all.
create() {
  rm -rf "$1.new" && mkdir "$1.new"
  groonga --log-path "$log" -n "$1.new/db" status >/dev/null
}

# Its lines go through as they are; what it refuses ends it.
load() {
  groonga --log-path "$log" "$1" | {
    refused=$(grep -m 1 '^\\[\\[-' || true)
    cat >/dev/null
    [ -z "$refused" ] || { echo "$refused" >&2; exit 65; }
  }
}

dump() {
  groonga --log-path "$log" "$db" dump
}
`

/** Rows of each \`load\`, whose header is the first line of it. */
const COUNT = `/^load --table / { table = $3; lines = -1; next }
table != "" && /^\\[./ { lines++; next }
table != "" && /^\\]/ { rows[table] += lines; table = "" }
END { for (name in rows) print name "\\t" rows[name] }`

export const GROONGA_KIT: ServiceKit = {
  files: {
    'bin/count': `#!/bin/sh
. ./library.sh
dump >"$TMPDIR/dump"
awk '${COUNT}' "$TMPDIR/dump"
`,
    'bin/dump': `#!/bin/sh
. ./library.sh
dump
`,
    'bin/ready': `#!/bin/sh
. ./library.sh
exec groonga --log-path "$log" "$db" status >/dev/null
`,
    'bin/restore': `#!/bin/sh
. ./library.sh
create data/restored
load data/restored.new/db
sync
rm -rf data/replaced
[ ! -e data/groonga ] || mv data/groonga data/replaced
mv data/restored.new data/groonga
rm -rf data/replaced
`,
    'bin/start': `#!/bin/sh
. ./library.sh
# a restore was interrupted between its two renames
if [ -e data/replaced ] && [ ! -e data/groonga ]; then mv data/replaced data/groonga; fi
if [ ! -e "$db" ]; then
  create data/groonga
  mv data/groonga.new data/groonga
fi
# it was killed: locks and indexes are put right
grndb check --log-path "$log" "$db" >&2 || grndb recover --log-path "$log" "$db"
exec groonga -s --protocol http --bind-address "$LISTEN_HOST" -p "$LISTEN_PORT" --log-path - "$db"
`,
    'library.sh': LIBRARY,
  },
}
