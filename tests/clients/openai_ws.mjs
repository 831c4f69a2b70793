// The official JavaScript client, unmodified, over its ws transport: manual turns, a function, a
// response out of band and errors.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { base, plainConnection, speak, understand, until, words } from './shared.mjs';

const client = new OpenAI({ apiKey: process.env.LOCI_KEY || 'none', baseURL: `${base}/v1` });
const rt = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: plainConnection }, client);
const events = [];
rt.on('event', (event) => events.push(event));
rt.on('error', () => {});
const last = (type) => events.filter((event) => event.type === type).at(-1);
const count = (type) => events.filter((event) => event.type === type).length;
await until(() => last('session.created'), 'session.created');

rt.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null, transcription: { model: 'whisper-1', language: 'en' } }, output: { voice: 'flite', speed: 1.1 } } } });
await until(() => last('session.updated'), 'session.updated');
assert.equal(last('session.updated').session.audio.output.voice, 'flite');

const question = await speak('What can you do for me?');
rt.send({ type: 'input_audio_buffer.append', audio: question.toString('base64') });
rt.send({ type: 'input_audio_buffer.commit' });
rt.send({ type: 'response.create' });
await until(() => count('response.done') === 1, 'the answer');
assert.equal(last('response.done').response.status, 'completed');
const sound = () => Buffer.concat(events.filter((event) => event.type === 'response.output_audio.delta').map((event) => Buffer.from(event.delta, 'base64')));
assert.deepEqual(await understand(sound()), words(process.env.LOCI_REPLY));
await until(() => last('conversation.item.input_audio_transcription.completed'), 'the transcript');
assert.deepEqual(words(last('conversation.item.input_audio_transcription.completed').transcript), words('What can you do for me?'));

const item = last('input_audio_buffer.committed').item_id;
rt.send({ type: 'conversation.item.retrieve', item_id: item });
await until(() => last('conversation.item.retrieved'), 'the sound of the question');
assert.deepEqual(await understand(Buffer.from(last('conversation.item.retrieved').item.content[0].audio, 'base64')), words('What can you do for me?'));

rt.send({ type: 'response.create', response: { conversation: 'none', output_modalities: ['text'], metadata: { topic: 'aside' }, instructions: 'Answer.', input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Anything.' }] }] } });
await until(() => count('response.done') === 2, 'the response out of band');
assert.equal(last('response.done').response.metadata.topic, 'aside');
assert.equal(last('response.done').response.conversation_id, null);
assert.equal(last('response.done').response.output[0].content[0].text, process.env.LOCI_REPLY);

rt.send({ type: 'response.cancel', event_id: 'mine' });
await until(() => last('error'), 'an error');
assert.equal(last('error').error.code, 'response_cancel_not_active');
assert.equal(last('error').error.event_id, 'mine');
rt.close();
assert.equal(new Set(events.map((event) => event.event_id)).size, events.length);
console.log(`ok ${events.length} events`);
process.exit(0);
