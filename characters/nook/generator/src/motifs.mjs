// What is drawn on the cloth: roof tiles of even size, lit windows, stars.
import { HOOD_LENGTH, hoodGirth } from './hood.mjs';
import { PALETTE as P } from './palette.mjs';
import { clamp, lerp, smooth } from './vector.mjs';

const TILE = 0.062;
const ROW = 0.047;

/** One row of tiles across the width; `count` whole tiles, shifted by half a tile in odd rows. */
function tileRow(width, y, count, depth, style, shift) {
  const w = width / count;
  let d = '';
  for (let i = -1; i <= count; i++) {
    const x = (i + shift) * w;
    d += `M ${x.toFixed(1)} ${y} c ${(w * 0.04).toFixed(1)} ${depth} ${(w * 0.3).toFixed(1)} ${(depth * 1.3).toFixed(1)} ${(w / 2).toFixed(1)} ${(depth * 1.3).toFixed(1)} ` +
      `s ${(w * 0.46).toFixed(1)} ${(-depth * 0.3).toFixed(1)} ${(w / 2).toFixed(1)} ${-(depth * 1.3).toFixed(1)} `;
  }
  const { colour, wide, alpha } = style;
  return `<path d="${d}" fill="none" stroke="#FFB27A" stroke-width="${wide}" opacity="${(alpha * 0.5).toFixed(2)}" transform="translate(0 ${wide * 0.9})" stroke-linecap="round"/>` +
    `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${wide}" opacity="${alpha.toFixed(2)}" stroke-linecap="round"/>`;
}

/** Rows at even distances along the hood; as many tiles in each as its girth has room for. */
export function hoodTiles([, , width, height]) {
  let svg = '';
  const rows = Math.floor(HOOD_LENGTH / ROW);
  for (let i = 0; i < rows; i++) {
    const t = 1 - (i * ROW + 0.02) / HOOD_LENGTH;
    const count = Math.max(5, Math.round(hoodGirth(t * HOOD_LENGTH) / TILE));
    const y = Math.round((1 - t) * height);
    const near = smooth(1 - t, 0.14, 0.34);
    svg += tileRow(width, y, count, 16, { colour: P.roofDeep, wide: 5, alpha: lerp(0, 0.55, near) },
      i % 2 ? 0.5 : 0);
  }
  return svg;
}

export function capeTiles([, , width, height]) {
  let svg = '';
  for (let i = 0; i < 7; i++) {
    const y = Math.round(height * (0.94 - i * 0.125));
    svg += tileRow(width, y - 34, 28, 26, { colour: P.roofDeep, wide: 5.5, alpha: clamp(0.6 - i * 0.06) }, i % 2 ? 0 : 0.5);
  }
  return svg + house(width / 2, height * 0.44, 1);
}

/** A house with a keyhole for a door, stitched on the back. */
function house(x, y, size) {
  const wide = 74 * size;
  const tall = 62 * size;
  return `<g transform="translate(${x} ${y})" fill="none" stroke="#FFE3B8" stroke-width="9" stroke-linejoin="round" stroke-linecap="round">` +
    `<path d="M ${-wide * 1.2} ${-tall * 0.1} L 0 ${-tall} L ${wide * 1.2} ${-tall * 0.1} M ${-wide * 0.86} ${-tall * 0.3} V ${tall} H ${wide * 0.86} V ${-tall * 0.3}"/>` +
    `<path d="M 0 ${-tall * 0.12} a 15 13 0 0 1 8 24 l 8 26 h -32 l 8 -26 a 15 13 0 0 1 8 -24 z" fill="#FFE3B8" stroke="none"/></g>`;
}

/** A row of small windows; every third is dark, as in a real house at night. */
export function litWindows([x, y, w, h], lit, dark) {
  const count = 18;
  const step = w / count;
  let svg = '';
  for (let i = 0; i < count; i++) {
    const left = x + i * step + step * 0.29;
    const on = (i * 7 + 1) % 3 !== 0;
    const top = y + h * 0.22;
    const [ww, hh] = [step * 0.42, h * 0.68];
    svg += `<path d="M ${left} ${top + hh} v ${-hh * 0.6} a ${ww / 2} ${hh * 0.4} 0 0 1 ${ww} 0 v ${hh * 0.6} z" fill="${on ? lit : dark}"/>`;
  }
  return svg;
}

/** Stars at fixed pseudo-random places. */
export function stars([, , w, h], count, colour) {
  let seed = 12345 + count;
  const next = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 4294967296;
  };
  let svg = '';
  for (let i = 0; i < count; i++) {
    const [x, y, r] = [next() * w, next() * h, 2 + next() * 4];
    svg += `<path d="M ${x.toFixed(1)} ${(y - r * 1.8).toFixed(1)} q ${r * 0.3} ${r * 1.5} ${r * 1.8} ${r * 1.8} q ${-r * 1.5} ${r * 0.3} ${-r * 1.8} ${r * 1.8} q ${-r * 0.3} ${-r * 1.5} ${-r * 1.8} ${-r * 1.8} q ${r * 1.5} ${-r * 0.3} ${r * 1.8} ${-r * 1.8} z" fill="${colour}" opacity="${(0.5 + next() * 0.5).toFixed(2)}"/>`;
  }
  return svg;
}
