import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readQrDrawing } from './qr-drawing.ts';

const ground = '<path fill="#ffffff" d="M0 0h29v29H0z"/>';

describe('QR drawing', () => {
  it('finds the size and the dark modules, not the ground they stand on', () => {
    const svg = `<svg viewBox="0 0 29 29" role="img">${ground}<path fill="#000000" d="M4 4h1v1h-1zM6 4h1v1h-1z"/></svg>`;
    assert.deepEqual(readQrDrawing(svg), { size: 29, path: 'M4 4h1v1h-1zM6 4h1v1h-1z' });
  });

  const refused: readonly (readonly [string, string])[] = [
    ['an empty text', ''],
    ['markup without modules', `<svg viewBox="0 0 29 29">${ground}<script>alert(1)</script></svg>`],
    [
      'a path that holds anything but a path',
      '<svg viewBox="0 0 29 29"><path fill="#000000" d="M0 0 &quot;onload"/></svg>',
    ],
    ['a size that is no number', '<svg viewBox="0 0 x x"><path fill="#000000" d="M4 4h1v1h-1z"/></svg>'],
  ];
  for (const [name, svg] of refused) {
    it(`refuses ${name}`, () => assert.equal(readQrDrawing(svg), undefined));
  }
});
