/** Looks for a code in what the camera shows. */
export interface Scanner {
  look(video: HTMLVideoElement): Promise<string | undefined>
}

/** As browsers have it; no types come with TypeScript. */
interface Detector {
  detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>
}

interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

/** What stands on labels: QR and Data Matrix on sensors, bars on boxes. */
const FORMATS = ['qr_code', 'data_matrix', 'code_128', 'code_39', 'ean_13']
/** Larger pictures take longer, and are read no better. px */
const WIDEST = 1280

/** The browser's own (Chrome on Android), which reads bars too; else one in JavaScript that reads QR codes. */
export async function openScanner(): Promise<Scanner> {
  return (await openDetector()) ?? (await openDecoder())
}

async function openDetector(): Promise<Scanner | undefined> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass }
  if (!BarcodeDetector) return undefined
  const supported = await BarcodeDetector.getSupportedFormats().catch((): readonly string[] => [])
  const formats = FORMATS.filter((one) => supported.includes(one))
  if (!formats.includes('qr_code')) return undefined
  const detector = new BarcodeDetector({ formats })
  return { look: async (video) => (await detector.detect(video))[0]?.rawValue }
}

async function openDecoder(): Promise<Scanner> {
  const { decodeQR } = await import('qr/decode.js')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return {
    async look(video) {
      const scale = Math.min(1, WIDEST / video.videoWidth)
      canvas.width = Math.round(video.videoWidth * scale)
      canvas.height = Math.round(video.videoHeight * scale)
      if (!context || canvas.width === 0) return undefined
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      try {
        return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height))
      } catch {
        // It throws where there is no code in sight.
        return undefined
      }
    },
  }
}
