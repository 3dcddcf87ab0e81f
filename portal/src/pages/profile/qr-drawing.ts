export interface QrDrawing {
  /** Modules per side, quiet zone included. */
  readonly size: number;
  /** The dark modules, one filled square each. */
  readonly path: string;
}

/**
 * Takes the dark modules out of an SVG text of a QR code: its size and the one path that is filled black. The text itself never becomes part
 * of the page. Undefined when it is not such a drawing.
 */
export function readQrDrawing(svg: string): QrDrawing | undefined {
  const size = Number(/viewBox="0 0 (\d{1,3}) \d{1,3}"/.exec(svg)?.[1]);
  const path = /<path fill="#000000" d="([\dMmHhVvz .,-]+)"/.exec(svg)?.[1];
  return Number.isInteger(size) && size > 0 && path !== undefined ? { size, path } : undefined;
}
