// Clips: keys of channels, smooth between them, then baked thirty times a second.
import { BONES, HIPS_HEIGHT, STAND, forward, solve } from './pose.mjs';
import { lerp, length, sub } from './vector.mjs';

export const RATE = 30;
/** How much later than the trunk the outer parts arrive: it makes movements overlap. */
const LAG = { head: 0.05, wristL: 0.06, wristR: 0.06, fistL: 0.05, fistR: 0.05 };

/** Slopes that never overshoot (Fritsch and Carlson): a key that turns back is a rest. */
function slopes(times, values, loop) {
  const n = times.length;
  const step = (i) => (values[i + 1] - values[i]) / (times[i + 1] - times[i]);
  return values.map((_, i) => {
    if (!loop && (i === 0 || i === n - 1)) return 0;
    const before = i === 0 ? step(n - 2) : step(i - 1);
    const after = i === n - 1 ? step(0) : step(i);
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
}

function channelTrack(keys, channel, base, clip) {
  const own = keys.filter(([, pose]) => pose[channel] !== undefined);
  if (!own.length) return () => base;
  const rows = own.map(([time, pose]) => [time, pose[channel]]);
  if (rows[0][0] > 0) rows.unshift([0, base]);
  if (clip.loop && rows.at(-1)[0] < clip.duration) rows.push([clip.duration, rows[0][1]]);
  const times = rows.map(([time]) => time);
  const columns = base.map((_, d) => {
    const values = rows.map(([, value]) => value[d]);
    return { values, slope: slopes(times, values, clip.loop) };
  });
  const lag = (clip.lag ?? LAG)[channel] ?? 0;
  return (time) => {
    let t = time - lag;
    if (clip.loop) t = ((t % clip.duration) + clip.duration) % clip.duration;
    let i = 0;
    while (i + 2 < times.length && t > times[i + 1]) i++;
    const width = times[i + 1] - times[i] || 1;
    const f = Math.min(1, Math.max(0, (t - times[i]) / width));
    const [f2, f3] = [f * f, f * f * f];
    return columns.map(({ values, slope }) => (2 * f3 - 3 * f2 + 1) * values[i] + (f3 - 2 * f2 + f) * width * slope[i] +
      (3 * f2 - 2 * f3) * (values[i + 1] ?? values[i]) + (f3 - f2) * width * (slope[i + 1] ?? 0));
  };
}

/** The pose of a clip at a time, as channels. */
export function poser(clip) {
  const base = clip.base ?? STAND;
  const tracks = Object.keys(base).map((channel) => [channel, channelTrack(clip.keys, channel, base[channel], clip)]);
  // The last key is reached by lagging channels, too, before the clip ends.
  return (time) => {
    const pose = Object.fromEntries(tracks.map(([channel, track]) => [channel, track(time)]));
    clip.layer?.(pose, time, clip.duration);
    return pose;
  };
}

/** A loop's layer: `turns` whole swings in the clip, shifted by a part of a turn. */
export const swing = (time, duration, turns, phase = 0) =>
  Math.sin(2 * Math.PI * ((turns * time) / duration + phase));

const PLANTED_SPEED = 0.02;
const PLANTED_HEIGHT = 0.006;

function footMarks(world, side, frames) {
  const at = frames.map((frame) => frame.world[`${side}Foot`].at);
  const ground = world[`${side}Foot`].at[1];
  return at.map((p, i) => {
    const next = at[Math.min(at.length - 1, i + 1)];
    const before = at[Math.max(0, i - 1)];
    const speed = (length(sub(next, before)) * RATE) / 2;
    return speed < PLANTED_SPEED && Math.abs(p[1] - ground) < PLANTED_HEIGHT ? 1 : 0;
  });
}

const UPPER = BONES.filter((bone) => bone !== 'hips' && !/Leg|Foot|Toes/.test(bone));

/** A clip as plain tracks at RATE keys a second. */
export function bake(clip) {
  const at = poser(clip);
  const count = Math.round(clip.duration * RATE);
  const duration = count / RATE;
  const frames = Array.from({ length: count + 1 }, (_, i) => {
    const pose = at(clip.loop && i === count ? 0 : Math.min(i / RATE, clip.duration));
    const solved = solve(pose);
    return { time: i / RATE, pose, ...solved, world: forward(solved) };
  });
  const bones = (clip.upper ? UPPER : BONES).filter((bone) => !bone.endsWith('Toes'));
  const rest = forward(solve(STAND));
  return {
    name: clip.name, duration, loop: Boolean(clip.loop), upper: Boolean(clip.upper),
    startsIn: clip.stance?.[0] ?? 'standing', endsIn: clip.stance?.[1] ?? clip.stance?.[0] ?? 'standing',
    frames,
    times: frames.map(({ time }) => time),
    rotations: Object.fromEntries(bones.map((bone) => [bone, continuous(frames.map((f) => f.rotations[bone]))])),
    hips: clip.upper ? null : frames.map(({ hips }) => hips.map((x) => x / HIPS_HEIGHT)),
    weights: bakeFace(clip, frames),
    planted: clip.upper ? null : { left: footMarks(rest, 'left', frames), right: footMarks(rest, 'right', frames) },
  };
}

/** Neighbouring quaternions in the same half, so that a straight line between them is a turn. */
function continuous(rows) {
  const out = [rows[0]];
  for (let i = 1; i < rows.length; i++) {
    const q = rows[i];
    const last = out[i - 1];
    out.push(q[0] * last[0] + q[1] * last[1] + q[2] * last[2] + q[3] * last[3] < 0 ? q.map((x) => -x) : q);
  }
  return out;
}

function bakeFace(clip, frames) {
  return Object.entries(clip.face ?? {}).map(([expression, keys]) => {
    const values = frames.map(({ time }) => {
      let i = 0;
      while (i + 2 < keys.length && time > keys[i + 1][0]) i++;
      const [[t0, a], [t1, b]] = [keys[i], keys[i + 1] ?? keys[i]];
      const f = Math.min(1, Math.max(0, (time - t0) / (t1 - t0 || 1)));
      return Math.min(1, Math.max(0, lerp(a, b, f * f * (3 - 2 * f))));
    });
    return { expression, values };
  });
}
