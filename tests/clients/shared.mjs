// What the clients share: the server's address, sound made by the server's own voice, understanding
// of what came back, and waiting with an end.
import assert from 'node:assert/strict';
import net from 'node:net';

export const base = process.env.LOCI_URL; // http://127.0.0.1:PORT
export const port = Number(new URL(base).port);
// The official client only speaks TLS; this hands it a plain connection to this machine.
export const plainConnection = { createConnection: () => net.connect(port, '127.0.0.1') };

export async function speak(input) {
  const answer = await fetch(`${base}/v1/audio/speech`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'tts-1', voice: 'flite', input, response_format: 'pcm' }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return Buffer.from(await answer.arrayBuffer());
}

export async function understand(pcm) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0); head.writeUInt32LE(36 + pcm.length, 4); head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22);
  head.writeUInt32LE(24000, 24); head.writeUInt32LE(48000, 28); head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34); head.write('data', 36); head.writeUInt32LE(pcm.length, 40);
  const form = new FormData();
  form.append('file', new Blob([head, pcm]), 'reply.wav');
  form.append('model', 'whisper-1');
  const answer = await fetch(`${base}/v1/audio/transcriptions`, { method: 'POST', body: form });
  return words((await answer.json()).text);
}

export const words = (text) => text.toLowerCase().match(/[a-z]+/g) ?? [];

export const silence = (ms) => Buffer.alloc(ms * 48);

// Sends sound as a microphone does: 100 ms every 100 ms.
export async function talk(send, pcm) {
  for (let at = 0; at < pcm.length; at += 4800) {
    send(pcm.subarray(at, at + 4800));
    await sleep(100);
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(holds, what, ms = 30000) {
  const end = Date.now() + ms;
  while (!holds()) {
    assert.ok(Date.now() < end, `${what} did not come within ${ms} ms`);
    await sleep(10);
  }
}
