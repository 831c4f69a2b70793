// On the feet: walking on the spot and turning round in small steps.
import { both } from '../src/pose.mjs';
import { swing } from '../src/motion.mjs';

const LIFT = 0.034;

/** Half of the cycle on the ground, half in the air, as in walking; the other foot is half a turn on. */
function stepOf(phase) {
  const p = phase - Math.floor(phase);
  if (p < 0.55) return { lift: 0, pitch: 0 };
  const air = (p - 0.55) / 0.45;
  return { lift: LIFT * Math.sin(Math.PI * air) ** 1.4, pitch: 16 * Math.sin(2 * Math.PI * air) * (1 - air * 0.4) };
}

export const WALK = {
  name: 'walk', duration: 1.2, loop: true, lag: {},
  keys: [[0, { hips: [0, -0.007, 0], spine: [2, 0, 0], head: [-1, 0, 0] }]],
  layer: (pose, t, d) => {
    for (const [side, phase] of [['L', 0], ['R', 0.5]]) {
      const { lift, pitch } = stepOf(t / d + phase);
      pose[`foot${side}`] = [0, lift, 0.004 * Math.sign(lift)];
      pose[`step${side}`] = [pitch, 0, 0];
      const forwards = swing(t, d, 1, side === 'L' ? 0.32 : 0.82);
      pose[`hand${side}`] = [0.2, 0.275 + 0.012 * forwards ** 2, 0.035 + 0.055 * forwards];
    }
    const bounce = swing(t, d, 2, 0.1);
    const sway = swing(t, d, 1, 0.78);
    pose.hips = [0.009 * sway, -0.009 + 0.005 * bounce, 0];
    pose.hipsTurn = [0, 4 * swing(t, d, 1, 0.3), -2.5 * sway];
    pose.spine = [2, -6 * swing(t, d, 1, 0.3), 3 * sway];
    pose.head = [-1 + 1.5 * swing(t, d, 2, 0.0), 2 * swing(t, d, 1, 0.3), 2 * swing(t, d, 1, 0.62)];
  },
};

const HALF_TURN = 180;
const STEPS = 4;
/** Half a turn to the left in four steps; the head goes first. */
export const TURN_AROUND = {
  name: 'turn_around', duration: 2.4, lag: {},
  keys: [
    [0, { hipsTurn: [0, 0, 0], head: [0, 0, 0], ...both('hand', [0.196, 0.268, 0.03]) }],
    [0.25, { head: [2, 26, 0], hipsTurn: [0, 4, 0] }],
    [1.9, { head: [0, 12, 2] }],
    [2.15, { hipsTurn: [0, HALF_TURN, 0], head: [0, 0, 0] }],
    [2.4, { hipsTurn: [0, HALF_TURN, 0], head: [0, 0, 0] }],
  ],
  layer: (pose, t) => {
    const begin = 0.2;
    const length = 0.5;
    for (const [side, first] of [['L', 0], ['R', 1]]) {
      let spin = 0;
      let lift = 0;
      for (let k = first; k < STEPS; k += 2) {
        const f = Math.min(1, Math.max(0, (t - begin - k * length * 0.95) / length));
        spin += (HALF_TURN / STEPS) * 2 * (f * f * (3 - 2 * f));
        lift += 0.026 * Math.sin(Math.PI * f);
      }
      pose[`spin${side}`] = [Math.min(HALF_TURN, spin)];
      pose[`foot${side}`] = [0.006 * Math.sign(lift), lift, 0];
    }
    const middle = (pose.spinL[0] + pose.spinR[0]) / 2;
    pose.hipsTurn = [0, middle, 0];
    pose.hips = [pose.hips[0], -0.006 * Math.sin(Math.PI * Math.min(1, t / 2.3)), 0];
  },
};
