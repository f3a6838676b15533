export const signIn = {
  signIn: 'Sign in',
  signInHow:
    'Open a sign-in link, or paste it here. The hub prints one when it starts, and “aal sign-in --person NAME” makes more; each works once.',
  signInLink: 'Sign-in link',
  signingIn: 'Signing in …',
}
