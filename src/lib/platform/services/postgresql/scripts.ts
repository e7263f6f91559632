import { SHELL_FUNCTIONS } from '../shell-functions.ts'
import { LOCK_WAIT_S } from '../sql.ts'

/*
 * The programs of a PostgreSQL kit, for the POSIX shell: small, and there wherever the server runs. Run in the kit's
 * directory with the volume at `data`. The superuser `postgres` is reached through the volume's Unix socket alone.
 */

/** Who may come in how (postgresql.org, "The pg_hba.conf File"). The directory of the socket is its user's alone. */
export const HBA = `local all postgres trust
host all postgres all reject
local all all scram-sha-256
host all all all scram-sha-256
`

/** The maintenance socket by a short path: it may have 107 bytes. */
export const LIBRARY = `set -eu
umask 077
${SHELL_FUNCTIONS}
if [ -d /proc/self/cwd ]; then socket=/proc/self/cwd/data/run; else socket="$PWD/data/run"; fi

CLIENT='apt-get install postgresql-client (of the major version of the server or a newer one)'

# for the server alone: programs of the system have others of the same names
use_libraries() {
  if [ -d lib ]; then export LD_LIBRARY_PATH="$PWD/lib"; fi
}

# initdb and single-user mode want a name for the number of their user
with_name() {
  if id -un >/dev/null 2>&1; then "$@"; else unshare --user --map-user=65534 "$@"; fi
}

maintenance() {
  unset PGPASSWORD
  export PGHOST="$socket" PGUSER=postgres PGDATABASE=postgres PGOPTIONS='-c client_min_messages=warning'
}

of_own_version() {
  made=$(cat data/server/PG_VERSION)
  this=$(cat made-by)
  [ "$made" = "$this" ] && return
  echo "the data was made by PostgreSQL $made, which PostgreSQL $this cannot use: install PostgreSQL $made again; to move on, back up with it and restore into a new service" >&2
  exit 78
}

# Statements on stdin, in the database named; the first error ends it.
by_psql() {
  psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --dbname="$1"
}

# Prints one row a line, its columns separated by tabs.
rows() {
  psql --no-psqlrc --quiet --tuples-only --no-align --field-separator="$(printf '\\t')" --set=ON_ERROR_STOP=1 "$@"
}

# Roles, databases and rights, by the two commands given: how to run statements, how to make a database.
setup() {
  printf '%s\\n' "$SETUP_CLUSTER" | "$1" postgres
  number=0
  for database in $SETUP_DATABASES; do
    number=$((number + 1))
    "$2" "$database"
    eval "lines=\\$SETUP_$number"
    printf '%s\\n' "$lines" | "$1" "$database"
  done
}

OF_APPLICATIONS="FROM pg_database WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres'"

# one a line; into a variable first: a loop over what fails is one over nothing, and goes on
databases() {
  rows --command="SELECT datname $OF_APPLICATIONS ORDER BY datname <> '\${SETUP_DATABASES%% *}', datname"
}

# so that words are lines, whatever is in them
by_line() {
  set -f
  IFS='
'
}
`

export const BUILD = `set -eu
server=$(dirname "$(command -v postgres)")
# npm packages carry no links: names without the last number are made here
for file in "$server"/../lib/libpq.so.*.*; do
  [ ! -e "$file" ] || [ -e "\${file%.*}" ] || mkdir -p lib
done
if [ -d lib ]; then
  for file in "$server"/../lib/lib*.so.*; do
    name=\${file##*/}
    ln -sf "$file" "lib/$name"
    ln -sf "$file" "lib/\${name%.*}"
  done
fi
. ./library.sh
not_as_root
use_libraries
make() {
  with_name initdb --pgdata=template --username=postgres --auth=trust --encoding=UTF8 --locale="$1" --data-checksums --no-sync >/dev/null
}
make C.UTF-8 || { rm -rf template; make C; }
cp template/PG_VERSION made-by
keep_template
`

export const START = `#!/bin/sh
. ./library.sh
use_libraries
unset PGPASSWORD

take_template
mkdir -p data/run
# after a restart of the machine another process may have the number of a server that could not remove it
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.boottime)
if [ "$(cat data/run/boot 2>/dev/null || true)" != "$boot" ]; then
  rm -f data/server/postmaster.pid data/run/.s.PGSQL.*
  echo "$boot" >data/run/boot
fi
of_own_version

by_single_user() {
  with_name postgres --single -D data/server -c exit_on_error=on -c log_checkpoints=off "$1" >/dev/null
}
# fails when it is there: then what follows finds it
create_by_single_user() {
  echo "CREATE DATABASE \\"$1\\";" |
    with_name postgres --single -D data/server -c log_min_messages=panic postgres >/dev/null
}
if [ "$(cat data/setup 2>/dev/null || true)" != "$SETUP_ID" ]; then
  setup by_single_user create_by_single_user
  echo "$SETUP_ID" >data/setup.new
  mv data/setup.new data/setup
fi

postgres -D data/server -c listen_addresses="$LISTEN_ADDRESSES" -c port="$PGPORT" \\
  -c unix_socket_directories=../run -c unix_socket_permissions=0700 -c hba_file="$PWD/pg_hba.conf" \\
  -c password_encryption=scram-sha-256 -c shared_buffers=64MB -c log_checkpoints=off -c log_line_prefix='%q%u@%d ' &
server=$!
# SIGTERM would wait for the clients to leave
trap 'kill -INT "$server" 2>/dev/null' TERM INT
code=0
wait "$server" || code=$?
while kill -0 "$server" 2>/dev/null; do
  code=0
  wait "$server" || code=$?
done
exit "$code"
`

