import QRCode from 'qrcode';
import type { Html } from './html.ts';
import { html } from './html.ts';

const quietZone = 4;

/** A QR code as inline SVG, one path, dark on white in every colour scheme, with the quiet zone of ISO/IEC 18004. */
export function drawQr(text: string): Html {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const runs: string[] = [];
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) runs.push(`M${column + quietZone} ${row + quietZone}h1v1h-1z`);
    }
  }
  const side = modules.size + 2 * quietZone;
  return html`<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="QR code for the authenticator app" shape-rendering="crispEdges"><path fill="#ffffff" d="M0 0h${side}v${side}H0z"/><path fill="#000000" d="${runs.join('')}"/></svg>`;
}
