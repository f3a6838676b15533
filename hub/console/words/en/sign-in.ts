export const signIn = {
  signIn: 'Sign in',
  signInWith: 'Sign in with {{name}}',
  person: 'Name',
  password: 'Password',
  outsideRefused: 'You could not be signed in there. Try again, or ask whoever looks after this hub.',
  outsideAway: 'Your organisation’s sign-in cannot be reached. Use your password, or a link.',
  signInHow:
    'Or open a sign-in link, or paste it here. The hub prints one when it starts, and “aal sign-in --person NAME” makes more; each works once.',
  signInLink: 'Sign-in link',
  signingIn: 'Signing in …',
}
