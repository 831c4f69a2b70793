// All textures, drawn as SVG and rendered to PNG; none is read from a file.
import { Resvg } from '@resvg/resvg-js';
import { ATLAS_SIZE, PLAIN, REGIONS } from './atlas.mjs';
import { FACE_ATLAS, FACE_REGIONS, swatchBox } from './face_atlas.mjs';
import { capeTiles, hoodTiles, litWindows, stars } from './motifs.mjs';
import { PALETTE as P } from './palette.mjs';

let names = 0;
const stops = (list) => list.map(([at, colour, alpha = 1]) =>
  `<stop offset="${at}" stop-color="${colour}" stop-opacity="${alpha}"/>`).join('');
/** A box filled from top to bottom; its gradient is defined beside it. */
export function ramp([x, y, w, h], list) {
  const id = `g${names++}`;
  return `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops(list)}</linearGradient></defs>` +
    `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="url(#${id})"/>`;
}
export function glow(cx, cy, rx, ry, list) {
  const id = `g${names++}`;
  return `<defs><radialGradient id="${id}">${stops(list)}</radialGradient></defs>` +
    `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="url(#${id})"/>`;
}
const box = ([x, y, w, h], fill) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`;
const clipped = (name, [x, y, w, h], content) =>
  `<svg x="${x}" y="${y}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" overflow="hidden">${content}</svg>`;

function png(width, height, content, scaleTo = width) {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
  return new Resvg(text, { fitTo: { mode: 'width', value: scaleTo }, font: { loadSystemFonts: false } }).render().asPng();
}

const part = (name) => [0, 0, REGIONS[name][2], REGIONS[name][3]];
const region = (name, content) => clipped(name, REGIONS[name], content);

function cloth() {
  const [, , tw, th] = REGIONS.tunic;
  const [, , sw, sh] = REGIONS.sleeve;
  return box([0, 0, ATLAS_SIZE, ATLAS_SIZE], P.roof) +
    region('hood', ramp(part('hood'), [[0, '#FFE9B8'], [0.09, '#FFC070'], [0.24, '#F98A4B'], [0.42, P.roofLight],
      [0.75, P.roof], [1, '#D2553E']]) + hoodTiles(part('hood'))) +
    region('cape', ramp(part('cape'), [[0, '#D9603F'], [0.16, P.roof], [0.42, '#F07A45'], [1, P.roofLight]]) + capeTiles(part('cape'))) +
    region('lining', ramp(part('lining'), [[0, P.night], [1, '#5A3A6B']]) + stars(part('lining'), 26, P.ember)) +
    region('night', ramp(part('night'), [[0, '#2A1A38'], [0.6, P.nightDeep], [1, '#3B2447']]) +
      stars(part('night'), 34, P.glowPale)) +
    region('tunic', ramp(part('tunic'), [[0, '#E8B88E'], [0.34, '#F7DDB8'], [0.6, P.cream], [0.8, '#FFEFD2'], [1, '#F6D9AE']]) +
      box([0, th * 0.66, tw, th * 0.34], P.night) + box([0, th * 0.63, tw, th * 0.016], P.roof) +
      box([0, th * 0.88, tw, th * 0.12], P.roof) + litWindows([0, th * 0.66, tw, th * 0.22], P.ember, P.nightSoft)) +
    region('sleeve', ramp(part('sleeve'), [[0, '#E0A97F'], [0.2, '#F3D3AC'], [0.42, P.cream], [1, P.cream]]) +
      box([0, sh * 0.6, sw, sh * 0.17], P.roof) + box([0, sh * 0.57, sw, sh * 0.013], P.roof) +
      box([0, sh * 0.86, sw, sh * 0.14], P.night)) +
    region('hair', ramp(part('hair'), [[0, P.nightDeep], [0.35, P.night], [0.72, '#5B3A68'], [0.88, '#755890'], [0.955, '#86B4BC'], [0.968, '#86B4BC'], [0.975, P.nightDeep], [1, P.nightDeep]]) +
      [26, 62, 98, 132, 170, 206, 236].map((x, i) => `<path d="M ${x} ${60 + (i % 3) * 40} q 6 150 ${i % 2 ? 8 : -6} 330" stroke="#8A66A0" stroke-width="5" opacity=".35" fill="none" stroke-linecap="round"/>`).join('')) +
    region('leg', ramp(part('leg'), [[0, P.nightDeep], [0.42, P.night], [0.66, '#46305A'], [0.67, P.cream], [0.7, P.cream],
      [0.705, '#C9533C'], [0.9, '#B5483A'], [0.94, '#7E2F34'], [1, '#5E2430']])) +
    PLAIN.map((colour, i) => {
      const [x, y, w, h] = REGIONS.plain;
      return box([x, y + (i * h) / PLAIN.length, w, h / PLAIN.length], P[colour]);
    }).join('');
}

/** What shines by itself: the tip like a paper lantern, the windows, stars, the ends of the hair. */
function clothLight() {
  const [, , tw, th] = REGIONS.tunic;
  return box([0, 0, ATLAS_SIZE, ATLAS_SIZE], '#000') +
    region('hood', ramp(part('hood'), [[0, '#E8FFF4'], [0.05, '#BDF3D8'], [0.12, '#D9A95E'], [0.22, '#9A4A20'], [0.36, '#3A1408'], [0.5, '#000']])) +
    region('tunic', litWindows([0, th * 0.66, tw, th * 0.22], '#8A5A22', '#000')) +
    region('lining', stars(part('lining'), 26, '#C99548')) +
    region('night', stars(part('night'), 34, '#9FE8D4') + ramp([0, 220, 1024, 100], [[0, '#000', 0], [1, '#103A38', 1]])) +
    region('hair', ramp([0, 400, 256, 112], [[0, '#000'], [1, '#1C5A55']]));
}

function skin() {
  const x = (m) => (m / 0.4 + 0.5) * 1024;
  const y = (m) => ((0.916 - m) / 0.4) * 1024;
  const cheek = (side) => glow(x(side * 0.104), y(0.643), 96, 62, [[0, '#FF7F6B', 0.6], [0.45, P.blush, 0.38], [1, '#FF8A70', 0]]);
  return box([0, 0, 1024, 1024], P.skin) + cheek(1) + cheek(-1) +
    glow(x(0), y(0.645), 30, 20, [[0, '#F08A74', 0.5], [1, '#F08A74', 0]]) +
    ramp([0, 0, 1024, y(0.79)], [[0, '#9A5C72', 0.8], [0.6, '#C98A8C', 0.42], [0.85, '#EDBBAA', 0.3], [1, '#F4CDB8', 0]]) +
    glow(x(0), y(0.545), 330, 110, [[0, '#8FEBD2', 0.75], [0.55, '#A6ECD6', 0.35], [1, '#BFF0DC', 0]]) +
    `<defs><radialGradient id="edge" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="1" gradientTransform="translate(${x(0)} ${y(0.7)}) scale(440 420)"><stop offset=".80" stop-color="#E08A78" stop-opacity="0"/><stop offset="1" stop-color="#E08A78" stop-opacity=".3"/></radialGradient></defs>` +
    `<rect width="1024" height="${y(0.56)}" fill="url(#edge)"/>` + box([0, 960, 1024, 64], P.skin);
}

const IRIS = (part) => clipped('iris', FACE_REGIONS.iris, part);

function features() {
  const rays = Array.from({ length: 30 }, (_, i) => {
    const a = (i / 30) * Math.PI * 2;
    const [r0, r1] = [112 + ((i * 37) % 17), 205 + ((i * 53) % 23)];
    const end = (r) => `${(256 + Math.cos(a) * r).toFixed(1)} ${(256 + Math.sin(a) * r).toFixed(1)}`;
    return `<path d="M ${end(r0)} L ${end(r1)}" stroke="#BFFFF0" stroke-width="${4 + ((i * 7) % 5)}" opacity="${(0.1 + 0.16 * Math.max(0, Math.sin(a))).toFixed(2)}" stroke-linecap="round"/>`;
  }).join('');
  const iris = box([0, 0, 512, 512], '#081822') +
    ramp([4, 4, 504, 504], [[0, '#1C1638'], [0.3, '#153F5E'], [0.56, '#169C98'], [0.78, '#4FE8CB'], [1, '#CFFFF0']]) + rays +
    glow(256, 412, 170, 92, [[0, '#EFFFF8', 1], [0.5, '#A8FBE2', 0.75], [1, '#7DF3D6', 0]]) +
    `<ellipse cx="256" cy="246" rx="86" ry="100" fill="#0E1228"/>` +
    `<path d="M256 214 a24 24 0 0 1 12 45 l10 44 h-44 l10 -44 a24 24 0 0 1 12 -45 z" fill="#2B5E70" opacity=".55"/>` +
    ramp([0, 0, 512, 190], [[0, '#120A24', 0.9], [1, '#120A24', 0]]) +
    glow(256, 256, 256, 256, [[0.8, '#0A1428', 0], [0.93, '#0A1428', 0.75], [1, '#081022', 1]]);
  return box([0, 0, 1024, 512], P.line) + IRIS(iris) +
    ramp(FACE_REGIONS.sclera, [[0, '#B9A9C4'], [0.35, '#EDE6E8'], [0.6, '#FFFDFA'], [1, '#F2FFFB']]) +
    clipped('mouth', FACE_REGIONS.mouth, ramp([0, 0, 256, 256], [[0, '#4A1530'], [0.5, '#8E2C3B'], [1, '#A83A44']]) +
      '<ellipse cx="128" cy="236" rx="88" ry="92" fill="#FF8F84"/><ellipse cx="128" cy="248" rx="68" ry="68" fill="#FFA499"/>') +
    box(swatchBox('shine'), '#FFFFFF') + box(swatchBox('line'), '#40192B') + box(swatchBox('soft'), '#9A4F58') + box(swatchBox('brow'), '#452A4E');
}

/** The eyes catch the light of the gem from below. */
function featuresLight() {
  return box([0, 0, FACE_ATLAS.width, FACE_ATLAS.height], '#000') +
    IRIS(glow(256, 412, 190, 110, [[0, '#8FE8CF', 1], [0.5, '#2F9C88', 0.8], [1, '#000', 0]])) +
    box(swatchBox('shine'), '#8A8A8A');
}

/** Nearly white: its colour is the material's, so that a mood can change it. */
function light() {
  return ramp([0, 0, 512, 512], [[0, '#FFFFFF'], [1, '#8FB8B4']]) +
    glow(256, 290, 300, 300, [[0, '#FFFFFF'], [0.4, '#E6EFEC'], [0.8, '#A9C4C0'], [1, '#7A9C9B']]) +
    box([512, 0, 512, 512], '#F4FFFB') +
    glow(736, 214, 330, 330, [[0, '#FFFFFF'], [0.35, '#F2F8F6'], [0.62, '#B9CFCB'], [0.85, '#86A7A5'], [1, '#6C918F']]) +
    '<path d="M256 190 a50 50 0 0 1 27 92 l21 86 h-96 l21 -86 a50 50 0 0 1 27 -92 z" fill="#123040"/>';
}

/** Left: from the middle of a halo (top) to its edge; right: the shadow on the ground. */
function aura() {
  return ramp([0, 0, 128, 256], [[0, '#FFFFFF', 0.042], [0.5, '#FFFFFF', 0.022], [1, '#FFFFFF', 0.006]]) +
    glow(192, 128, 62, 124, [[0, '#3A1828', 0.5], [0.4, '#3A1828', 0.3], [0.75, '#3A1828', 0.07], [1, '#3A1828', 0]]);
}
const auraLight = () => box([0, 0, 128, 256], '#FFF') + box([128, 0, 128, 256], '#000');

/** The shine of glass, by the direction a surface has for the eye: a window's light, and a glow from below. */
function matcap() {
  return box([0, 0, 128, 128], '#000') + glow(64, 104, 52, 22, [[0, '#3E5C58'], [1, '#000', 0]]) +
    '<g transform="rotate(-32 44 40)">' + glow(44, 40, 21, 14, [[0, '#FFFFFF'], [0.62, '#FFFFFF'], [1, '#FFFFFF', 0]]) + '</g>' +
    glow(70, 24, 5, 5, [[0, '#FFFFFF'], [0.5, '#FFFFFF'], [1, '#FFFFFF', 0]]);
}

/** Where outlines are drawn (white): not on linings, whose outline would show through before what covers them. */
function clothLine() {
  const [hx, hy, hw, hh] = REGIONS.hair;
  return box([0, 0, ATLAS_SIZE, ATLAS_SIZE], '#FFF') + box(REGIONS.night, '#000') + box(REGIONS.lining, '#000') +
    box([hx, hy, hw * 0.2, hh], '#000') + box([hx + hw * 0.8, hy, hw * 0.2, hh], '#000');
}
/** The face has an outline where it can be a silhouette; the hands have one all round. */
function skinLine() {
  const x = (m) => (m / 0.4 + 0.5) * 1024;
  const y = (m) => ((0.916 - m) / 0.4) * 1024;
  return box([0, 0, 1024, 1024], '#000') + `<ellipse cx="${x(0)}" cy="${y(0.69)}" rx="${x(0.148) - 512}" ry="${y(0) - y(0.115)}" fill="#FFF"/>` +
    box([0, 960, 1024, 64], '#FFF');
}

/** Name → PNG; `share` below 1 makes all of them smaller. */
export function drawTextures(share = 1) {
  names = 0;
  const size = (n) => Math.max(64, Math.round(n * share));
  return {
    cloth: png(ATLAS_SIZE, ATLAS_SIZE, cloth(), size(ATLAS_SIZE)),
    clothLight: png(ATLAS_SIZE, ATLAS_SIZE, clothLight(), size(ATLAS_SIZE / 2)),
    skin: png(1024, 1024, skin(), size(1024)),
    features: png(FACE_ATLAS.width, FACE_ATLAS.height, features(), size(1024)),
    featuresLight: png(FACE_ATLAS.width, FACE_ATLAS.height, featuresLight(), size(256)),
    light: png(1024, 512, light(), size(512)),
    matcap: png(128, 128, matcap(), 128),
    clothLine: png(ATLAS_SIZE, ATLAS_SIZE, clothLine(), 256),
    skinLine: png(1024, 1024, skinLine(), 128),
    aura: png(256, 256, aura(), 256),
    auraLight: png(256, 256, auraLight(), 64),
  };
}
