/** Where the shell finds php-fpm: the generic name, else the distribution's versioned one. */
const FIND = 'fpm=$(command -v php-fpm || ls /usr/sbin/php-fpm* 2>/dev/null | sort -V | tail -n 1)'

const SETTINGS = [
  '[global]',
  // opened in any case, but with --force-stderr nothing is written to it
  'error_log=$TMPDIR/php-fpm.log',
  'daemonize=no',
  '[www]',
  'listen=$SOCKET',
  'pm=ondemand',
  'pm.max_children=10',
  'clear_env=no',
  'catch_workers_output=yes',
  'decorate_workers_output=no',
]

/** Shell lines that serve the application by php-fpm on the socket `SOCKET`, with these ini settings. */
export function phpFpm(settings: Readonly<Record<string, string>>): string {
  const values = Object.entries(settings).map(([name, value]) => `php_value[${name}]="${escaped(value)}"`)
  return [
    FIND,
    '[ -n "$fpm" ] || { echo "php-fpm is not installed" >&2; exit 127; }',
    'cat > "$TMPDIR/php-fpm.conf" <<SETTINGS',
    ...SETTINGS,
    ...values,
    'SETTINGS',
    'exec "$fpm" --nodaemonize --force-stderr --fpm-config "$TMPDIR/php-fpm.conf"',
  ].join('\n')
}

/** For a here-document that the shell expands, and for one line of an ini file. */
function escaped(value: string): string {
  return value.replaceAll(/[\r\n"]/g, ' ').replaceAll(/[\\$`]/g, String.raw`\$&`)
}
