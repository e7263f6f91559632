import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CredentialStore } from '../../../src/lib/credentials/store.ts'

export interface Fixture {
  /** Opens the same store anew each time, as another process would. */
  open(): CredentialStore
  close(): Promise<void>
}

/** What every credential store does. */
export function describeCredentialStore(name: string, start: () => Promise<Fixture>): void {
  describe(`the credential store ${name}`, () => {
    let fixture: Fixture
    beforeAll(async () => void (fixture = await start()))
    afterAll(() => fixture?.close())

    it('gives back what was kept, also to another process', async () => {
      await fixture.open().set('one', 'a "secret" with ünïcödé\nand a second line')

      expect(await fixture.open().get('one')).toBe('a "secret" with ünïcödé\nand a second line')
    })

    it('has nothing under an id that was never used', async () => {
      expect(await fixture.open().get('never')).toBeUndefined()
    })

    it('replaces the secret of an id', async () => {
      await fixture.open().set('replaced', 'before')
      await fixture.open().set('replaced', 'after')

      expect(await fixture.open().get('replaced')).toBe('after')
    })

    it('keeps long tokens whole', async () => {
      const long = 'j.w.t'.repeat(2000)
      await fixture.open().set('long', long)

      expect(await fixture.open().get('long')).toBe(long)
    })

    it('forgets one id and leaves the others', async () => {
      await fixture.open().set('kept', 'stays')
      await fixture.open().set('gone', 'goes')
      await fixture.open().delete('gone')

      expect(await fixture.open().get('gone')).toBeUndefined()
      expect(await fixture.open().get('kept')).toBe('stays')
    })

    it('takes the removal of what is absent as done', async () => {
      await expect(fixture.open().delete('absent')).resolves.toBeUndefined()
    })

    it('loses nothing when several write at once', async () => {
      const ids = ['a', 'b', 'c', 'd']
      await Promise.all(ids.map(id => fixture.open().set(`many-${id}`, id)))

      expect(await Promise.all(ids.map(id => fixture.open().get(`many-${id}`)))).toEqual(ids)
    })
  })
}
