import { describe, expect, it } from 'vitest'
import { OfficeError } from '../../hub/http/office.ts'
import { ROLES } from '../../hub/model/person.ts'
import { memoryPeople } from '../http/memory-people.ts'

const PASSWORD = 'correct horse battery staple'
const MINUTE = 60_000

function bench() {
  const clock = { now: Date.UTC(2026, 10, 21, 22) }
  const { people, db } = memoryPeople(() => clock.now, 30 * MINUTE)
  people.add({ id: 'mona', roles: ROLES, areas: 'all' })
  people.add({ id: 'siv', name: 'Siv Olsen', roles: ['operator'], areas: 'all' })
  const signIn = (password = PASSWORD, person = 'siv', from = '10.0.0.1') =>
    people.signInWithPassword({ person, password, from })
  const session = async () => {
    const outcome = await signIn()
    if (!outcome.ok) throw new Error(outcome.why)
    return outcome.session
  }
  return { clock, people, db, signIn, session }
}

describe('setPassword', () => {
  it.each([
    ['short', 'it has 5 characters, expected at least 12'],
    ['x'.repeat(201), 'expected at most 200'],
    ['password1234', 'guessed first'],
    ['qwertyuiop12', 'guessed first'],
    ['111111111111', 'guessed first'],
    ['SivOlsen2026!', 'hardly more than a name'],
  ])('refuses %s', async (password, reason) => {
    const { people } = bench()
    await expect(people.setPassword('siv', password)).rejects.toThrow(reason)
    expect(people.find('siv')?.hasPassword).toBe(false)
  })

  it('keeps an argon2id hash with the cost that OWASP asks for, and nothing of the password', async () => {
    const { people, db } = bench()
    await people.setPassword('siv', PASSWORD)
    const { hash } = db.prepare("SELECT password_hash AS hash FROM person WHERE id = 'siv'").get() as {
      hash: string
    }
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  })

  it('ends the other sessions and links of the person, and nobody else’s', async () => {
    const { people, session } = bench()
    await people.setPassword('siv', PASSWORD)
    const [kept, other] = [await session(), await session()]
    const link = people.createSignInToken('siv')
    const mona = people.signIn(people.createSignInToken('mona'))?.session ?? ''
    await people.setPassword('siv', `${PASSWORD} 2`, kept)
    expect(people.session(kept)).toBeDefined()
    expect(people.session(mona)).toBeDefined()
    expect([people.session(other), people.signIn(link)]).toEqual([undefined, undefined])
  })
})

describe('signInWithPassword', () => {
  it('takes the right one, however its letters are put together', async () => {
    const { people, signIn } = bench()
    await people.setPassword('siv', 'blåbær syltetøy Å traktor')
    expect(await signIn('blåbær syltetøy Å traktor'.normalize('NFD'))).toMatchObject({
      ok: true,
      person: 'siv',
    })
    expect(await signIn('blabaer syltetoy A traktor')).toEqual({ ok: false, why: 'wrong' })
  })

  it('takes as long and says the same for somebody who is not known, or has none', async () => {
    const { people, signIn } = bench()
    await people.setPassword('siv', PASSWORD)
    const took = async (person: string) => {
      const times: number[] = []
      for (let count = 0; count < 3; count++) {
        const start = performance.now()
        expect(await signIn('wrong wrong wrong', person, `10.0.0.${person.length}`)).toEqual({
          ok: false,
          why: 'wrong',
        })
        times.push(performance.now() - start)
      }
      return Math.min(...times)
    }
    const known = await took('siv')
    for (const person of ['nobody', 'mona']) expect(await took(person)).toBeGreaterThan(known / 3)
  })

  it('lets five tries fail, then makes the person wait longer and longer, and the right one too', async () => {
    const { clock, people, signIn } = bench()
    await people.setPassword('siv', PASSWORD)
    // From many addresses, as a botnet would.
    for (let count = 0; count < 5; count++) {
      expect(await signIn('wrong wrong wrong', 'siv', `10.0.1.${count}`)).toEqual({ ok: false, why: 'wrong' })
    }
    expect(await signIn(PASSWORD, 'siv', '10.0.2.1')).toEqual({
      ok: false,
      why: 'wait',
      what: 'name',
      ms: 30_000,
    })
    clock.now += 30_000
    expect(await signIn('wrong wrong wrong', 'siv', '10.0.2.2')).toEqual({ ok: false, why: 'wrong' })
    expect(await signIn(PASSWORD, 'siv', '10.0.2.3')).toEqual({
      ok: false,
      why: 'wait',
      what: 'name',
      ms: 60_000,
    })
    clock.now += 60_000
    expect(await signIn(PASSWORD, 'siv', '10.0.2.4')).toMatchObject({ ok: true })
    expect(await signIn('wrong wrong wrong', 'siv', '10.0.2.5')).toEqual({ ok: false, why: 'wrong' })
  })

  it('does not keep a nurse from her own desk because a stranger guesses elsewhere', async () => {
    const { people, signIn } = bench()
    await people.setPassword('siv', PASSWORD)
    expect(await signIn()).toMatchObject({ ok: true })
    for (let count = 0; count < 6; count++) await signIn('wrong wrong wrong', 'siv', `10.9.0.${count}`)
    expect(await signIn(PASSWORD, 'siv', '10.9.1.1')).toMatchObject({ why: 'wait' })
    expect(await signIn()).toMatchObject({ ok: true })
  })

  it('makes an address wait that tries many people, with IPv6 the whole network of 64 bits', async () => {
    const { signIn } = bench()
    for (let count = 0; count < 10; count++) {
      const outcome = await signIn('wrong wrong wrong', `p${count}`, `2001:db8:0:1::${count}`)
      expect(outcome).toEqual({ ok: false, why: 'wrong' })
    }
    expect(await signIn('x', 'p11', '2001:db8:0:1:ffff::1')).toMatchObject({
      why: 'wait',
      what: 'address',
      ms: MINUTE,
    })
    expect(await signIn('x', 'p11', '2001:db8:0:2::1')).toMatchObject({ why: 'wrong' })
  }, 20_000)

  it('takes no try more when many come at once', async () => {
    const { people, signIn } = bench()
    await people.setPassword('siv', PASSWORD)
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) => signIn('wrong wrong wrong', 'siv', `10.3.0.${index}`)),
    )
    expect(all.filter((one) => !one.ok && one.why === 'wrong')).toHaveLength(5)
  }, 20_000)
})

