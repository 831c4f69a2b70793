// A recording as a clip of the body ("LBC1", the table is in docs/rooms/body.md).

import { kParents, type Recording } from './recording';

export interface ClipTraits {
  loop: boolean;
  upper_body: boolean;
}

class Bytes {
  private readonly parts: number[] = [];

  number(value: number, size: 1 | 2 | 4): void {
    for (let i = 0; i < size; i += 1) this.parts.push((value >>> (8 * i)) & 255);
  }
  private readonly cell = new DataView(new ArrayBuffer(4));
  real(value: number): void {
    this.cell.setFloat32(0, value, true);
    this.number(this.cell.getUint32(0, true), 4);
  }
  small(value: number): void {
    this.number(Math.round(Math.min(1, Math.max(-1, value)) * 32767) & 0xffff, 2);
  }
  name(text: string): void {
    const raw = new TextEncoder().encode(text);
    this.number(raw.length, 1);
    for (const byte of raw) this.parts.push(byte);
  }
  times(times: ArrayLike<number>): void {
    this.number(times.length, 4);
    for (let i = 0; i < times.length; i += 1) this.real(times[i] ?? 0);
  }
  take(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

/** At most 64 bytes, nothing that cannot be shown, never empty. */
export function clip_name(file: string): string {
  let name = file.replace(/\.[^.]*$/, '').replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
  while (new TextEncoder().encode(name).length > 60) name = name.slice(0, -1);
  return name || 'movement';
}

export function write_clip(recording: Recording, traits: ClipTraits): Uint8Array {
  const out = new Bytes();
  for (const letter of 'LBC1') out.number(letter.charCodeAt(0), 1);
  out.name(recording.name);
  out.real(Math.max(0.01, recording.seconds));
  out.number((traits.loop ? 1 : 0) | (traits.upper_body ? 4 : 0), 1);
  out.number(0, 1); // begins and ends standing: where it goes in between is its own matter
  out.number(0, 1);
  const rotations = recording.rotations.filter((t) => t.bone === 'hips' || kParents[t.bone] !== undefined);
  out.number(rotations.length + (recording.hips ? 1 : 0) + recording.weights.length, 2);
  for (const track of rotations) {
    out.number(1, 1);
    out.name(track.bone);
    out.times(track.times);
    for (let i = 0; i < track.times.length * 4; i += 1) out.small(track.quats[i] ?? 0);
  }
  if (recording.hips) {
    out.number(2, 1);
    out.times(recording.hips.times);
    for (let i = 0; i < recording.hips.times.length * 3; i += 1) out.real(Math.min(50, Math.max(-50, recording.hips.places[i] ?? 0)));
  }
  for (const track of recording.weights) {
    out.number(3, 1);
    out.name(track.expression);
    out.times(track.times);
    for (let i = 0; i < track.times.length; i += 1) out.real(Math.min(1, Math.max(0, track.weights[i] ?? 0)));
  }
  return out.take();
}

/** It ends as it began: then it can go round. */
export function comes_round(recording: Recording): boolean {
  const near = recording.rotations.every((t) => {
    const last = (t.times.length - 1) * 4;
    let dot = 0;
    for (let k = 0; k < 4; k += 1) dot += (t.quats[k] ?? 0) * (t.quats[last + k] ?? 0);
    return Math.abs(dot) > 0.996;
  });
  const places = recording.hips?.places;
  const end = places ? places.length - 3 : 0;
  return near && (!places || Math.hypot(places[0]! - places[end]!, places[1]! - places[end + 1]!, places[2]! - places[end + 2]!) < 0.06);
}
