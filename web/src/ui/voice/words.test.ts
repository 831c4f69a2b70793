import { describe, expect, it } from 'vitest';
import { empty_talk } from '../../voice/state';
import { kPlain } from '../../voice/preferences';
import { echo_words } from './words';

describe('echo_words', () => {
  const microphone = { id: 'm', name: 'A microphone', noise_suppressed: false };
  const talk = empty_talk(kPlain);

  it('says who takes the echo out: the browser, the server, nobody', () => {
    expect(echo_words({ ...talk, microphone: { ...microphone, echo_cancelled: true } })).toMatchObject({ removed: true });
    const server = echo_words({ ...talk, cancels_echo: true, microphone: { ...microphone, echo_cancelled: false } });
    expect(server.removed).toBe(true);
    expect(server.text).toContain('server');
    expect(echo_words({ ...talk, microphone: { ...microphone, echo_cancelled: false } })).toMatchObject({ removed: false });
  });
});
