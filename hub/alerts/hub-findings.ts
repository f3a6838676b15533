import type { Finding, Severity } from '../model/alert.ts'

/** What the hub itself may find, beside the rules. The ids start with `hub-`, which no rule may. */
export const HUB_FINDINGS = {
  'hub-undecoded': {
    title: {
      en: 'Unreadable alarm message',
      nb: 'Uleselig alarmmelding',
      nn: 'Uleseleg alarmmelding',
      se: 'Ii sáhte lohkat dieđu',
    },
    advice: {
      en: 'Call the home as for an alarm, then have the sensor checked.',
      nb: 'Ring hjem som ved en alarm, og få så sensoren sjekket.',
      nn: 'Ring heim som ved ein alarm, og få så sensoren sjekka.',
      se: 'Riŋge ruktui; iskka dasto sensora.',
    },
    category: 'safety',
    resolve: 'manual',
    alarm: true,
    severity: 'high',
  },
  'hub-clock': {
    title: {
      en: 'Sensor clock is wrong',
      nb: 'Sensorens klokke går feil',
      nn: 'Klokka i sensoren går feil',
      se: 'Sensora diibmu lea boastut',
    },
    advice: {
      en: 'Have the clock of the sensor or its gateway set.',
      nb: 'Få klokken i sensoren eller gatewayen stilt.',
      nn: 'Få stilt klokka i sensoren eller gatewayen.',
      se: 'Divo sensora diimmu.',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'low',
  },
  'hub-reading-id': {
    title: {
      en: 'Reading id used twice',
      nb: 'Samme måle-id brukt to ganger',
      nn: 'Same måle-id brukt to gonger',
      se: 'Seamma id guktii',
    },
    advice: {
      en: 'Tell whoever set up the gateway: its ids are not unique.',
      nb: 'Si fra til den som satte opp gatewayen: id-ene er ikke unike.',
      nn: 'Sei frå til den som sette opp gatewayen: id-ane er ikkje unike.',
      se: 'Dieđit teknihkkárii.',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'low',
  },
  'hub-rule-fault': {
    title: {
      en: 'A rule cannot be evaluated',
      nb: 'En regel kan ikke regnes ut',
      nn: 'Ein regel kan ikkje reknast ut',
      se: 'Njuolggadus ii doaimma',
    },
    advice: {
      en: 'Tell whoever keeps the rule files; until then this rule does not watch.',
      nb: 'Si fra til den som har reglene; så lenge passer ikke denne på.',
      nn: 'Sei frå til den som har reglane; så lenge passar ikkje denne på.',
      se: 'Dieđit teknihkkárii; njuolggadus ii doaimma dál.',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'medium',
  },
  'hub-profile-missing': {
    title: {
      en: 'Sensor cannot be read: its profile is gone',
      nb: 'Sensoren kan ikke leses: profilen er borte',
      nn: 'Sensoren kan ikkje lesast: profilen er borte',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-oncall-gap': {
    title: {
      en: 'Nobody on call soon, or now',
      nb: 'Ingen på vakt snart, eller nå',
      nn: 'Ingen på vakt snart, eller no',
    },
    advice: {
      en: 'Put somebody into the rota for that time: aal oncall check.',
      nb: 'Sett noen inn i vaktlisten for den tiden: aal oncall check.',
      nn: 'Set nokon inn i vaktlista for den tida: aal oncall check.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-channel-down': {
    title: {
      en: 'A channel for messages does not work',
      nb: 'En kanal for meldinger virker ikke',
      nn: 'Ein kanal for meldingar verkar ikkje',
      se: 'Dieđuid kanála ii doaimma',
    },
    advice: {
      en: 'Call people yourself where nobody answers; have the channel looked after.',
      nb: 'Ring selv der ingen svarer, og få kanalen sjekket.',
      nn: 'Ring sjølv der ingen svarar, og få kanalen sjekka.',
      se: 'Riŋge ieš; divo kanála.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-certificate': {
    title: {
      en: 'A certificate of the hub ends soon, or cannot be used',
      nb: 'Et sertifikat for huben utløper snart, eller kan ikke brukes',
      nn: 'Eit sertifikat for huben går snart ut, eller kan ikkje brukast',
    },
    advice: {
      en: 'Have it renewed before it ends: without it no gateway can connect, or nobody opens the console.',
      nb: 'Få det fornyet før det utløper: uten det kan ingen gateway koble seg til, eller ingen åpne konsollen.',
      nn: 'Få det fornya før det går ut: utan det kan ingen gateway kople seg til, eller ingen opne konsollen.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-backup': {
    title: {
      en: 'No backup of the hub for two days',
      nb: 'Ingen sikkerhetskopi av huben på to døgn',
      nn: 'Ingen tryggingskopi av huben på to døgn',
    },
    advice: {
      en: 'Have the nightly backup looked after: what is not in one is lost with the disk.',
      nb: 'Få den nattlige sikkerhetskopien sjekket: det som ikke er i en kopi, går tapt med disken.',
      nn: 'Få sjekka tryggingskopien om natta: det som ikkje er i ein kopi, går tapt med disken.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'low',
  },
  'hub-disk-low': {
    title: {
      en: 'The disk of the hub is filling up',
      nb: 'Disken til huben er i ferd med å bli full',
      nn: 'Disken til huben held på å bli full',
    },
    advice: {
      en: 'Make room on the disk of the data folder this week. Nothing is lost yet.',
      nb: 'Rydd plass på disken med datamappen denne uken. Ingenting er tapt ennå.',
      nn: 'Rydd plass på disken med datamappa denne veka. Ingenting er tapt enno.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-disk-full': {
    title: {
      en: 'The disk of the hub is full: only alarms are kept',
      nb: 'Disken til huben er full: bare alarmer tas vare på',
      nn: 'Disken til huben er full: berre alarmar blir tekne vare på',
    },
    advice: {
      en: 'Make room on the disk of the data folder now. Falls, buttons, smoke and gas still alert; who does not move, or a sensor that falls silent, is not noticed.',
      nb: 'Rydd plass på disken med datamappen nå. Fall, knapper, røyk og gass varsler fortsatt; at noen ikke rører seg eller at en sensor blir taus, merkes ikke.',
      nn: 'Rydd plass på disken med datamappa no. Fall, knappar, røyk og gass varslar framleis; at nokon ikkje rører seg eller at ein sensor blir taus, blir ikkje merkt.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'high',
  },
  'hub-disk-lost': {
    title: {
      en: 'The disk of the hub lost what was written last',
      nb: 'Disken til huben har mistet det som ble skrevet sist',
      nn: 'Disken til huben har mista det som vart skrive sist',
    },
    advice: {
      en: 'Go through the homes: an alarm of the last minutes before the hub started may be lost. Have the disk tested.',
      nb: 'Gå gjennom hjemmene: en alarm fra de siste minuttene før huben startet, kan være tapt. Få disken testet.',
      nn: 'Gå gjennom heimane: ein alarm frå dei siste minutta før huben starta, kan vere tapt. Få testa disken.',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'high',
  },
  'hub-connector-down': {
    title: {
      en: 'No connection to a broker whose sensors the hub hears',
      nb: 'Ingen forbindelse med en megler som sensorer høres gjennom',
      nn: 'Inga samband med ein meklar som sensorar blir høyrde gjennom',
    },
    advice: {
      en: 'Alarms of these sensors come late or not at all: agree with the homes on another way, and have it looked after.',
      nb: 'Alarmer fra disse sensorene kommer sent eller ikke: avtal en annen måte med hjemmene, og få det sjekket.',
      nn: 'Alarmar frå desse sensorane kjem seint eller ikkje: avtal ein annan måte med heimane, og få det sjekka.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-qos': {
    title: {
      en: 'Alarm sensor sends without a receipt (QoS 0)',
      nb: 'Alarmsensor sender uten kvittering (QoS 0)',
      nn: 'Alarmsensor sender utan kvittering (QoS 0)',
    },
    advice: {
      en: 'Set qos 1 for it on the gateway: an alarm that is sent while the link is down is lost otherwise.',
      nb: 'Sett qos 1 for den i gatewayen: en alarm som sendes mens linjen er nede, går ellers tapt.',
      nn: 'Set qos 1 for han i gatewayen: ein alarm som blir send medan linja er nede, går elles tapt.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'low',
  },
  'hub-flood': {
    title: {
      en: 'Gateway floods: its messages come late',
      nb: 'Gatewayen sender altfor mye: meldingene kommer sent',
      nn: 'Gatewayen sender altfor mykje: meldingane kjem seint',
    },
    advice: {
      en: 'Alarms of this home come late too: agree with the home on another way, and have the gateway looked after.',
      nb: 'Alarmer fra dette hjemmet kommer også sent: avtal en annen måte med hjemmet, og få gatewayen sjekket.',
      nn: 'Alarmar frå denne heimen kjem òg seint: avtal ein annan måte med heimen, og få sjekka gatewayen.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-rules-refused': {
    title: {
      en: 'Errors in the rule files: those of before are in force',
      nb: 'Feil i regelfilene: de fra før gjelder',
      nn: 'Feil i regelfilene: dei frå før gjeld',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
  'hub-restored': {
    title: {
      en: 'The hub was restored from a backup',
      nb: 'Huben er gjenopprettet fra en sikkerhetskopi',
      nn: 'Huben er gjenoppretta frå ein tryggingskopi',
    },
    advice: {
      en: 'Go through the open alerts now: what came since the backup is lost, and what nobody answers is told again.',
      nb: 'Gå gjennom de åpne varslene nå: det som kom etter kopien, er tapt, og det ingen svarer på, varsles igjen.',
      nn: 'Gå gjennom dei opne varsla no: det som kom etter kopien, er tapt, og det ingen svarer på, blir varsla igjen.',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'high',
  },
  'hub-nobody-left': {
    title: {
      en: 'Nobody is told of alerts from this home',
      nb: 'Ingen blir varslet fra dette hjemmet',
      nn: 'Ingen blir varsla frå denne heimen',
      se: 'Ii oktage oaččo dieđuid dán ruovttus',
    },
    advice: {
      en: 'Watch the board for this home; ask the family who may be told, and record it: aal consent.',
      nb: 'Følg med på tavlen for dette hjemmet; spør familien hvem som kan varsles, og noter det: aal consent.',
      nn: 'Følg med på tavla for denne heimen; spør familien kven som kan varslast, og noter det: aal consent.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'high',
  },
  'hub-hold-ends': {
    title: {
      en: 'A hold ends soon: then its rule calls people again',
      nb: 'En pause slutter snart: da varsler regelen igjen',
      nn: 'Ein pause sluttar snart: då varslar regelen igjen',
    },
    advice: {
      en: 'Is the reason gone? Then lift the hold. If not, hold the rule for longer, with the reason.',
      nb: 'Er grunnen borte? Da avslutter du pausen. Hvis ikke: forleng den, med grunnen.',
      nn: 'Er grunnen borte? Då avsluttar du pausen. Om ikkje: forleng han, med grunnen.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'low',
  },
  'hub-pause-over': {
    title: {
      en: 'The pause of a home is over: it is watched again',
      nb: 'Pausen for et hjem er over: det følges med igjen',
      nn: 'Pausen for ein heim er over: det blir følgt med igjen',
    },
    advice: {
      en: 'See whether the resident is back. If not, pause the home again, with the reason.',
      nb: 'Se om beboeren er tilbake. Hvis ikke: sett hjemmet på pause igjen, med grunnen.',
      nn: 'Sjå om bebuaren er tilbake. Om ikkje: set heimen på pause igjen, med grunnen.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'low',
  },
  'hub-maintenance-over': {
    title: {
      en: 'Maintenance is over by itself: alarms are real again',
      nb: 'Vedlikehold er over av seg selv: alarmer er ekte igjen',
      nn: 'Vedlikehald er over av seg sjølv: alarmar er ekte igjen',
    },
    advice: {
      en: 'Ask whoever works there whether they are done. If not, begin it anew: aal mode.',
      nb: 'Spør den som arbeider der, om det er ferdig. Hvis ikke: begynn på nytt: aal mode.',
      nn: 'Spør den som arbeider der, om det er ferdig. Om ikkje: begynn på nytt: aal mode.',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'low',
  },
} as const satisfies Record<string, Finding & { severity: Severity }>

export type HubFinding = keyof typeof HUB_FINDINGS