/** Debian's pg_isready may stand for a client that is not installed, and fails then for ever. */
export const READY = `#!/bin/sh
. ./library.sh
maintenance
program=$(command -v pg_isready || true)
case $(readlink "$program" || true) in */pg_wrapper) program= ;; esac
if [ -n "$program" ]; then exec "$program" --quiet; fi
[ "$(sed -n '8s/ *$//p' data/server/postmaster.pid)" = ready ]
`

/** What the server says of itself; in single-user mode, by which it is set up, it has a negative number and says nothing. */
export const RECOVERING = `#!/bin/sh
file=data/server/postmaster.pid
case $(head -n 1 "$file") in -*) exit 0 ;; esac
case $(sed -n '8s/ *$//p' "$file") in starting | standby) ;; *) exit 1 ;; esac
`

export const DUMP = `#!/bin/sh
. ./library.sh
maintenance
of_own_version
needs pg_dump "$CLIENT"
needs psql "$CLIENT"
rows --command="SELECT format('DO \\$x\\$ BEGIN CREATE ROLE %I; EXCEPTION WHEN duplicate_object THEN NULL; END \\$x\\$;', rolname)
  FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres' ORDER BY rolname"
list=$(databases)
by_line
isFirst=yes
for database in $list; do
  if [ $isFirst = no ]; then
    printf '\\n%s\\n' "SELECT 'CREATE DATABASE \\"$database\\"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$database')\\\\gexec"
    printf '%s\\n\\n' "\\\\connect \\"$database\\""
  fi
  isFirst=no
  # pg_dump leaves out what was made in single-user mode: it has numbers like what initdb makes
  rows --dbname="$database" --command="SELECT format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I;', extname, nspname)
    FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace
    WHERE e.oid < 16384 AND extname <> 'plpgsql' ORDER BY e.oid"
  in_large_pieces pg_dump --no-password --encoding=UTF8 --lock-wait-timeout=${LOCK_WAIT_S}s --dbname="$database"
done
`

/** What a dump gives to nobody, or to a superuser of another server, belongs to the owner of its database. */
const GIVE_TO_OWNERS = `for database in $SETUP_DATABASES; do
  psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --dbname="$database" <<'END'
SELECT format('ALTER %s %s OWNER TO %I', kind, name, pg_get_userbyid(datdba)) FROM pg_database, (
  SELECT 'pg_namespace'::regclass AS class, oid, 'SCHEMA' AS kind, quote_ident(nspname) AS name, nspowner AS owner,
    oid AS schema FROM pg_namespace
  UNION ALL SELECT 'pg_class'::regclass, oid, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
    WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, oid::regclass::text,
    relowner, relnamespace FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
  UNION ALL SELECT 'pg_proc'::regclass, oid, 'ROUTINE', oid::regprocedure::text, proowner, pronamespace FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, 'TYPE', oid::regtype::text, typowner, typnamespace FROM pg_type
    WHERE typtype IN ('d', 'e', 'r')
  UNION ALL SELECT 'pg_largeobject_metadata'::regclass, oid, 'LARGE OBJECT', oid::text, lomowner, NULL
    FROM pg_largeobject_metadata
) object
WHERE datname = current_database() AND owner = 'postgres'::regrole
  AND (schema IS NULL OR schema IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'))
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = class AND d.objid = object.oid AND d.deptype IN ('e', 'a', 'i')
    AND (d.deptype = 'e' OR kind = 'SEQUENCE')) \\gexec
END
done
`

export const RESTORE = `#!/bin/sh
. ./library.sh
maintenance
needs psql "$CLIENT"
create_by_psql() {
  echo "SELECT 'CREATE DATABASE \\"$1\\"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$1')\\\\gexec" | by_psql postgres
}
echo "SELECT format('DROP DATABASE %I WITH (FORCE)', datname) $OF_APPLICATIONS \\\\gexec" | by_psql postgres
setup by_psql create_by_psql
# made durable at the end, all at once
PGOPTIONS="$PGOPTIONS -c synchronous_commit=off" by_psql "\${SETUP_DATABASES%% *}"
${GIVE_TO_OWNERS}setup by_psql create_by_psql
rows --command="SELECT format('GRANT %I TO %I;', r.rolname, '$SERVICE_USER') FROM pg_roles r
  WHERE NOT r.rolcanlogin AND r.rolname !~ '^pg_' AND r.rolname <> ALL (string_to_array('$SETUP_OWNERS', ' '))
  AND NOT pg_has_role('$SERVICE_USER', r.oid, 'member')" | by_psql postgres
databases | warn_of_others "$SETUP_DATABASES"
echo CHECKPOINT | by_psql postgres
`

/** The same tables and names as in a dump; what extensions keep counts where they say that it is to be dumped. */
export const COUNT = `#!/bin/sh
. ./library.sh
maintenance
needs psql "$CLIENT"
list=$(databases)
by_line
isFirst=yes
for database in $list; do
  if [ $isFirst = yes ]; then prefix=; else prefix="$database."; fi
  isFirst=no
  rows --dbname="$database" <<END
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT format('SELECT %L, count(*) FROM ONLY %s %s', '$prefix' || name, name, condition) FROM (
  SELECT format('%I.%I', n.nspname, c.relname) AS name, e.condition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  LEFT JOIN (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension) e ON e.oid = c.oid
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND (d.objid IS NULL OR e.oid IS NOT NULL)
) tables ORDER BY name \\\\gexec
COMMIT;
END
done
`
