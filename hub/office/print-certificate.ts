import { createRequire } from 'node:module'
import { PDFDocument } from 'pdfkit'
import type { Certificate, VisitSensorView } from '../model/visit.ts'
import { CERTIFICATE_WORDS, sayValue } from './certificate-words.ts'
import type { PrintLanguage } from './certificate-words.ts'

/** Points. */
const MARGIN = { top: 48, bottom: 72, left: 48, right: 48 }
const GREEN = '#14652f'
const AMBER = '#8a4b00'
const INK = '#16202a'
const GREY = '#566370'
const LINE = '#d3dae0'
const BAND = '#f2f5f7'

const fontFile = (name: string): string =>
  createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)

/** A4, as many pages as it takes; the same certificate gives the same pages. */
export async function printCertificate(certificate: Certificate, language: PrintLanguage): Promise<Buffer> {
  const words = CERTIFICATE_WORDS[language]
  const doc = new PDFDocument({
    size: 'A4',
    margins: MARGIN,
    bufferPages: true,
    lang: language,
    displayTitle: true,
    pdfVersion: '1.7',
    info: {
      Title: `${words.title} ${certificate.home} ${certificate.id}`,
      Creator: `AAL hub ${certificate.hub.version}`,
      CreationDate: new Date(certificate.at),
      ModDate: new Date(certificate.at),
    },
  })
  const chunks: Buffer[] = []
  const done = new Promise<void>((fulfil, reject) => {
    doc.on('data', (chunk) => chunks.push(chunk))
    doc.on('end', fulfil)
    doc.on('error', reject)
  })
  doc.registerFont('text', fontFile('DejaVuSansCondensed'))
  doc.registerFont('bold', fontFile('DejaVuSansCondensed-Bold'))
  const page = createPage(doc)
  write(page, certificate, language)
  const { count } = doc.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    doc.switchToPage(index)
    writeFooter(doc, certificate, language, index + 1, count)
  }
  doc.end()
  await done
  return Buffer.concat(chunks)
}

interface Cell {
  readonly text: string
  readonly bold?: boolean
  readonly color?: string
}

interface Page {
  readonly doc: PDFDocument
  readonly width: number
  heading(text: string): void
  paragraph(text: string, style?: Omit<Cell, 'text'>): void
  /** @param widths as parts of the width of the page */
  row(widths: readonly number[], cells: readonly Cell[], style?: { header?: boolean; line?: boolean }): void
}

function createPage(doc: PDFDocument): Page {
  const width = doc.page.width - MARGIN.left - MARGIN.right
  const bottom = doc.page.height - MARGIN.bottom

  /** What stands above the columns of the table that is being written. */
  let header: { readonly parts: readonly number[]; readonly cells: readonly Cell[] } | undefined

  function roomFor(height: number): void {
    if (doc.y + height <= bottom) return
    doc.addPage()
    doc.y = MARGIN.top
    if (header) writeRow(header.parts, header.cells, true, false)
  }

  function style({ bold = false, color = INK }: Omit<Cell, 'text'>, size: number): void {
    doc
      .font(bold ? 'bold' : 'text')
      .fontSize(size)
      .fillColor(color)
  }

  function writeRow(
    parts: readonly number[],
    cells: readonly Cell[],
    isHeader: boolean,
    line: boolean,
  ): void {
    const size = isHeader ? 7.5 : 8.5
    const sum = parts.reduce((a, b) => a + b, 0)
    const widths = parts.map((part) => (part / sum) * width - 6)
    const heights = cells.map((cell, index) => {
      style(cell, size)
      return doc.heightOfString(cell.text || ' ', { width: widths[index] ?? 0 })
    })
    const height = Math.max(...heights) + 6
    if (!isHeader) roomFor(height)
    const { y } = doc
    if (isHeader) doc.rect(MARGIN.left, y, width, height).fill(BAND)
    let x = MARGIN.left
    cells.forEach((cell, index) => {
      style(isHeader ? { bold: true, color: GREY } : cell, size)
      doc.text(cell.text, x + 3, y + 3, { width: widths[index] ?? 0 })
      x += (widths[index] ?? 0) + 6
    })
    const end = y + height
    if (line && !isHeader) {
      doc
        .moveTo(MARGIN.left, end)
        .lineTo(MARGIN.left + width, end)
        .lineWidth(0.5)
        .stroke(LINE)
    }
    doc.y = end
  }

  return {
    doc,
    width,
    heading(text) {
      header = undefined
      roomFor(60)
      doc.y += 14
      style({ bold: true }, 11.5)
      const { y } = doc
      doc.text(text, MARGIN.left, y, { width })
      doc.y = y + 20
    },
    paragraph(text, of = {}) {
      style(of, 9)
      roomFor(doc.heightOfString(text, { width }))
      doc.text(text, MARGIN.left, doc.y, { width })
      doc.y += 3
    },
    row(parts, cells, { header: isHeader = false, line = true } = {}) {
      if (isHeader) header = { parts, cells }
      writeRow(parts, cells, isHeader, line)
    },
  }
}

