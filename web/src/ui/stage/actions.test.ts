import { describe, expect, it } from 'vitest';
import { action_words, doing_words, is_wish, quick } from './actions';

describe('actions at hand', () => {
  it.each([['wave', 'Wave'], ['sit_down', 'Sit down'], ['Hip Hop Dancing', 'Hip Hop Dancing'], ['shake_head', 'Shake your head']])('%s reads %s', (name, words) => expect(action_words(name)).toBe(words));
  it.each([['idle_1', false], ['talk3', false], ['talk', false], ['sitting_idle', false], ['wave', true], ['sit_down', true]])('%s is a wish: %s', (name, wish) => expect(is_wish(name)).toBe(wish));
  it.each([['wave', 'waving'], ['Hip_Hop', 'doing “Hip Hop”']])('%s: Nook is %s', (name, words) => expect(doing_words(name)).toBe(words));
  it('who sits is offered to stand up, and only what the figure can do is offered', () => {
    const all = ['wave', 'bow', 'sit_down', 'stand_up', 'talk_1'];
    expect(quick(all, 'standing')).toEqual(['wave', 'bow', 'sit_down']);
    expect(quick(all, 'sitting')).toEqual(['wave', 'bow', 'stand_up']);
    expect(quick([], 'standing')).toEqual([]);
  });
});
