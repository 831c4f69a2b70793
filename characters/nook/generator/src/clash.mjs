// Does a hand, sleeve or foot go through the figure? Solid parts as ellipsoids that move with bones.
import { apply, inverse } from './turn.mjs';
import { REST } from './pose.mjs';
import { add, lerp, mix, sub } from './vector.mjs';

/** Sizes as the figure is modelled; the cape is soft and left out. */
const SOLIDS = [
  { name: 'hood', bone: 'head', centre: [0, 0.7, -0.045], radii: [0.222, 0.2, 0.16] },
  { name: 'face', bone: 'head', centre: [0, 0.7, 0], radii: [0.165, 0.14, 0.158] },
  { name: 'chest', bone: 'upperChest', centre: [0, 0.43, -0.004], radii: [0.082, 0.07, 0.08] },
  { name: 'belly', bone: 'spine', centre: [0, 0.32, 0], radii: [0.106, 0.09, 0.1] },
];
const MARGIN = 0.96;

function inside(world, solid, point) {
  const { at, turn } = world[solid.bone];
  const local = add(apply(inverse(turn), sub(point, at)), REST[solid.bone]);
  const q = sub(local, solid.centre);
  return Math.hypot(...q.map((x, d) => x / solid.radii[d])) < MARGIN;
}

/** Points that must stay outside: along the forearm, at the palm and the finger tips. */
function probes(world, side) {
  const hand = world[`${side}Hand`];
  const sign = side === 'left' ? 1 : -1;
  const out = (x, y, z) => add(hand.at, apply(hand.turn, [sign * x, y, z]));
  const elbow = world[`${side}LowerArm`].at;
  return [['palm', out(0.03, 0, 0)], ['finger tips', out(0.08, -0.01, 0)], ['cuff', hand.at],
    ['forearm', mix(elbow, hand.at, lerp(0.5, 0.6, 0.5))]];
}

/** What goes through what, in words; empty when all is well. */
export function clashes(world) {
  const found = [];
  for (const side of ['left', 'right']) {
    for (const [what, point] of probes(world, side)) {
      for (const solid of SOLIDS) {
        if (inside(world, solid, point)) found.push(`${side} ${what} in ${solid.name}`);
      }
      if (point[1] < 0.01) found.push(`${side} ${what} in the ground`);
    }
  }
  const gap = Math.hypot(...sub(world.leftFoot.at, world.rightFoot.at));
  if (gap < 0.078) found.push(`feet ${gap.toFixed(3)} m apart`);
  return found;
}