describe('a session', () => {
  it('is locked after half an hour without an act, and unlocked by the password or a new link', async () => {
    const { clock, people, session } = bench()
    await people.setPassword('siv', PASSWORD)
    const own = await session()
    clock.now += 29 * MINUTE
    people.act(own)
    clock.now += 29 * MINUTE
    expect(people.session(own)?.isLocked).toBe(false)
    clock.now += MINUTE
    expect(people.session(own)?.isLocked).toBe(true)
    people.act(own)
    expect(people.session(own)?.isLocked).toBe(true)
    expect(await people.unlock(own, { password: 'wrong wrong wrong' })).toMatchObject({ ok: false })
    expect(people.session(own)?.isLocked).toBe(true)
    expect(await people.unlock(own, { password: PASSWORD })).toMatchObject({ ok: true })
    expect(people.session(own)?.isLocked).toBe(false)
    people.lock(own)
    expect(await people.unlock(own, { token: people.createSignInToken('mona') })).toMatchObject({ ok: false })
    expect(await people.unlock(own, { token: people.createSignInToken('siv') })).toMatchObject({ ok: true })
  })

  it('ends when somebody guesses at the lock', async () => {
    const { people, session } = bench()
    await people.setPassword('siv', PASSWORD)
    const own = await session()
    people.lock(own)
    for (let count = 0; count < 10; count++) await people.unlock(own, { password: 'wrong wrong wrong' })
    expect(people.session(own)).toBeUndefined()
  }, 20_000)

  it('ends 14 hours after its beginning, whatever was done in it', async () => {
    const { clock, people, session } = bench()
    await people.setPassword('siv', PASSWORD)
    const own = await session()
    for (let minutes = 0; minutes < 14 * 60 - 20; minutes += 20) {
      clock.now += 20 * MINUTE
      people.act(own)
    }
    expect(people.session(own)?.isLocked).toBe(false)
    clock.now += 20 * MINUTE
    expect(people.session(own)).toBeUndefined()
  })

  it('of somebody without a password is not locked: nothing could unlock it', () => {
    const { clock, people } = bench()
    const own = people.signIn(people.createSignInToken('siv'))?.session ?? ''
    clock.now += 5 * 60 * MINUTE
    expect(people.session(own)).toMatchObject({ isLocked: false })
    expect(people.session(own)?.locksAt).toBeUndefined()
    expect(people.lock(own)).toBe(false)
  })
})

describe('people', () => {
  it('who are removed are signed out, cannot come back, and leave their id to nobody', async () => {
    const { people, session, signIn } = bench()
    await people.setPassword('siv', PASSWORD)
    const own = await session()
    const link = people.createSignInToken('siv')
    people.remove('siv')
    expect([people.session(own), people.signIn(link)]).toEqual([undefined, undefined])
    expect(await signIn()).toEqual({ ok: false, why: 'wrong' })
    expect(() => people.createSignInToken('siv')).toThrow(OfficeError)
    expect(() => people.add({ id: 'siv', roles: ['operator'], areas: 'all' })).toThrow(/somebody had this id/)
  })

  it('have an admin among them always', () => {
    const { people } = bench()
    expect(() => people.remove('mona')).toThrow(/the only admin/)
    expect(() => people.change('mona', { roles: ['operator'] })).toThrow(/the only admin/)
    people.change('siv', { roles: ['admin'] })
    people.remove('mona')
  })

  it('who come by a link and are not known become operators; the very first one everything', () => {
    const { people } = memoryPeople(() => 0)
    people.createSignInToken('first')
    people.createSignInToken('second')
    expect(people.list().map(({ id, roles }) => [id, roles])).toEqual([
      ['first', ROLES],
      ['second', ['operator']],
    ])
  })

  it('get what is changed with their next request', () => {
    const { people } = bench()
    const own = people.signIn(people.createSignInToken('siv'))?.session ?? ''
    people.change('siv', { roles: ['installer'], areas: ['Alta'] })
    expect(people.session(own)?.person).toMatchObject({
      name: 'Siv Olsen',
      roles: ['installer'],
      areas: ['Alta'],
    })
  })
})
