import styles from './profile-page.module.css';
import { readQrDrawing } from './qr-drawing.ts';

/** The QR code, drawn anew from its modules: no markup from outside enters the page. */
export function QrCode({ svg }: { svg: string }) {
  const drawing = readQrDrawing(svg);
  if (drawing === undefined) return null;
  return (
    <svg
      className={styles.qr}
      viewBox={`0 0 ${drawing.size} ${drawing.size}`}
      role="img"
      aria-label="QR code of the secret"
      shapeRendering="crispEdges"
    >
      <path d={drawing.path} fill="#000000" />
    </svg>
  );
}