function write(page: Page, certificate: Certificate, language: PrintLanguage): void {
  const { doc, width } = page
  const { visit, forced, timezone } = certificate
  const words = CERTIFICATE_WORDS[language]
  const at = clockOf(timezone, language)
  doc.font('bold').fontSize(21).fillColor(INK).text(words.title, MARGIN.left, MARGIN.top, { width })
  doc.y = MARGIN.top + 30
  const { y } = doc
  doc.roundedRect(MARGIN.left, y, width, 24, 4).fill(forced ? AMBER : GREEN)
  doc
    .font('bold')
    .fontSize(10.5)
    .fillColor('#ffffff')
    .text(forced ? words.forced : words.allProven, MARGIN.left + 10, y + 6, { width: width - 20 })
  doc.y = y + 34

  const fact = (name: string, text: string): void =>
    page.row(
      [22, 78],
      [
        { text: name, color: GREY },
        { text, bold: name === words.home },
      ],
    )
  fact(words.home, [certificate.label, certificate.home].filter(Boolean).join(' · '))
  if (certificate.area !== undefined) fact(words.area, certificate.area)
  fact(words.proven, at(certificate.at))
  fact(words.by, nameOf(certificate.by, certificate.byName))
  fact(words.started, at(visit.startedAt))
  fact(words.due, dateOf(certificate.due, timezone, language))
  fact(
    words.gateways,
    visit.gateways.map(({ id, online }) => `${id} (${online ? words.online : words.offline})`).join(', ') ||
      '–',
  )
  if (certificate.note !== undefined) fact(words.note, certificate.note)

  if (forced) {
    page.heading(words.missing)
    for (const one of forced.missing) page.paragraph(`• ${one[language]}`, { color: AMBER, bold: true })
    page.paragraph(`${words.reason}: ${forced.reason}`)
  }

  page.heading(words.sensors)
  if (visit.sensors.length === 0) page.paragraph(words.noSensors)
  else writeSensors(page, visit.sensors, language, at)

  page.heading(words.alarm)
  writeAlarm(page, certificate, language)
}

const COLUMNS = [30, 24, 12, 18, 8, 8, 5]

function writeSensors(
  page: Page,
  sensors: readonly VisitSensorView[],
  language: PrintLanguage,
  at: (ms: number) => string,
): void {
  const words = CERTIFICATE_WORDS[language]
  const names = [words.sensor, words.proof, words.answer, words.time, words.battery, words.signal, words.qos]
  page.row(
    COLUMNS,
    names.map((text) => ({ text })),
    { header: true },
  )
  for (const sensor of sensors) {
    const where = [sensor.roomName ?? sensor.room, sensor.role].filter(Boolean).join(', ')
    const about = [where, sensor.title[language]].filter(Boolean).join(' · ')
    const heads: Cell[] = [
      { text: sensor.sensor, bold: true },
      { text: about, color: GREY },
    ]
    const facts = [
      { text: percent(sensor.battery) },
      { text: percent(sensor.signal) },
      { text: sensor.qos === undefined ? '–' : String(sensor.qos) },
    ]
    const missing: Cell = { text: words.notProven, bold: true, color: AMBER }
    const rows: Cell[][] =
      sensor.steps.length === 0
        ? [
            [
              { text: sensor.nothing?.[language] ?? words.heard },
              sensor.heardAt === undefined ? missing : { text: words.heard, color: GREEN },
              { text: sensor.heardAt === undefined ? '' : at(sensor.heardAt) },
            ],
          ]
        : sensor.steps.map((step) => [
            { text: step.ask[language] },
            step.value === undefined
              ? missing
              : { text: sayValue(step.expect.kind, step.value, language), color: GREEN },
            { text: step.provenAt === undefined ? '' : at(step.provenAt) },
          ])
    const empty = facts.map(() => ({ text: '' }))
    // What the sensor is stands below its name, beside the second step where there is one.
    const count = Math.max(rows.length, heads.length)
    for (let index = 0; index < count; index++) {
      const cells = rows[index] ?? empty
      const line = index === count - 1 && sensor.warnings.length === 0
      page.row(COLUMNS, [heads[index] ?? { text: '' }, ...cells, ...(index === 0 ? facts : empty)], { line })
    }
    sensor.warnings.forEach((one, index) => {
      page.row([30, 75], [{ text: '' }, { text: `! ${one[language]}`, color: AMBER }], {
        line: index === sensor.warnings.length - 1,
      })
    })
  }
}

