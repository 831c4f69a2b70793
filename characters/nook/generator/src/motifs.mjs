// What is drawn on the cloth: roof tiles of even size, lit windows, stars.
import { HOOD_LENGTH, hoodGirth, openingCurve } from './hood.mjs';
import { PALETTE as P } from './palette.mjs';
import { smooth } from './vector.mjs';

const TILE = 0.062;
const ROW = 0.047;
const STITCHES = 46;
/** points of the curve for each stitch and the gap behind it */
const STITCH = 8;

/** One row of tiles across the width; `count` whole tiles, shifted by half a tile in odd rows. */
function tileRow(width, y, count, depth, { wide, alpha }, shift) {
  const w = width / count;
  const n = (x) => x.toFixed(1);
  let d = '';
  for (let i = -1; i <= count; i++) {
    const x = (i + shift) * w;
    d += `M ${n(x)} ${n(y)} c 0 ${n(depth * 0.75)} ${n(w * 0.2)} ${n(depth * 1.3)} ${n(w / 2)} ${n(depth * 1.3)} ` +
      `s ${n(w / 2)} ${n(-depth * 0.55)} ${n(w / 2)} ${n(-depth * 1.3)} `;
  }
  const line = (colour, at, strength, thick) => `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${n(thick)}" ` +
    `opacity="${strength.toFixed(2)}" transform="translate(0 ${n(at)})" stroke-linecap="round" stroke-linejoin="round"/>`;
  // A soft shade under the edge of each tile, its lit edge, then the clear line between.
  return line(P.roofDeep, wide * 1.7, alpha * 0.22, wide * 3.2) + line('#FFBE86', -wide * 0.95, alpha * 0.55, wide * 0.8) +
    line('#A83A2C', 0, alpha, wide);
}

/** Rows at even distances along the hood; as many tiles in each as its girth has room for. */
export function hoodTiles([, , width, height]) {
  let svg = '';
  const rows = Math.floor(HOOD_LENGTH / ROW);
  for (let i = 0; i < rows; i++) {
    const t = 1 - (i * ROW + 0.02) / HOOD_LENGTH;
    const count = Math.max(5, Math.round(hoodGirth(t * HOOD_LENGTH) / TILE));
    const y = Math.round((1 - t) * height);
    svg += tileRow(width, y, count, 19, { wide: 4.6, alpha: 0.72 * smooth(1 - t, 0.16, 0.36) }, i % 2 ? 0.5 : 0);
  }
  return svg + stitches(width, height);
}

/** A stitched line beside the opening: stitches of even length on the figure, not in the picture. */
function stitches(width, height) {
  const [inner, outer] = [0.027, 0.0305].map((margin) => openingCurve(margin, STITCHES * STITCH));
  const at = ({ angle, arc }) => [width * (angle / (2 * Math.PI)), height * (1 - arc / HOOD_LENGTH)];
  let svg = '';
  for (let k = 0; k < STITCHES; k++) {
    const run = (points) => points.slice(k * STITCH, k * STITCH + Math.round(STITCH * 0.62) + 1).map(at);
    const round = [...run(inner), ...run(outer).reverse()];
    for (const shift of [0, width]) {
      const d = round.map(([x, y], i) => `${i ? 'L' : 'M'} ${(x + shift).toFixed(1)} ${y.toFixed(1)}`).join(' ');
      svg += `<path d="${d} z" fill="#FFE3B8" stroke="#FFE3B8" stroke-width="2.4" stroke-linejoin="round"/>`;
    }
  }
  return svg;
}

export function capeTiles([, , width, height]) {
  let svg = '';
  for (let i = 0; i < 9; i++) {
    const y = height * (0.955 - i * 0.117);
    svg += tileRow(width, y - 30, i < 6 ? 18 : 14, 25, { wide: 5.2, alpha: 0.72 - i * 0.03 }, i % 2 ? 0 : 0.5);
  }
  return svg + house(width / 2, height * 0.47, 1);
}

/** A house with a keyhole for a door, stitched on the back. */
function house(x, y, size) {
  const wide = 74 * size;
  const tall = 62 * size;
  return `<g transform="translate(${x} ${y})" fill="none" stroke="#FFE3B8" stroke-width="9" stroke-linejoin="round" stroke-linecap="round">` +
    `<path d="M ${-wide * 1.2} ${-tall * 0.1} L 0 ${-tall} L ${wide * 1.2} ${-tall * 0.1} M ${-wide * 0.86} ${-tall * 0.3} V ${tall} H ${wide * 0.86} V ${-tall * 0.3}"/>` +
    `<path d="M 0 ${-tall * 0.12} a 15 13 0 0 1 8 24 l 8 26 h -32 l 8 -26 a 15 13 0 0 1 8 -24 z" fill="#FFE3B8" stroke="none"/></g>`;
}

/** A row of small windows; one in four is dark, as in a real house at night. */
export function litWindows([x, y, w, h], lit, dark) {
  const count = 16;
  const step = w / count;
  let svg = '';
  for (let i = 0; i < count; i++) {
    const left = x + i * step + step * 0.36;
    const on = i % 4 !== 2;
    const top = y + h * 0.24;
    const [ww, hh] = [step * 0.28, h * 0.56];
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
