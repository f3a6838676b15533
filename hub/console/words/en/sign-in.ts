export const signIn = {
  signIn: 'Sign in',
  signInWith: 'Sign in with {{name}}',
  person: 'Name',
  password: 'Password',
  over: 'Your session is over. Sign in again to go on.',
  waits: 'What you were about to do waits: you are asked about it when you are signed in.',
  wrongPassword:
    'The name or the password is wrong. Check both, and the capital letters. Forgotten? An admin can make you a sign-in link.',
  wrongLink:
    'This link was used before, is older than 24 hours, or is not whole. Ask an admin for a new one, or use your password.',
  nameWaits:
    'Too many wrong passwords for this name: it is locked for {{wait}}. Wait, then try again; a sign-in link works at once.',
  addressWaits: 'Too many tries from this network. Wait {{wait}}, then try again.',
  signedOut:
    'Too many wrong passwords: you were signed out. Sign in again. Forgotten the password? An admin can make you a sign-in link.',
  plainHttp:
    'This address is not encrypted, and nobody can sign in here. Open the address that begins with https://, or ask whoever looks after this hub for it.',
  outside: {
    denied:
      'Your organisation’s sign-in did not let you in, or you cancelled. Try again; if your account there is locked, ask those who look after it. Your password here, or a link, works too.',
    away: 'Your organisation’s sign-in cannot be reached. Use your password, or a link.',
    clock:
      'The clocks of your organisation’s sign-in and of this hub differ. Use your password, or a link, and tell whoever looks after this hub to set its clock.',
    late: 'That took too long, or was begun in another window. Begin again here.',
    'not-asked':
      'Your organisation’s sign-in did not ask who you are. Begin again here, and give your name and password there.',
    'no-role':
      'You are known there, but not as somebody who may use this hub. Ask whoever gives you access in your organisation.',
    taken: 'Somebody else has your short name here. Ask an admin of this hub to connect you with it.',
    removed: 'You were removed from this hub. Ask an admin of it, if you should be here.',
    unknown: 'You are not known here. Ask an admin of this hub to add you.',
    failed: 'You could not be signed in there. Try again, or ask whoever looks after this hub.',
  },
  signInHow:
    'Or open a sign-in link, or paste it here. The hub prints one when it starts, and “aal sign-in --person NAME” makes more; each works once.',
  signInLink: 'Sign-in link',
  signingIn: 'Signing in …',
}
