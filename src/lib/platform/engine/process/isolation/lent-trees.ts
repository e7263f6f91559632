import { giveTree, takeTreeBack, type Owner } from './permissions.ts'

/**
 * Trees that processes of the environment's user may write: that user's from the first such process to the last, e.g. the
 * cache that builds of one project share.
 */
export class LentTrees {
  readonly #owner: Owner
  readonly #users = new Map<string, number>()
  #latest: Promise<void> = Promise.resolve()

  constructor(owner: Owner) {
    this.#owner = owner
  }

  lend(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const users = this.#users.get(path) ?? 0
      if (users === 0) await giveTree(path, this.#owner)
      this.#users.set(path, users + 1)
    })
  }

  /** Once for each `lend`. */
  takeBack(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const users = (this.#users.get(path) ?? 0) - 1
      if (users > 0) {
        this.#users.set(path, users)
        return
      }
      this.#users.delete(path)
      if (this.#owner !== undefined) await takeTreeBack(path, this.#owner)
    })
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#latest.then(run)
    this.#latest = turn.catch(() => undefined)
    return turn
  }
}
