import { SHELL_FUNCTIONS } from '../shell-functions.ts'
import { LOCK_WAIT_S } from '../sql.ts'

/*
 * The programs of a MariaDB kit, for the POSIX shell. Run in the kit's directory with the volume at `data`. The superuser
 * `root` is reached through the volume's Unix socket alone.
 */

/** For the template and for every start: InnoDB refuses files that were made with other settings. */
export const SETTINGS = `[mariadbd]
character-set-server = utf8mb4
innodb-buffer-pool-size = 64M
innodb-log-file-size = 32M
innodb-use-native-aio = 0
local-infile = 0
max-allowed-packet = 256M
skip-name-resolve
`

export const LIBRARY = `set -eu
umask 077
${SHELL_FUNCTIONS}
CLIENT='apt-get install mariadb-client'

server() {
  mariadbd --defaults-file="$PWD/server.cnf" "$@"
}

# Statements on stdin; prints the rows, columns separated by tabs. The first error ends it.
client() {
  mariadb --no-defaults --socket=data/run/server.sock --user=root --default-character-set=utf8mb4 \\
    --max-allowed-packet=256M --batch --raw --skip-column-names "$@"
}

# Of applications, the default one first: what the expression says of each, a line each.
databases() {
  client --execute="SELECT $1 FROM information_schema.schemata
    WHERE schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
    ORDER BY schema_name <> '$DEFAULT_DATABASE', schema_name"
}

# Of applications: what the expression says of each, a line each.
tables() {
  client --init-command='SET lock_wait_timeout = ${LOCK_WAIT_S}' <<END
SELECT $1 FROM (
  SELECT *, CONCAT('\\\`', table_schema, '\\\`.\\\`', REPLACE(table_name, '\\\`', '\\\`\\\`'), '\\\`') AS name
  FROM information_schema.tables
) named, (
  SELECT COUNT(*) > 1 AS several FROM information_schema.schemata
  WHERE schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
) counted
WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
  AND table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
ORDER BY table_schema, table_name;
END
}

# Whether dumps have what versioned tables had before: mariadb-dump of 10.11 or newer, and refuses that of transactions.
with_history() {
  mariadb-dump --no-defaults --help | grep -q dump-history || return
  [ "$(client --execute="SELECT COUNT(*) FROM information_schema.columns
    WHERE generation_expression = 'ROW START' AND data_type = 'bigint'")" = 0 ]
}
`

/** Nobody may come in over the network but those that `SETUP` makes. */
export const BUILD = `. ./library.sh
not_as_root
mariadb-install-db --defaults-file="$PWD/server.cnf" --datadir="$PWD/template" \\
  --auth-root-authentication-method=normal --skip-test-db >log 2>&1 || { cat log >&2; exit 1; }
echo "DELETE FROM mysql.global_priv WHERE Host <> 'localhost' OR User = '';" |
  server --bootstrap --datadir="$PWD/template" >log 2>&1 || { cat log >&2; exit 1; }
rm log
mariadbd --version | sed 's/.*Ver \\([0-9]*\\.[0-9]*\\).*/\\1/' >made-by
cp made-by template
keep_template
`

export const START = `#!/bin/sh
. ./library.sh
take_template
mkdir -p data/run
rm -f data/run/server.sock
made=$(cat data/server/made-by)
this=$(cat made-by)
if [ "$(printf '%s\\n' "$made" "$this" | sort -V | tail -n 1)" != "$this" ]; then
  echo "the data was made by MariaDB $made and this is the older $this: install MariaDB $made, or restore a backup into a new service" >&2
  exit 78
fi
cp made-by data/server/made-by
printf '%s\\n' "$SETUP" >data/run/setup.sql
if [ -n "$LISTEN_ADDRESS" ]; then network="--bind-address=$LISTEN_ADDRESS"; else network=--skip-networking; fi
exec mariadbd --defaults-file="$PWD/server.cnf" --datadir="$PWD/data/server" --socket=../run/server.sock \\
  --pid-file="$PWD/data/run/server.pid" --init-file="$PWD/data/run/setup.sql" --port="$LISTEN_PORT" "$network"
`

/** The client may not be installed; the socket is made after recovery, and whoever connects before all is done waits. */
export const READY = `#!/bin/sh
if command -v mariadb-admin >/dev/null; then
  exec mariadb-admin --no-defaults --socket=data/run/server.sock --user=root --silent ping
fi
[ -S data/run/server.sock ]
`

/** It says nothing of it: its socket is made after InnoDB's recovery, and nothing else takes long before. */
export const RECOVERING = `#!/bin/sh
[ -e data/run/setup.sql ] && [ ! -S data/run/server.sock ]
`

/** One process, so that all databases are of one moment. A single one can be put into one of any name. */
export const DUMP = `#!/bin/sh
. ./library.sh
needs mariadb-dump "$CLIENT"
list=$(databases schema_name)
# words are lines from here on
set -f
IFS='
'
case $list in
  *"$IFS"*) several=--databases ;;
  *) several= ;;
esac
if with_history; then history=--dump-history; else history=; fi
# mariadb-dump itself cannot be told how long it may wait
tables "CONCAT('SELECT 1 FROM ', name, ' LIMIT 0;')" | client --init-command='SET lock_wait_timeout = ${LOCK_WAIT_S}'
in_large_pieces mariadb-dump --no-defaults --socket=data/run/server.sock --user=root --default-character-set=utf8mb4 \\
  --max-allowed-packet=256M --single-transaction --quick --routines --triggers --events --hex-blob --skip-dump-date \\
  $history $several -- $list
`

export const RESTORE = `#!/bin/sh
. ./library.sh
needs mariadb "$CLIENT"
# those that have a transaction open would not let their databases go
client --execute="SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist
  WHERE id <> CONNECTION_ID() AND user NOT IN ('event_scheduler', 'system user')" | client --force 2>/dev/null
drops=$(databases "CONCAT('DROP DATABASE \\\`', REPLACE(schema_name, '\\\`', '\\\`\\\`'), '\\\`;')")
# tables of one may refer to those of another
{ echo 'SET foreign_key_checks = 0;'; printf '%s\\n' "$drops"; } | client
printf '%s\\n' "$SETUP" | client
client --binary-mode --database="$DEFAULT_DATABASE" >/dev/null
databases schema_name | warn_of_others "$DATABASES"
`

/** The same tables and names as in a dump. */
export const COUNT = `#!/bin/sh
. ./library.sh
needs mariadb "$CLIENT"
if with_history; then history=' FOR SYSTEM_TIME ALL'; else history=; fi
statements=$(tables "CONCAT('SELECT ', QUOTE(CONCAT(IF(several, CONCAT(table_schema, '.'), ''), table_name)),
  ', COUNT(*) FROM ', name, IF(table_type = 'SYSTEM VERSIONED', '$history', ''), ';')")
{ echo 'START TRANSACTION WITH CONSISTENT SNAPSHOT;'; printf '%s\\n' "$statements"; } | client
`
