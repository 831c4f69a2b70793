// A model hub on a free port that serves one file under every name it is asked for, and holds it back
// after a number of bytes until the test lets it go on.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const kPiece = 1 << 18;
// Which one is offered depends on the speed of the machine, so every one of the catalogue is here.
const catalogue = JSON.parse(readFileSync(new URL('../../models/catalog.json', import.meta.url), 'utf8')) as { models: { role: string; file: string }[] };
const kNames = catalogue.models.filter((m) => m.role === 'chat').map((m) => m.file);

export class FakeHub {
  url = '';
  /** bytes of the file that may go out before open() */
  limit = Infinity;
  broken = false;
  private served = 0;
  private readonly waiting = new Set<() => void>();
  private readonly server: Server;
  private readonly sha256: string;

  constructor(private readonly body: Buffer) {
    this.sha256 = createHash('sha256').update(body).digest('hex');
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/api/models/')) return this.list(response);
      void this.send(request.headers.range, response);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  open(): void {
    this.limit = Infinity;
    for (const go_on of this.waiting) go_on();
    this.waiting.clear();
  }

  async close(): Promise<void> {
    this.open();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private list(response: ServerResponse): void {
    const files = kNames.map((path) => ({
      path, type: 'file', size: this.body.length, lfs: { oid: this.sha256, size: this.body.length },
    }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(files));
  }

  private async send(range: string | undefined, response: ServerResponse): Promise<void> {
    if (this.broken) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Sign in</p>');
      return;
    }
    const start = range ? Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0) : 0;
    response.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream', 'content-length': this.body.length - start,
      ...(range ? { 'content-range': `bytes ${start}-${this.body.length - 1}/${this.body.length}` } : {}),
    });
    for (let at = start; at < this.body.length && !response.destroyed; at += kPiece) {
      if (this.served >= this.limit) await new Promise<void>((go_on) => this.waiting.add(go_on));
      // A network with a speed, so that there is a way to watch.
      else if (this.limit !== Infinity) await new Promise((go_on) => setTimeout(go_on, 8));
      const piece = this.body.subarray(at, at + kPiece);
      this.served += piece.length;
      if (!response.write(piece)) await writable(response);
    }
    response.end();
  }
}

function writable(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const go_on = () => {
      response.off('drain', go_on).off('close', go_on);
      done();
    };
    response.on('drain', go_on).on('close', go_on);
  });
}
