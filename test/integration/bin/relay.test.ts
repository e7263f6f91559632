import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as pty from '@lydell/node-pty'
import { expect, test } from 'vitest'

const module = new URL('../../../bin/relay.js', import.meta.url).href

function relaySource(script: string): string {
  const args = JSON.stringify(['-e', script, 'an argument'])
  return `import { relay } from ${JSON.stringify(module)}; relay(process.execPath, ${args})`
}

/** A parent that relays to a child which runs `script`. */
function relayTo(script: string) {
  return spawn(process.execPath, ['--input-type=module', '-e', relaySource(script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

test('the exit code of the child is the exit code of the parent', async () => {
  const [code] = await once(relayTo('process.exit(7)'), 'exit')
  expect(code).toBe(7)
})

test('standard streams and arguments go through untouched', async () => {
  const parent = relayTo('process.stdin.pipe(process.stdout); process.stdout.write(process.argv[1] + ":")')
  parent.stdin.end('bytes')
  expect(await text(parent.stdout)).toBe('an argument:bytes')
})

test('a child killed by a signal gives 128 and the number of the signal', async () => {
  const [code] = await once(relayTo('process.kill(process.pid, "SIGKILL")'), 'exit')
  expect(code).toBe(137)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s reaches the child, which decides the exit code; the parent ends after it', async (signal, expected) => {
  const parent = relayTo(`
    process.once('${signal}', () => setTimeout(() => { console.log('cleaned up'); process.exit(${expected}) }, 100))
    setInterval(() => {}, 1000)
    console.log('ready')
  `)
  await once(parent.stdout, 'data')
  parent.kill(signal)
  const rest = text(parent.stdout)
  const [code] = await once(parent, 'exit')
  expect(code).toBe(expected)
  expect(await rest).toBe('cleaned up\n')
})

test('a child without a handler for the signal gives 128 and its number', async () => {
  const parent = relayTo('setInterval(() => {}, 1000); console.log("ready")')
  await once(parent.stdout, 'data')
  parent.kill('SIGTERM')
  const [code] = await once(parent, 'exit')
  expect(code).toBe(143)
})

test('Ctrl-C on a terminal reaches the child once, not twice', async () => {
  const script = `
    let count = 0
    process.on('SIGINT', () => { count += 1; setTimeout(() => { console.log('interrupts: ' + count); process.exit(130) }, 200) })
    setInterval(() => {}, 1000)
    console.log('ready')
  `
  const terminal = pty.spawn(process.execPath, ['--input-type=module', '-e', relaySource(script)], {})
  const exited = new Promise<number>(resolve => terminal.onExit(({ exitCode }) => resolve(exitCode)))
  let output = ''
  terminal.onData(data => {
    output += data
    if (data.includes('ready')) terminal.write('\x03')
  })
  expect(await exited).toBe(130)
  expect(output).toContain('interrupts: 1')
})

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
