import { describe, expect, it } from 'vitest';
import { backdrop_named, kFirstLook, parse_look } from './look';

describe('the look of the stage', () => {
  it.each([undefined, '', 'no json', '[]', 'null', '7', '{"view":"feet","colour":"red;url(x)","width":"9","height":1e9}'])(
    'of %s is the first one', (kept) => expect(parse_look(kept)).toEqual(kFirstLook));

  it.each([
    ['', { backdrop: 'niche' }], ['room', { backdrop: 'niche' }], ['#aabbcc', { backdrop: 'plain', colour: '#aabbcc' }], ['dusk', { backdrop: 'dusk' }],
    ['gradient:#aabbcc,#001122', { backdrop: 'gradient', colour: '#aabbcc', second: '#001122' }], ['image:sea.png', { backdrop: 'image', image: 'sea.png' }],
  ])('background %s', (name, change) => expect(backdrop_named(name)).toEqual(change));

  it('comes back as it was kept', () => {
    const look = { ...kFirstLook, view: 'head', backdrop: 'plain', colour: '#123abc', width: 420 } as const;
    expect(parse_look(JSON.stringify(look))).toEqual(look);
  });
});
