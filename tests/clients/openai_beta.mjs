// The client of the older (beta) form, unmodified, with the habits of an early voice app: a flat
// session, a greeting by instructions that is heard once, commit as an interruption, calls read from
// response.done.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/beta/realtime/ws';
import { base, plainConnection, silence, speak, talk, understand, until, words } from './shared.mjs';

const client = new OpenAI({ apiKey: process.env.LOCI_KEY || 'none', baseURL: `${base}/v1` });
const rt = new OpenAIRealtimeWS({ model: 'gpt-4o-realtime-preview', options: plainConnection }, client);
const events = [];
rt.on('event', (event) => events.push(event));
const last = (type) => events.filter((event) => event.type === type).at(-1);
const count = (type) => events.filter((event) => event.type === type).length;
await until(() => last('session.created'), 'session.created');
assert.ok(last('conversation.created'));

rt.send({ type: 'session.update', session: { modalities: ['text', 'audio'], instructions: 'Be brief.', voice: 'alloy', input_audio_format: 'pcm16', output_audio_format: 'pcm16', input_audio_transcription: { model: 'whisper-1' }, turn_detection: { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 }, temperature: 0.8, max_response_output_tokens: 4096, tools: [{ type: 'function', name: 'weather', description: 'Tells the weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }], tool_choice: 'auto' } });
await until(() => last('session.updated'), 'session.updated');
assert.equal(last('session.updated').session.voice, 'alloy');

const sound = () => Buffer.concat(events.filter((event) => event.type === 'response.audio.delta').map((event) => Buffer.from(event.delta, 'base64')));
rt.send({ type: 'response.create', response: { modalities: ['text', 'audio'], instructions: 'Greet the person.' } });
await until(() => count('response.done') === 1, 'the greeting');
assert.deepEqual(await understand(sound()), words(process.env.LOCI_REPLY));
assert.equal(count('response.created'), 1);

events.length = 0;
const question = await speak('What is the weather in Rome?');
await talk((pcm) => rt.send({ type: 'input_audio_buffer.append', audio: pcm.toString('base64') }), Buffer.concat([silence(300), question, silence(1200)]));
await until(() => count('response.done') >= 1, 'the answer to speech', 20000);
const call = last('response.done').response.output.find((output) => output.type === 'function_call');
assert.equal(call.name, 'weather');
assert.deepEqual(JSON.parse(call.arguments), { city: 'Rome' });
rt.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: 'sunny' } });
rt.send({ type: 'response.create' });
await until(() => count('response.done') >= 2, 'the answer that uses the tool');
assert.ok(last('conversation.item.created'));
assert.equal(count('conversation.item.added'), 0);

rt.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Tell me a long story.' }] } });
rt.send({ type: 'response.create' });
await until(() => count('response.created') >= 3 && last('response.audio.delta'), 'a story');
rt.send({ type: 'input_audio_buffer.commit' });
await until(() => count('response.done') >= 3, 'the end of the story');
assert.equal(last('response.done').response.status, 'cancelled');
assert.equal(count('error'), 0);
rt.close();
console.log(`ok ${events.length} events`);
process.exit(0);
