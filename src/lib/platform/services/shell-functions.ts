/** Shell functions of the kits of databases. */
export const SHELL_FUNCTIONS = `# Packs the template of a data directory into a single file: a thousand are slow to make durable.
keep_template() {
  tar -cf template.tar -C template .
  rm -rf template
}

# Unpacks it as data/server at the first start, whole or not at all.
take_template() {
  if [ -e data/server ]; then return; fi
  rm -rf data/new
  mkdir data/new
  tar -xf template.tar -C data/new
  sync -f data/new 2>/dev/null || sync
  mv data/new data/server
}

# Servers refuse root, each in words of its own.
not_as_root() {
  [ "$(id -u)" = 0 ] || return 0
  echo "no database runs as root, and nothing here can give it another user: apt-get install bubblewrap util-linux" >&2
  exit 77
}

# Databases on stdin, a line each; those that are not among the words given are told of.
warn_of_others() {
  while read -r name; do
    case " $1 " in
      *" $name "*) ;;
      *) echo "warning: the dump has the database $name, which no user of this service reaches: add it to the configuration, restore again" >&2 ;;
    esac
  done
}

# Dumps are written by 4 KB, each of which wakes whoever reads them: half as fast again with two cores.
in_large_pieces() {
  if command -v stdbuf >/dev/null; then stdbuf --output=256K "$@"; else "$@"; fi
}

needs() {
  command -v "$1" >/dev/null && return
  echo "$1 is needed and is not installed: $2" >&2
  exit 69
}
`
