import type { ServiceKit } from '../port.ts'

/** As the socket of its maintenance is called. */
export const SOCKET = 'data/redis.sock'

/** The server's password comes in the configuration, on stdin; its programs get it as REDISCLI_AUTH. */
export const REDIS_KIT: ServiceKit = {
  files: {
    'bin/count': `#!/bin/sh
set -eu
keys=$("$CLI" -e -s ${SOCKET} info keyspace)
printf '%s\\n' "$keys" | tr -d '\\r' | awk -F '[:=,]' '/^db[0-9]/ && $3 > $5 { print $1 "\\t" $3 - $5 }'
`,
    'bin/ready': `#!/bin/sh
[ "$("$CLI" -s ${SOCKET} ping)" = PONG ]
`,
    'bin/restore': `#!/bin/sh
set -eu
umask 077
new=data/restored
rm -rf "$new" && mkdir "$new"
cat >"$new/appendonly.aof.1.base.rdb"
"$CHECK" "$new/appendonly.aof.1.base.rdb" >&2 || { echo "it is no RDB file, or not a whole one" >&2; exit 65; }
echo 'file appendonly.aof.1.base.rdb seq 1 type b' >"$new/appendonly.aof.manifest"
sync
rm -rf data/replaced
[ ! -e data/appendonlydir ] || mv data/appendonlydir data/replaced
mv "$new" data/appendonlydir
rm -rf data/replaced
`,
    'bin/start': `#!/bin/sh
set -eu
umask 077
# a restore was interrupted between its two renames
if [ -e data/replaced ] && [ ! -e data/appendonlydir ]; then mv data/replaced data/appendonlydir; fi
exec "$SERVER" - <<END
$CONFIGURATION
END
`,
  },
}
