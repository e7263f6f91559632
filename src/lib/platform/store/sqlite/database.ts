import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { AppError, toErrorDocument } from '../../../core/errors.ts'
import { DiskReserve } from './disk-reserve.ts'

export type Row = Readonly<Record<string, SQLOutputValue>>
/** `undefined` is stored as NULL. */
export type Values = Readonly<Record<string, SQLInputValue | undefined>>

/* Primary result codes, sqlite.org/rescode.html; the low byte of an extended code. */
const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CONSTRAINT = 19
const SQLITE_NOTADB = 26

/** One connection: prepared statements kept, parameters by name, failures translated. */
export class Database {
  readonly #connection: DatabaseSync
  readonly #path: string
  readonly #statements = new Map<string, StatementSync>()
  readonly #reserve: DiskReserve

  /**
   * Locks the database for this process until it ends, however it ends.
   * @throws conflict.platform-running when another process holds it
   */
  constructor(path: string) {
    this.#path = path
    this.#connection = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 0 })
    try {
      // exclusive before WAL: the index of the log then needs no shared memory
      this.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      this.exec('BEGIN IMMEDIATE; COMMIT')
    } catch (error) {
      this.#connection.close()
      throw error
    }
    this.#reserve = new DiskReserve(`${path}.reserve`)
  }

  exec(sql: string): void {
    this.#translated(() => this.#connection.exec(sql))
  }

  get(sql: string, values: Values = {}): Row | undefined {
    return this.#translated(() => this.#prepare(sql).get(parameters(values)))
  }

  all(sql: string, values: Values = {}): Row[] {
    return this.#translated(() => this.#prepare(sql).all(parameters(values)))
  }

  /** Returns the number of rows changed. */
  run(sql: string, values: Values = {}): number {
    return this.#written(() => this.#translated(() => Number(this.#prepare(sql).run(parameters(values)).changes)))
  }

  transaction<T>(run: () => T): T {
    if (this.#connection.isTransaction) return run()
    return this.#written(() => {
      this.exec('BEGIN IMMEDIATE')
      try {
        const result = run()
        this.exec('COMMIT')
        return result
      } catch (error) {
        // a full disk has rolled back already
        if (this.#connection.isTransaction) this.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** Gives up the space that is kept for what has to be written on a full disk. */
  makeRoom(): void {
    this.#reserve.release()
  }

  close(): void {
    this.#reserve.close()
    if (this.#connection.isOpen) this.#connection.close()
  }

  /** What a full disk did not take is written once more, all of it, where the reserve gave it room. */
  #written<T>(write: () => T): T {
    try {
      return write()
    } catch (error) {
      const isWhole = !this.#connection.isTransaction
      if (isWhole && toErrorDocument(error).code === 'failed.disk-full' && this.#reserve.release()) return write()
      throw error
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#connection.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #translated<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      throw this.#translate(error)
    }
  }

  #translate(cause: unknown): unknown {
    const code = resultCode(cause)
    if (code === SQLITE_BUSY) {
      return new AppError('conflict.platform-running', `another process holds ${this.#path}`, {
        cause,
        suggestions: ['aloft platform status'],
      })
    }
    if (code === SQLITE_FULL)
      return new AppError('failed.disk-full', `the disk is full: ${this.#path} could not be written`, { cause })
    if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
      return new AppError('unavailable.platform', `the database ${this.#path} is damaged`, {
        cause,
        suggestions: ['put back a copy of it', `or begin anew: move ${this.#path} away`],
      })
    }
    return cause
  }
}

/** True for a violated UNIQUE, FOREIGN KEY or CHECK. */
export function isConstraintError(error: unknown): boolean {
  return resultCode(error) === SQLITE_CONSTRAINT
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

function parameters(values: Values): Record<string, SQLInputValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]))
}
