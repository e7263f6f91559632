/**
 * Shell functions for kits with a template of a data directory: `take_template` puts a copy of it at `data/server` at the
 * first start, whole or not at all.
 */
export const DATA_DIRECTORY = `take_template() {
  if [ -e data/server ]; then return; fi
  if [ -e data/new ]; then chmod -R u+w data/new; rm -rf data/new; fi
  cp -R template data/new
  chmod -R u+w data/new
  sync -f data/new 2>/dev/null || sync
  mv data/new data/server
}

needs() {
  command -v "$1" >/dev/null && return
  echo "$1 is needed and is not installed: $2" >&2
  exit 69
}
`
