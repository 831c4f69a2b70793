// The face of the drawn figure: each expression and mouth changes its part of it, and looks as it did when it was
// looked at last.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, kDrawn, open, type Pose, test } from './drawn';

test.use(kDrawn);
test.setTimeout(300_000);

test('every expression and every mouth changes its part of the face, and only that', async ({ server, page }) => {
  // The camera arrives at once, hair and hood hang still.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, `${server.url}/stage`);
  const { change, sheets } = await page.evaluate(async () => {
    const { stage } = window.loci;
    // Pictures of one quality, however busy this machine is.
    const inner = stage as unknown as { governor: object; shape: () => void };
    Object.assign(inner.governor, { level: 2, drew: () => false });
    inner.shape();
    stage.view('head');
    const pose: Pose = { bones: [], rotations: [], hips: [0, 0, 0], names: [], weights: [], look: [0, 0] };
    stage.drive({ pose_at: () => pose });
    const all = ['happy', 'angry', 'sad', 'relaxed', 'surprised', 'aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'blinkLeft', 'blinkRight'];
    pose.names = all;
    const take = async (name: string): Promise<ImageData> => {
      pose.weights = all.map((n) => (n === name ? 1 : 0));
      await new Promise((done) => setTimeout(done, 30));
      return stage.picture();
    };
    let rest = await take('');
    /** Part of the pixels of a region of the face that differ; the region is given in metres. */
    const differs = (a: ImageData, [left, right, low, high]: number[]): number => {
      const from = stage.place_in(left!, high!, 0.13);
      const to = stage.place_in(right!, low!, 0.13);
      let count = 0;
      let all_of_them = 0;
      for (let y = Math.round(from.y * a.height); y < to.y * a.height; y += 1) {
        for (let x = Math.round(from.x * a.width); x < to.x * a.width; x += 1) {
          const i = (y * a.width + x) * 4;
          all_of_them += 1;
          if (Math.abs(a.data[i]! - rest.data[i]!) + Math.abs(a.data[i + 1]! - rest.data[i + 1]!) + Math.abs(a.data[i + 2]! - rest.data[i + 2]!) > 40) count += 1;
        }
      }
      return count / all_of_them;
    };
    // The camera arrives, hood and hair come to hang.
    for (let i = 0, same = 0; i < 100 && same < 3; i += 1) {
      const now = await take('');
      same = differs(now, [-0.13, 0.13, 0.57, 0.77]) < 0.0005 ? same + 1 : 0;
      rest = now;
    }
    const regions = { eyes: [-0.13, 0.13, 0.645, 0.77], left: [0.03, 0.13, 0.645, 0.77], right: [-0.13, -0.03, 0.645, 0.77], mouth: [-0.06, 0.06, 0.57, 0.64] };
    /** The mean brightness of the cells of a grid over a region: the same face however many pixels it has. */
    const sheet = (a: ImageData, [left, right, low, high]: number[], columns: number, rows: number): number[] => {
      const from = stage.place_in(left!, high!, 0.13);
      const to = stage.place_in(right!, low!, 0.13);
      const wide = Math.max(1, Math.round(((to.x - from.x) / columns) * a.width));
      const tall = Math.max(1, Math.round(((to.y - from.y) / rows) * a.height));
      const cells: number[] = [];
      for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) {
        const top = Math.round((from.y + ((to.y - from.y) * row) / rows) * a.height);
        const side = Math.round((from.x + ((to.x - from.x) * column) / columns) * a.width);
        let sum = 0;
        for (let y = top; y < top + tall; y += 1) for (let x = side; x < side + wide; x += 1) {
          const i = (y * a.width + x) * 4;
          sum += (a.data[i]! * 2 + a.data[i + 1]! * 5 + a.data[i + 2]!) / 8;
        }
        cells.push(Math.round(sum / (wide * tall)));
      }
      return cells;
    };
    const out: Record<string, { eyes: number; left: number; right: number; mouth: number }> = {};
    const sheets: Record<string, number[]> = {};
    for (const name of all) {
      const taken = await take(name);
      out[name] = { eyes: differs(taken, regions.eyes), left: differs(taken, regions.left), right: differs(taken, regions.right), mouth: differs(taken, regions.mouth) };
      sheets[name] = [...sheet(taken, regions.eyes, 26, 12), ...sheet(taken, regions.mouth, 18, 10)];
    }
    return { change: out, sheets };
  });
  test.info().annotations.push({ type: 'changes', description: JSON.stringify(change) });
  for (const mouth of ['aa', 'ih', 'ou', 'ee', 'oh']) {
    expect(change[mouth]!.mouth, `${mouth} moves the mouth`).toBeGreaterThan(0.004);
    expect(change[mouth]!.eyes, `${mouth} leaves the eyes alone`).toBeLessThan(change[mouth]!.mouth / 3);
  }
  for (const blink of ['blink', 'blinkLeft', 'blinkRight']) {
    expect(change[blink]!.eyes, `${blink} shuts`).toBeGreaterThan(0.02);
    expect(change[blink]!.mouth, `${blink} leaves the mouth alone`).toBeLessThan(change[blink]!.eyes / 3);
  }
  // The figure's left is at the right of the picture.
  expect(change.blinkLeft!.left).toBeGreaterThan(change.blinkLeft!.right * 3);
  expect(change.blinkRight!.right).toBeGreaterThan(change.blinkRight!.left * 3);
  for (const mood of ['happy', 'angry', 'sad', 'relaxed', 'surprised']) expect(change[mood]!.eyes + change[mood]!.mouth, mood).toBeGreaterThan(0.01);

  // Each is the face that was looked at and kept (faces.json), and like no other of them. LOCI_KEEP_FACES=1 keeps those of now.
  const stored = new URL('faces.json', import.meta.url);
  if (process.env.LOCI_KEEP_FACES) {
    const packed = Object.entries(sheets).map(([name, cells]) => [name, Buffer.from(cells).toString('base64')]);
    writeFileSync(stored, `${JSON.stringify(Object.fromEntries(packed), null, 1)}\n`);
  }
  const kept = Object.entries(JSON.parse(readFileSync(stored, 'utf8')) as Record<string, string>).map(([name, text]) => ({ name, cells: Buffer.from(text, 'base64') }));
  expect(kept.map(({ name }) => name)).toEqual(Object.keys(sheets));
  for (const [name, cells] of Object.entries(sheets)) {
    const unlike = (other: Buffer) => cells.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / cells.length;
    const nearest = kept.map((face) => ({ name: face.name, by: unlike(face.cells) })).sort((a, b) => a.by - b.by);
    test.info().annotations.push({ type: `face ${name}`, description: JSON.stringify(nearest.slice(0, 2)) });
    expect(nearest[0]!.name, `${name} against the kept faces: ${JSON.stringify(nearest.slice(0, 3))}`).toBe(name);
    expect(nearest[0]!.by, name).toBeLessThan(6);
  }
});
