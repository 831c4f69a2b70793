import { describe, expect, it } from 'vitest';
import { kFirstLook, parse_look } from './look';

describe('the look of the stage', () => {
  it.each([undefined, '', 'no json', '[]', 'null', '7', '{"view":"feet","colour":"red;url(x)","width":"9","height":1e9,"figure":{}}'])(
    'of %s is the first one', (kept) => expect(parse_look(kept)).toEqual(kFirstLook));

  it('comes back as it was kept', () => {
    const look = { ...kFirstLook, view: 'head', backdrop: 'plain', colour: '#123abc', figure: 'Fox', width: 420 } as const;
    expect(parse_look(JSON.stringify(look))).toEqual(look);
  });
});
