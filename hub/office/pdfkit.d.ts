/** What is used of pdfkit, which brings no types of its own. Lengths in points, from the top left. */
declare module 'pdfkit' {
  interface TextOptions {
    width?: number
    align?: 'left' | 'right' | 'center'
    lineBreak?: boolean
    lineGap?: number
    characterSpacing?: number
  }

  export class PDFDocument {
    constructor(options: {
      size: 'A4'
      margins: { top: number; bottom: number; left: number; right: number }
      bufferPages: boolean
      lang: string
      tagged?: boolean
      displayTitle?: boolean
      pdfVersion?: string
      info: Readonly<Record<string, string | Date>>
    })
    readonly page: { readonly width: number; readonly height: number; margins: { bottom: number } }
    y: number
    registerFont(name: string, path: string): this
    font(name: string): this
    fontSize(size: number): this
    fillColor(color: string): this
    strokeColor(color: string): this
    lineWidth(width: number): this
    text(text: string, x: number, y: number, options?: TextOptions): this
    heightOfString(text: string, options?: TextOptions): number
    widthOfString(text: string): number
    rect(x: number, y: number, width: number, height: number): this
    roundedRect(x: number, y: number, width: number, height: number, radius: number): this
    circle(x: number, y: number, radius: number): this
    moveTo(x: number, y: number): this
    lineTo(x: number, y: number): this
    fill(color?: string): this
    stroke(color?: string): this
    addPage(): this
    bufferedPageRange(): { readonly start: number; readonly count: number }
    switchToPage(page: number): this
    on(event: 'data', listener: (chunk: Buffer) => void): this
    on(event: 'end', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
    end(): void
  }
}
