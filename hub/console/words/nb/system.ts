import type { Same } from '../same.ts'
import type { system as en } from '../en/system.ts'

export const system: Same<typeof en> = {
  title: 'System',
  well: 'Huben har det bra: målinger tas imot, og meldinger går ut.',
  wrong_one: '1 ting er ikke som det skal.',
  wrong_other: '{{count, n}} ting er ikke som de skal.',
  problemsLabel: 'Det som ikke er som det skal',
  do: 'Gjør dette:',
  said: 'Det som sviktet, sa: {{reason}}',
  parts: {
    broker: 'Gatewayer',
    journal: 'Journal',
    retention: 'Lagringstider',
    disk: 'Disk',
    history: 'Grafer',
    live: 'Grafana Live',
    messages: 'Meldinger',
    channels: 'Kanaler',
    certificates: 'Sertifikater',
    connectors: 'Meglere hos andre',
    backup: 'Sikkerhetskopi',
    watch: 'Vakt utenfra',
    versions: 'Versjoner',
  },
  broker_one: '1 tilkoblet; det er plass til {{most, n}}.',
  broker_other: '{{count, n}} tilkoblet; det er plass til {{most, n}}.',
  journal_one: '1 linje, {{size}}.',
  journal_other: '{{count, n}} linjer, {{size}}.',
  written: 'Sist skrevet',
  disk: '{{free}} ledig av {{total}}.',
  diskUnknown: 'Maskinen sier ikke hvor mye som er ledig.',
  retained_one: '1 rad som hadde hatt sin tid, ble fjernet:',
  retained_other: '{{count, n}} rader som hadde hatt sin tid, ble fjernet:',
  retainedNone: 'Ingenting var for gammelt:',
  notRetained: 'Ikke sett på ennå: to minutter etter start, så en gang om dagen.',
  historyOfJournal: 'Leses fra journalen; ingen InfluxDB er satt opp.',
  historyUp: 'InfluxDB har alt som har skjedd.',
  historyFails: 'InfluxDB blir ikke skrevet, ingenting går tapt: {{error}}.',
  historyBehind_one: 'InfluxDB er {{time}} på etterskudd: 1 linje venter.',
  historyBehind_other: 'InfluxDB er {{time}} på etterskudd: {{count, n}} linjer venter.',
  liveUp: 'Den får hver endring av et varsel med en gang.',
  liveDown: 'Grafana har ikke tatt imot noe på {{time}}.',
  noneWaits: 'Ingen venter på å bli sendt.',
  waits: 'Den eldste har ventet i {{time}}.',
  kinds: { sms: 'SMS', email: 'e-post', webhook: 'webhook' },
  channelUp: 'virker',
  channelDown: 'virker ikke',
  connectorUp: 'tilkoblet',
  connectorDown: 'ikke tilkoblet',
  unknownMessages: '{{count, n}} meldinger fra ingen registrert sensor eller hjem',
  backupMade: 'Den nyeste ble laget',
  backupUnknown: 'Ingen er kjent.',
  backupPlain: 'Den er ikke kryptert.',
  watchedByNobody: 'Huben sier ikke fra til noen at den har det bra.',
  neverTold: 'Den er ikke nådd siden huben startet.',
  told: 'Fikk sist vite at huben har det bra:',
  noCertificates: 'Ingen: verken MQTT eller konsollen snakker TLS her.',
  certificateUntil: '{{name}}: til {{day}}.',
  versions: 'Hub {{hub}} · Node {{node}} · SQLite {{sqlite}} · skjema {{schema}}',
  problems: {
    writes: {
      title: 'Ingenting er skrevet til disken på {{time}}',
      means:
        'Ingen nye målinger tas imot, så det kommer ingen nye varsler. Gatewayene tar vare på målingene og sender dem på nytt når huben er tilbake.',
      do: 'Ring til de hjemmene det haster mest for. Start huben på nytt; se på disken hvis det ikke hjelper.',
    },
    timers: {
      title: 'Huben er {{time}} forsinket med det som skal skje',
      means: 'Varsel om at noen ikke rører seg, og varsel til nestemann, kommer så mye for sent.',
      do: 'Ring selv der ingen har svart. Finn ut hva maskinen er så opptatt med, eller start huben på nytt.',
    },
    messages: {
      title: 'En melding til et menneske har ventet i {{time}}',
      means: 'Noen som skulle visst om et varsel, vet det ikke.',
      do: 'Ring selv der ingen har svart, fra tavlen. Få sett på kanalen nedenfor.',
    },
    'no-sms-works': {
      title: 'Ingen SMS går ut',
      means:
        'Familier og de som har vakt, får ikke vite om varsler. Meldingene venter, og går så snart en kanal virker.',
      do: 'Bli ved tavlen, og ring selv.',
    },
    'disk-full': {
      title: 'Disken er full: {{size}} ledig',
      means:
        'Bare alarmer tas vare på: fall, knapper, røyk og gass varsler fortsatt. Ingen merker om noen ikke rører seg, eller om en sensor blir taus; det som måles nå, går tapt. Når plassen for alarmer også er brukt opp, tar huben ikke imot noe.',
      do: 'Rydd plass på disken med datamappen nå: da går alt videre av seg selv. Ring så lenge dem som bor alene.',
    },
    'disk-low': {
      title: 'Disken er nesten full: {{size}} ledig',
      means:
        'Ingenting er tapt ennå. Når den blir fullere, skrives først ikke InfluxDB, så tas ikke målinger vare på, og alarmer til sist.',
      do: 'Rydd plass på disken med datamappen, eller gi den en større, denne uken.',
    },
    'certificate-over': {
      title: 'Sertifikatet for {{name}} er utløpt',
      means:
        'Gatewayer eller nettlesere nekter å koble seg til: hjem der gatewayen kommer tilbake nå, er ikke beskyttet.',
      do: 'Legg et nytt sertifikat på plass nå: huben tar det i bruk av seg selv (docs/operations.md, Certificates).',
    },
    'certificate-refused': {
      title: 'Et nytt sertifikat for {{name}} kan ikke brukes',
      means: 'Det fra før gjelder, og ingen er koblet fra. Det utløper likevel.',
      do: 'Rett det som står, eller legg riktig fil på plass: huben tar den i bruk av seg selv.',
    },
    'certificate-ends': {
      title_one: 'Sertifikatet for {{name}} utløper om 1 dag',
      title_other: 'Sertifikatet for {{name}} utløper om {{count, n}} dager',
      means: 'Ingenting er galt ennå. Etter det nekter gatewayer eller nettlesere å koble seg til.',
      do: 'Få det fornyet, og legg det nye på plass: huben tar det i bruk av seg selv.',
    },
    'gateway-certificates-end': {
      title_one: 'Sertifikatet til 1 gateway utløper innen 30 dager',
      title_other: 'Sertifikatene til {{count, n}} gatewayer utløper innen 30 dager',
      means: 'Etter det slipper gatewayen ikke inn, og hjemmet er ikke beskyttet.',
      do: '«aal certificate list» sier hvilke; «aal gateway renew GATEWAY» lager et nytt.',
    },
    connections: {
      title: 'Flere gatewayer kan ikke koble seg til: {{count, n}} er inne',
      means: 'Et hjem der gatewayen kommer tilbake nå, slipper ikke inn og er ikke beskyttet.',
      do: 'Øk mqtt.maxConnections i hub.yaml, og start huben på nytt.',
    },
    connector: {
      title: 'Ingen forbindelse med {{name}}',
      means: 'Sensorer som høres gjennom denne megleren, høres ikke: alarmene deres kommer sent eller ikke.',
      do: 'Grunnen sier hva som må sjekkes; docs/connectors.md har mer. Det megleren tar vare på imens, kommer når forbindelsen er tilbake.',
    },
    channel: {
      title: 'Kanalen {{name}} virker ikke',
      means: 'Meldinger går med neste kanal i ruten, hvis det er noen; ellers venter de til denne virker.',
      do: 'Få den i orden: docs/channels.md sier hva hver av dem trenger.',
    },
    rules: {
      title: 'Feil i regelfilene, i {{time}}',
      means: 'Reglene fra før gjelder og passer på videre. Det som ble endret, teller ikke ennå.',
      do: 'Rett filene: «aal rules check» sier hver feil og hvor den er.',
    },
    'dead-man': {
      title: 'Tjenesten som passer på huben, nås ikke',
      means:
        'Den kommer til å slå alarm selv om huben virker. Stopper huben nå, sier den alarmen ikke noe nytt.',
      do: 'Se på linjen til internett, og på watch.ping i hub.yaml.',
    },
    history: {
      title: 'Grafene er {{time}} på etterskudd',
      means: 'Varsler og meldinger er ikke berørt, og ingenting er tapt: journalen har alt.',
      do: 'Se på InfluxDB. Når den svarer igjen, skriver huben det som mangler, av seg selv.',
    },
    'history-refused': {
      title: 'InfluxDB tok ikke imot {{count, n}} verdier',
      means: 'De mangler i grafene. Varsler og meldinger er ikke berørt, og journalen har dem.',
      do: 'Loggen til huben sier hvilke, og hvorfor.',
    },
    retention: {
      title: 'Det som har hatt sin tid, blir ikke fjernet',
      means:
        'Opplysninger om personer blir lagret lenger enn dere har sagt. Varsler og meldinger er ikke berørt.',
      do: 'Loggen til huben sier hvorfor. Den prøver igjen hver time, og etter hver start. Går klokken feil: still den, og start huben på nytt.',
    },
    'grafana-live': {
      title: 'Grafana Live tar ikke imot noe, i {{time}}',
      means:
        'Paneler i Grafana beveger seg først når de spør på nytt. Varsler, meldinger og historikken er ikke berørt.',
      do: 'Se på Grafana, og på nøkkelen i grafana.tokenFile: docs/grafana.md.',
    },
    'backup-old': {
      title: 'Den nyeste sikkerhetskopien er {{time}} gammel',
      means: 'Ingenting er galt nå. Går disken i stykker, er alt siden da tapt.',
      do: 'Se på den nattlige jobben, og på stedet kopiene legges: docs/operations.md, Backup.',
    },
    plain: {
      title: 'Uten kryptering (TLS): {{name}}',
      means: 'Den som er på nettet til denne adressen, kan lese passord og målinger.',
      do: 'Bare der ingen andre er på det nettet; ellers sett opp TLS i hub.yaml: docs/operations.md, Certificates.',
    },
    'no-dead-man': {
      title: 'Huben sier ikke fra til noen utenfor at den har det bra',
      means:
        'Stopper denne maskinen, er det bare en «aal watchdog» på en annen maskin som merker det, hvis det finnes en.',
      do: 'Sett opp watch.ping i hub.yaml: docs/watchdog.md.',
    },
    'no-backup': {
      title: 'Ingen sikkerhetskopi er kjent',
      means: 'Går disken i stykker, er hjem, personer og det som har skjedd, tapt.',
      do: 'Sett opp nattlig sikkerhetskopi: docs/operations.md, Backup.',
    },
    'phone-page': {
      title: 'Meldinger går bare til telefonsiden',
      means: 'Ingen får SMS: bra for å prøve ut ting, ikke for folk.',
      do: 'Sett opp en kanal i hub.yaml: docs/channels.md.',
    },
  },
}
