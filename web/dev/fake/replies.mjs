// Scripted replies of the fake server, chosen by a word in the message.

import { detail } from './world.mjs';

const code_reply = `Here is a small function, and what it does:

\`\`\`python
def greet(name: str) -> str:
    return f"Hello, {name}!"
\`\`\`

1. It takes a **name**.
2. It returns a greeting.

> Try it in a shell.`;

const story = Array.from({ length: 14 }, (_, i) =>
  `Paragraph ${i + 1}. The house was quiet, and only the lantern in the hall was awake. It watched the rain draw long lines on the window and counted the steps of the stairs, as it did every night, up and down again.`,
).join('\n\n');

export function plan(text) {
  const t = text.toLowerCase();
  if (t.includes('fail')) {
    return { words: 'I was about to say', pace: 20, error: {
      code: 'engine_crashed', message: 'The model process stopped while it was answering.',
      hint: 'It has been started again. Try once more, or use a smaller model.',
      action: { kind: 'retry', label: 'Try again' } } };
  }
  if (t.includes('no model')) {
    return { words: '', pace: 20, error: {
      code: 'unavailable', message: 'No language model is installed yet.',
      hint: 'Install one; it takes about a minute.', action: { kind: 'open_models', label: 'Choose a model' } } };
  }
  if (t.includes('reset')) return { words: 'This first attempt is withdrawn.', then: 'And this is the second attempt.', pace: 25 };
  if (t.includes('think')) {
    return { reasoning: 'The person wants me to think first. I weigh the two ways, and then choose the shorter one.',
      words: 'I thought about it: the shorter way is the better one.', pace: 25 };
  }
  if (t.includes('story')) return { words: story, pace: 12 };
  if (t.includes('slow')) return { words: 'Slowly, one word after the other, until somebody stops me. '.repeat(20).trim(), pace: 70 };
  if (t.includes('code')) return { words: code_reply, pace: 15 };
  if (t.includes('theme dark')) return { words: 'It is dark now.', pace: 15, ui: { name: 'theme', value: 'dark' } };
  if (t.includes('settings')) return { words: 'Here they are.', pace: 15, ui: { name: 'open_settings', value: '' } };
  if (t.includes('what can you do')) {
    return { words: 'I can talk with you, remember, and help you write. I run **on this machine**: no account, no cloud.', pace: 20,
      detail: { source: 'reflex', model: '', provider: '', tokens_per_s: undefined, first_token_ms: 4, total_ms: 5, prompt_parts: [], stages: [], badge: undefined } };
  }
  return { words: `You said: ${text}\n\nI am only a scripted stand-in, but I listen well.`, pace: 25 };
}

export const reply_detail = (p) => detail(p.detail);
