/** Writes clips in the LBC1 form (docs/rooms/body.md), as much of it as tests need. */

interface ClipSpec {
  name: string;
  duration: number;
  flags?: number;
  from?: number;
  to?: number;
  rotations?: { bone: string; keys: { t: number; q: [number, number, number, number] }[] }[];
}

export function clipBytes(spec: ClipSpec): Uint8Array {
  const out: number[] = [];
  const text = (value: string) => out.push(...new TextEncoder().encode(value));
  const whole = (value: number, size: number) => {
    for (let i = 0; i < size; i++) out.push((value >>> (8 * i)) & 255);
  };
  const real = (value: number) => out.push(...new Uint8Array(Float32Array.of(value).buffer));
  const name = (value: string) => {
    whole(new TextEncoder().encode(value).length, 1);
    text(value);
  };
  text('LBC1');
  name(spec.name);
  real(spec.duration);
  whole(spec.flags ?? 0, 1);
  whole(spec.from ?? 0, 1);
  whole(spec.to ?? 0, 1);
  whole(spec.rotations?.length ?? 0, 2);
  for (const { bone, keys } of spec.rotations ?? []) {
    whole(0, 1);
    name(bone);
    whole(keys.length, 4);
    for (const { t } of keys) real(t);
    for (const { q } of keys) q.forEach(real);
  }
  return Uint8Array.from(out);
}

/** A raised right arm that comes back; upper body only. */
export const wave = clipBytes({
  name: 'wave',
  duration: 1.5,
  flags: 4,
  rotations: [{ bone: 'rightUpperArm', keys: [{ t: 0, q: [0, 0, -0.5, 0.8660254] }, { t: 1.5, q: [0, 0, -0.5, 0.8660254] }] }],
});
