// @openai/agents-realtime, unmodified: an agent with a tool is talked to by text and by voice, calls
// its tool and is interrupted. The library checks every frame against its own schemas.
import assert from 'node:assert/strict';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { z } from 'zod';
import { base, silence, sleep, speak, talk, understand, until, words } from './shared.mjs';

const url = `${base.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`;
const asked = [];
const weather = tool({
  name: 'weather',
  description: 'Tells the weather',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => { asked.push(city); return 'sunny'; },
});
const agent = new RealtimeAgent({ name: 'Nook', instructions: 'Be brief.', tools: [weather] });
const session = new RealtimeSession(agent, {
  transport: new OpenAIRealtimeWebSocket({ url }),
  config: { audio: { input: { transcription: { model: 'whisper-1' }, turnDetection: { type: 'semantic_vad', eagerness: 'high' } } } },
});
const events = [];
const errors = [];
let sound = [];
let done = 0;
session.transport.on('*', (event) => {
  events.push(event);
  if (event.type === 'response.done') done += 1;
});
session.on('audio', ({ data }) => sound.push(Buffer.from(data)));
session.on('error', (error) => errors.push(error));
await session.connect({ apiKey: process.env.LOCI_KEY || 'none' });

session.sendMessage('Tell me something.');
await until(() => done === 1, 'the answer to a text');
assert.deepEqual(await understand(Buffer.concat(sound)), words(process.env.LOCI_REPLY));

sound = [];
session.sendMessage('What is the weather in Rome?');
await until(() => asked.length === 1, 'the call of the tool');
assert.deepEqual(asked, ['Rome']);
await until(() => done === 3, 'the answer that uses the tool');
assert.deepEqual(await understand(Buffer.concat(sound)), words('It is sunny today.'));

sound = [];
const question = await speak('What can you do for me?');
await talk((pcm) => session.sendAudio(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length)),
  Buffer.concat([silence(300), question, silence(1500)]));
await until(() => done === 4, 'the answer to speech', 20000);
const heard = session.history.filter((item) => item.role === 'user').at(-1);
await until(() => session.history.filter((item) => item.role === 'user').at(-1).content[0].transcript, 'the transcript');
assert.deepEqual(words(session.history.filter((item) => item.role === 'user').at(-1).content[0].transcript),
  words('What can you do for me?'), JSON.stringify(heard));
assert.deepEqual(await understand(Buffer.concat(sound)), words(process.env.LOCI_REPLY));

sound = [];
session.sendMessage('Tell me a long story.');
await until(() => sound.length > 2, 'the beginning of a story');
await sleep(200);
session.interrupt();
await until(() => events.some((event) => event.type === 'conversation.item.truncated'), 'the truncation');
const silent = sound.length;
await sleep(500);
assert.equal(sound.length, silent, 'no sound comes after an interruption');

session.close();
assert.deepEqual(errors.map((error) => JSON.stringify(error)), []);
console.log(`ok ${events.length} events`);
process.exit(0);