function writeAlarm(page: Page, { visit, timezone }: Certificate, language: PrintLanguage): void {
  const words = CERTIFICATE_WORDS[language]
  const { alarm } = visit
  if (!alarm) return page.paragraph(words.noAlarm, { bold: true, color: AMBER })
  const at = clockOf(timezone, language)
  const sensor = alarm.sensor === undefined ? '' : ` (${alarm.sensor})`
  page.paragraph(words.how[alarm.how].replace(/([.:])/, `${sensor}$1`))
  if (alarm.reason) page.paragraph(alarm.reason[language], { bold: true, color: AMBER })
  const figure = new Intl.NumberFormat(language, { minimumFractionDigits: 1 })
  const width = [45, 35, 20]
  for (const { leg, at: reached, seconds } of alarm.legs) {
    page.row(width, [
      { text: words.legs[leg] },
      {
        text: reached === undefined ? words.notKnown : at(reached, true),
        color: reached === undefined ? GREY : INK,
      },
      { text: seconds === undefined ? '–' : `${figure.format(seconds)} ${words.seconds}` },
    ])
  }
  if (alarm.seconds !== undefined) {
    page.row(width, [
      { text: words.total, bold: true },
      { text: `${words.answeredBy} ${nameOf(alarm.answeredBy ?? '', undefined)}, ${alarm.via}` },
      { text: `${figure.format(alarm.seconds)} ${words.seconds}`, bold: true, color: GREEN },
    ])
  }
}

function writeFooter(
  doc: PDFDocument,
  certificate: Certificate,
  language: PrintLanguage,
  page: number,
  pages: number,
): void {
  const words = CERTIFICATE_WORDS[language]
  const width = doc.page.width - MARGIN.left - MARGIN.right
  const y = doc.page.height - MARGIN.bottom + 12
  // Below the margin is where a footer stands: it must begin no new page.
  doc.page.margins.bottom = 0
  doc
    .moveTo(MARGIN.left, y)
    .lineTo(MARGIN.left + width, y)
    .lineWidth(0.5)
    .stroke(LINE)
  doc.font('text').fontSize(6.8).fillColor(GREY)
  const rules = certificate.rules.sha256.slice(0, 16)
  doc.text(
    `${certificate.id} · ${words.hub} ${certificate.hub.version} · ${words.rules} ${rules}`,
    MARGIN.left,
    y + 6,
    { width: width - 80, lineBreak: false },
  )
  doc.text(words.page(page, pages), MARGIN.left + width - 80, y + 6, { width: 80, align: 'right' })
  doc.text(`${words.check} aal home certificate ${certificate.home}`, MARGIN.left, y + 17, {
    width,
    lineBreak: false,
  })
  doc.text(`SHA-256 ${certificate.sha256}`, MARGIN.left, y + 28, { width, lineBreak: false })
}

function clockOf(timezone: string, language: PrintLanguage): (ms: number, withSeconds?: boolean) => string {
  return (ms, withSeconds = false) =>
    new Intl.DateTimeFormat(language === 'nb' ? 'nb' : 'en-GB', {
      timeZone: timezone,
      dateStyle: 'short',
      timeStyle: withSeconds ? 'medium' : 'short',
    }).format(ms)
}

function dateOf(ms: number, timezone: string, language: PrintLanguage): string {
  const format = { timeZone: timezone, dateStyle: 'long' } as const
  return new Intl.DateTimeFormat(language === 'nb' ? 'nb' : 'en-GB', format).format(ms)
}

/** `operator:ola` is Ola where that is known. */
function nameOf(by: string, name: string | undefined): string {
  const id = by.replace(/^[a-z]+:/, '')
  return name === undefined ? id : `${name} (${id})`
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${value} %`
}
