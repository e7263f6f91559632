import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { phpFpm } from '../../../../../src/lib/config/platformsh/php-fpm.ts'

test('the start command writes the pool for the socket and runs php-fpm in the foreground', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aloft-php-fpm-'))
  try {
    await writeFile(join(directory, 'php-fpm'), '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    await chmod(join(directory, 'php-fpm'), 0o755)
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', phpFpm({ memory_limit: '2G', note: '$HOME `id` "x"\n' })],
      {
        env: { PATH: `${directory}:/usr/bin:/bin`, SOCKET: '/run/app.sock', TMPDIR: directory },
      },
    )
    expect(stdout).toBe(`--nodaemonize\n--force-stderr\n--fpm-config\n${directory}/php-fpm.conf\n`)
    const settings = await readFile(join(directory, 'php-fpm.conf'), 'utf8')
    expect(settings).toContain('listen=/run/app.sock\n')
    expect(settings).toContain('php_value[memory_limit]="2G"\n')
    expect(settings).toContain('php_value[note]="$HOME `id`  x  "\n')
  } finally {
    await rm(directory, { force: true, recursive: true })
  }
})
