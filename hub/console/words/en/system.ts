export const system = {
  title: 'System',
  well: 'The hub is well: readings are taken, and messages leave.',
  wrong_one: '1 thing is not as it should be.',
  wrong_other: '{{count, n}} things are not as they should be.',
  problemsLabel: 'What is not as it should be',
  do: 'What to do:',
  said: 'What failed said: {{reason}}',
  parts: {
    broker: 'Gateways',
    journal: 'Journal',
    disk: 'Disk',
    history: 'Graphs',
    messages: 'Messages',
    channels: 'Channels',
    watch: 'Watch from outside',
    versions: 'Versions',
  },
  broker_one: '1 connected; {{most, n}} can be.',
  broker_other: '{{count, n}} connected; {{most, n}} can be.',
  journal_one: '1 entry, {{size}}.',
  journal_other: '{{count, n}} entries, {{size}}.',
  written: 'Last written',
  disk: '{{free}} free of {{total}}.',
  diskUnknown: 'This machine does not say how much is free.',
  historyOfJournal: 'Read from the journal; no InfluxDB is set up.',
  historyUp: 'InfluxDB has all that happened.',
  historyBehind_one: 'InfluxDB is {{time}} behind: 1 entry waits.',
  historyBehind_other: 'InfluxDB is {{time}} behind: {{count, n}} entries wait.',
  noneWaits: 'None waits to be sent.',
  waits: 'The oldest has waited for {{time}}.',
  kinds: { sms: 'SMS', email: 'e-mail', webhook: 'webhook' },
  channelUp: 'works',
  channelDown: 'does not work',
  watchedByNobody: 'The hub tells nobody that it is well.',
  neverTold: 'It has not been reached since the hub started.',
  told: 'Told last that the hub is well:',
  versions: 'Hub {{hub}} · Node {{node}} · SQLite {{sqlite}} · schema {{schema}}',
  problems: {
    writes: {
      title: 'Nothing has been written to the disk for {{time}}',
      means:
        'No new reading is taken, so no new alert is raised. Gateways keep their readings and send them again when the hub is back.',
      do: 'Ring the homes that matter most. Start the hub again; look at the disk if that does not help.',
    },
    timers: {
      title: 'The hub is {{time}} late with what is due',
      means:
        'Alerts about somebody who does not move, and the next person to be told, come that much too late.',
      do: 'Call people yourself where nobody has answered. Find out what keeps the machine so busy, or start the hub again.',
    },
    messages: {
      title: 'A message to a person has waited for {{time}}',
      means: 'Somebody who should know of an alert does not.',
      do: 'Call people yourself where nobody has answered, from the board. Have the channel below looked after.',
    },
    'no-sms-works': {
      title: 'No SMS goes out',
      means:
        'Families and people on call are not told of alerts. They wait, and go as soon as a channel works.',
      do: 'Stay at the board, and call people yourself.',
    },
    'disk-full': {
      title: 'The disk is full: {{size}} free',
      means: 'When the last of it is gone, no reading is taken and no alert raised.',
      do: 'Make room on the disk of the data folder now.',
    },
    'disk-low': {
      title: 'The disk is nearly full: {{size}} free',
      means: 'Nothing is lost yet. When it is full, no reading is taken and no alert raised.',
      do: 'Make room on the disk of the data folder, or give it a larger one, this week.',
    },
    connections: {
      title: 'No more gateways can connect: {{count, n}} are',
      means: 'A home whose gateway comes back now is not let in, and is not protected.',
      do: 'Raise mqtt.maxConnections in hub.yaml, and start the hub again.',
    },
    channel: {
      title: 'The channel {{name}} does not work',
      means:
        'Messages go by the next channel of the route, where there is one; else they wait until this one works.',
      do: 'Look after it: docs/channels.md says what each one needs.',
    },
    rules: {
      title: 'Errors in the rule files, for {{time}}',
      means: 'The rules of before are in force and watch on. What was changed does not count yet.',
      do: 'Mend the files: "aal rules check" says every error with its place.',
    },
    'dead-man': {
      title: 'The service that watches over the hub cannot be told',
      means:
        'It will raise the alarm though the hub works. If the hub stops now, that alarm says nothing new.',
      do: 'Look at the line to the internet, and at watch.ping in hub.yaml.',
    },
    history: {
      title: 'Graphs are {{time}} behind',
      means: 'Alerts and messages are not affected, and nothing is lost: the journal has it all.',
      do: 'Look at InfluxDB. When it answers again, the hub writes what is missing by itself.',
    },
    'history-refused': {
      title: 'InfluxDB did not take {{count, n}} values',
      means: 'They are missing in graphs. Alerts and messages are not affected, and the journal has them.',
      do: 'The log of the hub says which, and why.',
    },
    'no-dead-man': {
      title: 'The hub tells nobody outside that it is well',
      means: 'If this machine stops, only an "aal watchdog" on another machine notices, where there is one.',
      do: 'Set up watch.ping in hub.yaml: docs/watchdog.md.',
    },
    'phone-page': {
      title: 'Messages go to the phone page only',
      means: 'Nobody gets an SMS: good for trying things out, not for people.',
      do: 'Set up a channel in hub.yaml: docs/channels.md.',
    },
  },
}
