import type { ActivityRecord, LaneRequest } from '../store/port.ts'

type Position = 'ahead' | 'inside' | 'left'

interface Passage {
  readonly request: LaneRequest
  position: Position
}

interface Traveller {
  readonly sequence: number
  readonly passages: ReadonlyMap<string, Passage>
}

interface Waiter {
  readonly id: string
  readonly lane: string
  readonly admit: () => void
}

/**
 * Who may enter which lane: an activity enters when fewer than `capacity` older ones that declared the lane have yet to
 * leave it, and fewer than `capacity` are inside. One that pre-empts passes those who are not inside yet.
 */
export class Lanes {
  readonly #travellers = new Map<string, Traveller>()
  #waiters: Waiter[] = []

  add({ id, lanes, lanesEntered, lanesLeft, sequence }: ActivityRecord): void {
    const position = (lane: string): Position => {
      if (lanesLeft.includes(lane)) return 'left'
      return lanesEntered.includes(lane) ? 'inside' : 'ahead'
    }
    const passages = new Map(lanes.map(request => [request.lane, { position: position(request.lane), request }]))
    this.#travellers.set(id, { passages, sequence })
  }

  /** @throws TypeError when the activity did not declare the lane */
  position(id: string, lane: string): Position {
    return this.#passage(id, lane).position
  }

  /** Resolves when the activity could enter the first of its lanes. @throws the signal's reason */
  async ready(id: string, signal: AbortSignal): Promise<void> {
    const [first] = this.#travellers.get(id)?.passages.keys() ?? []
    if (first !== undefined) await this.#turn(id, first, { signal, take: () => undefined })
  }

  /** Resolves once the activity is inside. @throws the signal's reason */
  async enter(id: string, lane: string, signal: AbortSignal): Promise<void> {
    const passage = this.#passage(id, lane)
    await this.#turn(id, lane, {
      signal,
      take: () => {
        passage.position = 'inside'
      },
    })
  }

  leave(id: string, lane: string): void {
    this.#passage(id, lane).position = 'left'
    this.#admit()
  }

  remove(id: string): void {
    this.#travellers.delete(id)
    this.#admit()
  }

  /** Activities that have yet to leave a lane which this one pre-empts. */
  preempted(id: string): string[] {
    const passages = this.#travellers.get(id)?.passages.values() ?? []
    const lanes = [...passages].filter(({ request }) => request.preempts === true).map(({ request }) => request.lane)
    return [...new Set(lanes.flatMap(lane => this.#rivals(id, lane).map(rival => rival.id)))]
  }

  #turn(
    id: string,
    lane: string,
    { signal, take }: { readonly signal: AbortSignal; readonly take: () => void },
  ): Promise<void> {
    const { promise, reject, resolve } = Promise.withResolvers<void>()
    const onAbort = (): void => {
      this.#waiters = this.#waiters.filter(other => other !== waiter)
      reject(signal.reason)
    }
    const waiter: Waiter = {
      admit: () => {
        signal.removeEventListener('abort', onAbort)
        take()
        resolve()
      },
      id,
      lane,
    }
    if (signal.aborted) reject(signal.reason)
    else {
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiters.push(waiter)
      this.#admit()
    }
    return promise
  }

  #admit(): void {
    for (const waiter of this.#waiters) {
      if (!this.#mayEnter(waiter.id, waiter.lane)) continue
      this.#waiters = this.#waiters.filter(other => other !== waiter)
      waiter.admit()
    }
  }

  #mayEnter(id: string, lane: string): boolean {
    const { position, request } = this.#passage(id, lane)
    if (position !== 'ahead') return true
    const rivals = this.#rivals(id, lane)
    const inside = rivals.filter(rival => rival.position === 'inside').length
    if (inside >= request.capacity) return false
    return request.preempts === true || rivals.filter(({ isOlder }) => isOlder).length < request.capacity
  }

  /** The others that declared the lane and have yet to leave it. */
  #rivals(id: string, lane: string): { id: string; position: Position; isOlder: boolean }[] {
    const own = this.#travellers.get(id)?.sequence ?? 0
    return [...this.#travellers].flatMap(([other, { passages, sequence }]) => {
      const position = passages.get(lane)?.position
      if (other === id || position === undefined || position === 'left') return []
      return [{ id: other, isOlder: sequence < own, position }]
    })
  }

  #passage(id: string, lane: string): Passage {
    const passage = this.#travellers.get(id)?.passages.get(lane)
    if (!passage) throw new TypeError(`activity ${id} did not declare lane ${lane}`)
    return passage
  }
}
