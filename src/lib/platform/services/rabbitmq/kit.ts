import type { ServiceKit } from '../port.ts'
import { KINDS } from './definitions.ts'
import { LOOPBACK_EPMD } from './loopback-epmd.ts'

/** How many of each kind, `<kind>\t<number>` a line. */
const COUNT = `All = rabbit_definitions:all_definitions(),
  [io:format("~s\\t~b~n", [Kind, length(maps:get(Kind, All, []))]) || Kind <- [${KINDS.join(', ')}]], ok.`

/** For the server and for rabbitmqctl: Debian's wrappers of both insist on a user of their own and are passed by. */
const LIBRARY = `set -eu
umask 077
export HOME="$PWD/data/home"
export RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_DIST_PORT="$DIST_PORT"
export RABBITMQ_NODE_IP_ADDRESS="$DIST_HOST" RABBITMQ_NODE_PORT="$LISTEN_PORT"
export RABBITMQ_BASE="$PWD/data" RABBITMQ_MNESIA_BASE="$PWD/data/mnesia" RABBITMQ_LOG_BASE="$TMPDIR" RABBITMQ_LOGS=-
export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$TMPDIR/rabbitmq.conf" RABBITMQ_PID_FILE="$TMPDIR/pid"
export RABBITMQ_ENABLED_PLUGINS_FILE="$TMPDIR/plugins"
export ERL_FLAGS="-start_epmd false -epmd_module loopback_epmd -pa $PWD/epmd" RABBITMQ_CTL_ERL_ARGS='-dist_listen false'
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-erl_epmd_port $DIST_PORT -kernel inet_dist_use_interface $DIST_TUPLE"

count() {
  rabbitmqctl --quiet eval '${COUNT}'
}
`

/** Definitions are imported in the order of their names: those restored once, then the service's own, each time. */
const START = `#!/bin/sh
. ./library.sh
mkdir -p data/home data/import
rm -f data/counts data/home/.erlang.cookie
printf '%s' "$COOKIE" >data/home/.erlang.cookie
chmod 400 data/home/.erlang.cookie
printf '%s' "$DEFINITIONS" >data/import/2-own.json
echo '[].' >"$TMPDIR/plugins"
cat >"$TMPDIR/rabbitmq.conf" <<END
load_definitions = $PWD/data/import
log.console = true
log.console.level = warning
vm_memory_high_watermark.absolute = $MEMORY_MB
END

# once it runs: what was restored is in it; a copy that nothing can reach tells by itself what it has
complete() {
  rabbitmqctl --quiet wait --timeout 600 "$RABBITMQ_PID_FILE" >/dev/null || return
  rm -f data/import/1-restored.json
  [ "$IS_CUT_OFF" = no ] || { count >data/counts.new && mv data/counts.new data/counts; }
}
if [ "$IS_CUT_OFF" = yes ] || [ -e data/import/1-restored.json ]; then complete & fi
# the server itself takes the signals, as under systemd: the shell around it would tell it a second time
export RUNNING_UNDER_SYSTEMD=yes
exec rabbitmq-server
`

export const RABBITMQ_KIT: ServiceKit = {
  build: 'erlc -o epmd epmd/loopback_epmd.erl',
  files: {
    'bin/count': `#!/bin/sh
. ./library.sh
if [ "$IS_CUT_OFF" = yes ]; then cat data/counts; else count; fi
`,
    'bin/dump': `#!/bin/sh
. ./library.sh
exec rabbitmqctl --quiet export_definitions -
`,
    'bin/restore': `#!/bin/sh
. ./library.sh
mkdir -p data/import
cat >data/restored
if [ "$(head -c 1 data/restored)$(tail -c 1 data/restored)" != '{}' ] || ! grep -q '"vhosts"' data/restored; then
  echo "these are no definitions of RabbitMQ, or not all of them" >&2
  exit 65
fi
sync
mv data/restored data/import/1-restored.json
rm -rf data/mnesia
`,
    'bin/start': START,
    'epmd/loopback_epmd.erl': LOOPBACK_EPMD,
    'library.sh': LIBRARY,
  },
}
