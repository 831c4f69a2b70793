// How the person likes the stage: kept in this browser, and never trusted when it is read again.

export const kViews = ['auto', 'full', 'upper', 'head'] as const;
export const kBackdrops = ['niche', 'dawn', 'dusk', 'meadow', 'plain', 'gradient', 'image'] as const;
export const kQualities = ['auto', 'full', 'light'] as const;

export interface Look {
  view: (typeof kViews)[number];
  backdrop: (typeof kBackdrops)[number];
  /** of a plain backdrop, and above in a gradient */
  colour: string;
  /** below in a gradient */
  second: string;
  /** name of an image that the server keeps */
  image: string;
  quality: (typeof kQualities)[number];
  /** pixels that the person gave it; 0: as the page likes */
  width: number;
  height: number;
}

export const kFirstLook: Look = { view: 'auto', backdrop: 'niche', colour: '#3f6f68', second: '#f2d9a8', image: '', quality: 'auto', width: 0, height: 0 };

const kColour = /^#[0-9a-f]{6}$/i;

/** A background as the server and its programs name it: room, #rrggbb, gradient:#rrggbb,#rrggbb or image:NAME. */
export function backdrop_named(name: string): Partial<Look> {
  if (name === '' || name === 'room') return { backdrop: 'niche' };
  if (kColour.test(name)) return { backdrop: 'plain', colour: name };
  const [colour, second] = name.startsWith('gradient:') ? name.slice(9).split(',') : [];
  if (kColour.test(colour ?? '') && kColour.test(second ?? '')) return { backdrop: 'gradient', colour: colour!, second: second! };
  const own = kBackdrops.find((b) => b === name && b !== 'image');
  return own ? { backdrop: own } : { backdrop: 'image', image: name.replace(/^image:/, '') };
}

export function parse_look(kept: string | undefined): Look {
  let value: unknown;
  try {
    value = JSON.parse(kept ?? '{}');
  } catch {
    return kFirstLook;
  }
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const one_of = <T extends string>(known: readonly T[], v: unknown, otherwise: T): T => known.find((k) => k === v) ?? otherwise;
  const name = (v: unknown): string => (typeof v === 'string' && v.length <= 200 ? v : '');
  const pixels = (v: unknown): number => (typeof v === 'number' && v >= 120 && v <= 4000 ? Math.round(v) : 0);
  return {
    view: one_of(kViews, given.view, 'auto'),
    backdrop: one_of(kBackdrops, given.backdrop, 'niche'),
    colour: kColour.test(String(given.colour)) ? String(given.colour) : kFirstLook.colour,
    second: kColour.test(String(given.second)) ? String(given.second) : kFirstLook.second,
    image: name(given.image),
    quality: one_of(kQualities, given.quality, 'auto'),
    width: pixels(given.width), height: pixels(given.height),
  };
}
