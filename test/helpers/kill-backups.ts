import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { createId } from '../../src/lib/core/ids.ts'
import type { BackupStorage } from '../../src/lib/core/model.ts'
import { killTree } from '../../src/lib/platform/engine/process/process-tree.ts'
import { BackupPlatform, type TestEnvironment } from './backup-platform.ts'
import type { ProgramRequest } from './backup-program.ts'
import { type Dying, resticProcesses, writeDeadlyRestic } from './restic.ts'
import { sayToToy } from './toy-service.ts'

const PROGRAM = fileURLToPath(new URL('./backup-program.ts', import.meta.url))
const report = z.object({
  error: z.optional(z.string()),
  files: z.record(z.string(), z.string()),
  problems: z.array(z.string()),
  result: z.optional(z.string()),
  state: z.optional(z.string()),
  words: z.array(z.string()),
})
type Report = z.infer<typeof report>
interface Kill {
  /** The number of the moment; 0: none. */
  readonly killAt: number
  readonly afterMs?: number
  /** One that kills. */
  readonly restic?: string
}
type What = 'backup' | 'restore' | 'restore that fails' | 'verification'

/** Backs up and restores again and again while the platform dies, and checks after each time that all is well. */
export class BackupKillTest {
  readonly #platform = new BackupPlatform()
  #environment: TestEnvironment | undefined
  #good = ''
  #poisoned = ''
  #round = 0

  /** With backups whose volumes lie in `storage`. */
  async prepare(storage: BackupStorage): Promise<void> {
    const platform = this.#platform
    await platform.open()
    const shop = await platform.deploy('shop', { db: 'toy' })
    this.#environment = shop
    platform.parts.backups.deps.policies.setStorage(shop.id, storage)
    await sayToToy(platform.service(shop, 'db'), 'add one')
    await platform.write(shop, 'a.txt', 'first')
    this.#good = (await platform.backUp(shop)).backup.id
    await sayToToy(platform.service(shop, 'db'), 'add poison')
    this.#poisoned = (await platform.backUp(shop)).backup.id
    await platform.restore(this.#good, shop, { safetyBackup: false })
    await platform.close()
  }

  /** From the next backup on. */
  async keepIn(storage: BackupStorage): Promise<void> {
    await this.#platform.open()
    this.#platform.parts.backups.deps.policies.setStorage(this.#shop().id, storage)
    await this.#platform.close()
  }

  async dispose(): Promise<void> {
    await killTree(resticProcesses(this.#restic))
    await this.#platform.dispose()
  }

  /** The steps' moments of one that nobody disturbs: how many there are. */
  async count(what: What): Promise<number> {
    const { moments } = await this.#run(what, { killAt: 0 })
    return moments.length
  }

  /** The platform dies at the n-th moment. Returns how the next one ended it. @throws when anything is wrong then */
  async dieAtMoment(what: What, killAt: number): Promise<string> {
    return (await this.#run(what, { killAt })).end
  }

  /** The platform dies `ms` after it was asked. */
  async dieAfter(what: What, ms: number): Promise<string> {
    return (await this.#run(what, { afterMs: ms, killAt: 0 })).end
  }

  /** The platform dies when it calls restic for this command. */
  async dieInRestic(what: What, command: string, dying: Dying): Promise<string> {
    const restic = await writeDeadlyRestic(join(this.#platform.root, 'deadly-restic'), command, dying)
    return (await this.#run(what, { killAt: 0, restic })).end
  }

  get #restic(): string {
    return join(this.#platform.root, 'data', 'backups', 'restic')
  }

  async #run(what: What, kill: Kill): Promise<{ end: string; moments: string[] }> {
    const before = await this.#change()
    const momentFile = join(this.#platform.root, 'moments')
    rmSync(momentFile, { force: true })
    const first = await this.#start(this.#request(what), kill)
    const moments = readFileSync(momentFile, 'utf8').trim().split('\n')
    if ((kill.killAt > 0 || kill.restic !== undefined) && first.report) throw new Error('the platform was not killed')
    const found = first.report ?? (await this.#start(first.id, { killAt: 0 })).report
    if (!found) throw new Error(`the next platform died, too, after ${moments.at(-1)}`)
    check(found, what, { before, moment: moments.at(-1) ?? '' })
    return { end: found.state ?? found.result ?? '', moments }
  }

  /** Something that only this round has, so that it shows which state the environment is in. */
  async #change(): Promise<Pick<Report, 'files' | 'words'>> {
    const platform = this.#platform
    const shop = this.#shop()
    await platform.open()
    const { words } = await sayToToy(platform.service(shop, 'db'), `add round-${++this.#round}`)
    const files = await platform.write(shop, 'a.txt', `round ${this.#round}`)
    await platform.close()
    return { files, words }
  }

  #request(what: What): ProgramRequest['activity'] {
    const environment = this.#shop().id
    if (what === 'verification') return { input: { backup: this.#good }, type: 'backup.verify' }
    if (what === 'backup') {
      const input = {
        backup: createId('bkp'),
        consistency: 'consistent',
        environment,
        keep: false,
        only: [],
        reason: 'manual',
      }
      return { input, type: 'backup.create' }
    }
    const backup = what === 'restore' ? this.#good : this.#poisoned
    return { input: { backup, environment, only: [], rename: {}, safetyBackup: true }, type: 'restore' }
  }

  async #start(
    activity: ProgramRequest['activity'],
    { afterMs, killAt, restic }: Kill,
  ): Promise<{ id: string; report: Report | undefined }> {
    const request: ProgramRequest = { activity, environment: this.#shop(), killAt, restic, root: this.#platform.root }
    const program = spawn(process.execPath, [PROGRAM, JSON.stringify(request)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = await readLines(program, () => {
      if (afterMs !== undefined) setTimeout(() => program.kill('SIGKILL'), afterMs)
    })
    const [id = '', text] = lines
    return { id, report: text === undefined ? undefined : z.parse(report, JSON.parse(text)) }
  }

  #shop(): TestEnvironment {
    if (!this.#environment) throw new Error('prepare first')
    return this.#environment
  }
}

async function readLines({ stdout }: ChildProcess, onFirst: () => void): Promise<string[]> {
  const lines: string[] = []
  if (!stdout) return lines
  for await (const line of createInterface({ input: stdout })) if (lines.push(line) === 1) onFirst()
  return lines
}

function check(
  found: Report,
  what: What,
  { before, moment }: { before: Pick<Report, 'files' | 'words'>; moment: string },
): void {
  const wrong = [...found.problems]
  const now = JSON.stringify({ files: found.files, words: found.words })
  const restored = JSON.stringify({ files: { 'a.txt': 'first' }, words: ['one'] })
  const expected = found.state === 'restored' ? restored : JSON.stringify({ files: before.files, words: before.words })
  if (now !== expected) wrong.push(`it is ${now}, not ${expected}`)
  const ends: Record<What, readonly string[]> = {
    backup: ['success'],
    restore: ['restored', 'rolled-back'],
    'restore that fails': ['rolled-back'],
    verification: ['success'],
  }
  const end = found.state ?? found.result ?? ''
  if (!ends[what].includes(end)) wrong.push(`it ended as ${end}: ${found.error}`)
  if (wrong.length > 0) throw new Error(`killed at ${moment}: ${wrong.join('; ')}`)
}
