import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('../../../helpers/cli/aloft-with-fakes.ts', import.meta.url))
const at = '-p shop -e main'

/** A line for the shell, in which `aloft` is the program with its real streams. */
async function shell(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = `aloft() { "${process.execPath}" "${script}" "$@"; }`
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = spawn('bash', ['-o', 'pipefail', '-c', `${program}; ${line}`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += chunk))
  child.stderr.on('data', chunk => (stderr += chunk))
  await once(child, 'close')
  return { code: child.exitCode, stderr, stdout }
}

describe('a full disk under stdout', () => {
  beforeEach(context => context.skip(!existsSync('/dev/full'), 'no /dev/full'))

  it.each(['--help', 'projects', 'projects --json', `exec ${at} -- cat`])(
    'ends `aloft %s` with one clear error, without a stack',
    async command => {
      const { code, stderr } = await shell(`aloft ${command} > /dev/full`)

      expect(code).toBe(command.startsWith('exec') ? 255 : 1)
      expect(stderr.match(/could not be written: .*ENOSPC/g)).toHaveLength(1)
      expect(stderr).toContain('internal.output')
      expect(stderr).not.toMatch(/^\s+at /m)
    },
  )

  it('leaves the error of the command its exit code', async () => {
    const { code, stderr } = await shell('aloft projects show none --json > /dev/full')

    expect(code).toBe(5)
    expect(stderr).toContain('not-found.project')
  })

  it('does not keep a deploy from its end when only the conversation cannot be written', async () => {
    const { code, stdout } = await shell(`aloft deploy ${at} 2> /dev/full`)

    expect(code).toBe(0)
    expect(stdout).toBe('http://main-shop.localhost:8080\n')
  })
})

describe('a closed stdout', () => {
  it.each(['--version', 'projects --json', `deploy ${at}`])('is no failure of `aloft %s`', async command => {
    const { code, stderr } = await shell(`aloft ${command} >&-`)

    expect(code).toBe(0)
    expect(stderr).not.toContain('Error')
  })

  it.each(['--help', 'projects --json', `deploy ${at}`])(
    'is quiet when the reader of `aloft %s` has gone',
    async command => {
      const { code, stderr } = await shell(`aloft ${command} | true`)

      expect(code).toBe(0)
      expect(stderr).not.toContain('Error')
    },
  )
})
