// LBC1, the form in which clips go into the body: little endian, documented with the room `body`.
const STANCES = ['standing', 'sitting', 'kneeling', 'lying'];
const KIND = { rotation16: 1, hips: 2, weight: 3, left: 4, right: 5 };

class Bytes {
  parts = [];
  number(value, size) {
    const part = Buffer.alloc(size);
    part.writeUIntLE(value, 0, size);
    this.parts.push(part);
  }
  real(value) {
    const part = Buffer.alloc(4);
    part.writeFloatLE(value);
    this.parts.push(part);
  }
  short(value) {
    const part = Buffer.alloc(2);
    part.writeInt16LE(Math.round(Math.min(1, Math.max(-1, value)) * 32767));
    this.parts.push(part);
  }
  text(value) {
    this.parts.push(Buffer.from(value, 'utf8'));
  }
  name(value) {
    this.number(Buffer.byteLength(value), 1);
    this.text(value);
  }
  times(list) {
    this.number(list.length, 4);
    for (const time of list) this.real(time);
  }
  done() {
    return Buffer.concat(this.parts);
  }
}

/** Drops keys that a straight line between their neighbours gives as well. */
export function thinned(times, rows, tolerance) {
  const keep = [0];
  let from = 0;
  for (let i = 2; i < times.length; i++) {
    const fits = (k) => {
      const f = (times[k] - times[from]) / (times[i] - times[from]);
      return rows[k].every((x, d) => Math.abs(x - (rows[from][d] + (rows[i][d] - rows[from][d]) * f)) <= tolerance);
    };
    let whole = true;
    for (let k = from + 1; k < i && whole; k++) whole = fits(k);
    if (!whole) {
      from = i - 1;
      keep.push(from);
    }
  }
  if (times.length > 1) keep.push(times.length - 1);
  const constant = rows.every((row) => row.every((x, d) => Math.abs(x - rows[0][d]) <= tolerance));
  const chosen = constant ? [0] : keep;
  return { times: chosen.map((i) => times[i]), rows: chosen.map((i) => rows[i]) };
}

function footTrack(out, kind, times, marks) {
  const changes = marks.flatMap((mark, i) => (i === 0 || mark !== marks[i - 1] ? [i] : []));
  out.number(kind, 1);
  out.times(changes.map((i) => times[i]));
  for (const i of changes) out.number(marks[i], 1);
}

export function writeLbc(clip) {
  const out = new Bytes();
  const rotations = Object.entries(clip.rotations);
  out.text('LBC1');
  out.name(clip.name);
  out.real(clip.duration);
  out.number((clip.loop ? 1 : 0) | (clip.upper ? 4 : 0), 1);
  out.number(STANCES.indexOf(clip.startsIn), 1);
  out.number(STANCES.indexOf(clip.endsIn), 1);
  out.number(rotations.length + clip.weights.length + (clip.hips ? 1 : 0) + (clip.planted ? 2 : 0), 2);
  for (const [bone, quats] of rotations) {
    const { times, rows } = thinned(clip.times, quats, 6e-4);
    out.number(KIND.rotation16, 1);
    out.name(bone);
    out.times(times);
    for (const q of rows) q.forEach((x) => out.short(x));
  }
  if (clip.hips) {
    const { times, rows } = thinned(clip.times, clip.hips, 4e-4);
    out.number(KIND.hips, 1);
    out.times(times);
    for (const p of rows) p.forEach((x) => out.real(x));
  }
  for (const { expression, values } of clip.weights) {
    const { times, rows } = thinned(clip.times, values.map((v) => [v]), 2e-3);
    out.number(KIND.weight, 1);
    out.name(expression);
    out.times(times);
    for (const [v] of rows) out.real(v);
  }
  if (clip.planted) {
    footTrack(out, KIND.left, clip.times, clip.planted.left);
    footTrack(out, KIND.right, clip.times, clip.planted.right);
  }
  return out.done();
}

export function writePack(clips) {
  const out = new Bytes();
  out.number(clips.length, 4);
  for (const clip of clips) {
    const bytes = writeLbc(clip);
    out.number(bytes.length, 4);
    out.parts.push(bytes);
  }
  return out.done();
}
