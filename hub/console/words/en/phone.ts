export const phone = {
  careCentre: 'Care centre',
  phones: 'Phones',
  phonesIntro: 'No SMS provider is set up, so messages come here instead of to real phones. Answers count.',
  noMessages: 'No messages yet.',
  noMessagesWhy: 'The first alert that tells a contact makes a phone appear here.',
  answer: 'Answer',
  send: 'Send',
  notMatched: 'The hub could not tell what this was an answer to.',
}
