// Every colour of Nook: roof-tile orange outside, night inside, a light within.
export const PALETTE = {
  roof: '#E96A3F',
  roofLight: '#F58A4C',
  roofDeep: '#C04A3C',
  cream: '#FFF1D8',
  creamDeep: '#F0CDA4',
  night: '#33213F',
  nightDeep: '#1F1530',
  nightSoft: '#54355F',
  skin: '#FFE9D9',
  blush: '#FF8470',
  line: '#4A1F2C',
  lineSoft: '#8E4A3E',
  glow: '#5CF0D2',
  glowPale: '#D6FFF1',
  glowDeep: '#1E9E9A',
  ember: '#FFC36B',
};

/** What the light inside does with each mood. */
export const MOOD_LIGHT = {
  happy: '#FFC85C',
  angry: '#FF5A45',
  sad: '#5B8CFF',
  relaxed: '#8CF59A',
  surprised: '#E9F6FF',
};

/** The colour with a share of white. */
export const paler = (hex, share) => `#${[0, 1, 2].map((i) => Math.round(255 * (channel(hex, i) * (1 - share) + share))
  .toString(16).padStart(2, '0')).join('')}`;

const channel = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
/** Linear light, as glTF wants its factors; rounded so that the files read well. */
export const linear = (hex, strength = 1) => [0, 1, 2].map((i) =>
  Math.round(strength * channel(hex, i) ** 2.2 * 1e4) / 1e4);
