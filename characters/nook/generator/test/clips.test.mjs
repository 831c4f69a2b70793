// Clips: they join, their feet stand where the marks say, and nothing goes through the figure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIPS } from '../clips/index.mjs';
import { HIPS_HEIGHT, STAND, forward, solve } from '../src/pose.mjs';
import { bake, poser } from '../src/motion.mjs';
import { clashes } from '../src/clash.mjs';
import { length, sub } from '../src/vector.mjs';

const baked = CLIPS.map(bake);

for (const clip of baked) {
  test(`${clip.name}: rotations are whole and never jump`, () => {
    for (const [bone, quats] of Object.entries(clip.rotations)) {
      quats.forEach((q, i) => {
        assert.ok(Math.abs(Math.hypot(...q) - 1) < 1e-6, bone);
        if (!i) return;
        const cosine = Math.min(1, Math.abs(q.reduce((sum, x, d) => sum + x * quats[i - 1][d], 0)));
        const degrees = (2 * Math.acos(cosine) * 180) / Math.PI;
        assert.ok(degrees < 40, `${bone} turns ${degrees.toFixed(0)} degrees in one key at ${clip.times[i]} s`);
      });
    }
  });

  if (clip.loop) {
    test(`${clip.name}: ends where it begins`, () => {
      for (const [bone, quats] of Object.entries(clip.rotations)) {
        const [a, b] = [quats[0], quats.at(-1)];
        assert.ok(Math.abs(a.reduce((sum, x, d) => sum + x * b[d], 0)) > 1 - 1e-6, bone);
      }
    });
  }

  if (clip.planted) {
    test(`${clip.name}: a planted foot stays within a centimetre and above the ground`, () => {
      for (const side of ['left', 'right']) {
        let anchor = null;
        clip.frames.forEach(({ world }, i) => {
          const at = world[`${side}Foot`].at;
          assert.ok(at[1] > 0.03, `${side} ankle at ${at[1].toFixed(3)} m, ${clip.times[i]} s`);
          if (!clip.planted[side][i]) anchor = null;
          else anchor ??= at;
          if (anchor) assert.ok(length(sub(at, anchor)) < 0.01, `${side} slides at ${clip.times[i]} s`);
        });
      }
    });
  }

  test(`${clip.name}: nothing goes through the figure`, () => {
    const found = clip.frames.flatMap((frame, i) => clashes(frame.world).map((what) => `${clip.times[i].toFixed(2)} s: ${what}`));
    assert.deepEqual(found.slice(0, 6), []);
  });
}

test('a hand in the face or the belly is noticed', () => {
  const at = (channels) => clashes(forward(solve({ ...STAND, ...channels })));
  assert.deepEqual(at({}), []);
  assert.match(at({ handL: [0.03, 0.6, 0.1] }).join(), /left .* in face/);
  assert.match(at({ handR: [0.04, 0.33, 0.05] }).join(), /right .* in belly/);
});

test('clips that stand begin and end in the same hips height', () => {
  for (const clip of baked.filter(({ hips, loop }) => hips && !loop)) {
    const ends = [[clip.startsIn, clip.hips[0]], [clip.endsIn, clip.hips.at(-1)]];
    for (const [stance, [, y]] of ends.filter(([stance]) => stance === 'standing')) {
      assert.ok(Math.abs(y - 1) * HIPS_HEIGHT < 0.003, `${clip.name} ${stance} at ${y}`);
    }
  }
});

test('the arms reach what they are asked to reach', () => {
  for (const clip of CLIPS) {
    const at = poser(clip);
    for (let t = 0; t <= clip.duration; t += 0.1) {
      const pose = at(t);
      const trunk = Object.fromEntries(['spine', 'chest', 'neck', 'head', 'hipsTurn', 'hips'].map((k) => [k, [0, 0, 0]]));
      const world = forward(solve({ ...STAND, ...pose, ...trunk }));
      const wanted = pose.handL;
      const gap = length(sub(world.leftHand.at, wanted));
      assert.ok(gap < 0.03, `${clip.name} at ${t.toFixed(1)} s: left hand ${(gap * 100).toFixed(1)} cm short`);
    }
  }
});
