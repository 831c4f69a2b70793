// Which joint of a foreign rig is which bone: Mixamo (with or without colon or number), the names of
// motion-capture files, Biped, and those that are VRM's own.

const kWords: [RegExp, string][] = [
  [/^(hips?|pelvis|root_?joint|bip0?1)$/, 'hips'],
  [/^(spine|abdomen|lowerback|torso|spine0)$/, 'spine'],
  [/^(spine1|chest|spine_?01)$/, 'chest'],
  [/^(spine2|upperchest|chest2|spine_?02)$/, 'upperChest'],
  [/^(neck|neck0?1|neck_01)$/, 'neck'],
  [/^head$/, 'head'],
];
const kSided: [RegExp, string][] = [
  [/^(shoulder|collar|clavicle)$/, 'Shoulder'],
  [/^(arm|upperarm|uparm)$/, 'UpperArm'],
  [/^(forearm|lowerarm|lowarm|elbow)$/, 'LowerArm'],
  [/^(hand|wrist)$/, 'Hand'],
  [/^(upleg|upperleg|thigh|hip|upleg1)$/, 'UpperLeg'],
  [/^(leg|lowerleg|lowleg|shin|calf|knee)$/, 'LowerLeg'],
  [/^(foot|ankle)$/, 'Foot'],
  [/^(toebase|toes?|toe0|ball)$/, 'Toes'],
];
const kFinger = /^(?:hand)?(thumb|index|middle|ring|pinky|little)(?:finger)?0?(\d|metacarpal|proximal|intermediate|distal)$/;
const kJoint: Record<string, string[]> = { thumb: ['Metacarpal', 'Proximal', 'Distal'], other: ['Proximal', 'Intermediate', 'Distal'] };

/** The bone that a joint's name stands for; undefined: none that a humanoid has. */
export function bone_named(joint: string): string | undefined {
  const plain = joint.replace(/^.*[:|]/, '').replace(/^mixamorig\d*/i, '').replace(/^bip0?\d+[ _]/i, '').replace(/^j_bip_[clr]_/i, (p) => (p[6]?.toLowerCase() === 'c' ? '' : `${p[6]}_`)).toLowerCase();
  const word = plain.replace(/[\s_.-]/g, '');
  for (const [pattern, bone] of kWords) if (pattern.test(word)) return bone;
  const sided = side_of(plain);
  if (!sided) return undefined;
  for (const [pattern, bone] of kSided) if (pattern.test(sided.rest)) return sided.side + bone;
  return finger(sided.side, sided.rest);
}

function side_of(name: string): { side: 'left' | 'right'; rest: string } | undefined {
  const whole = /^(left|right)[\s_.-]*(.+)$/.exec(name) ?? /^([lr])[\s_.-]+(.+)$/.exec(name) ?? /^([lr])(collar|shldr|forearm|hand|thigh|shin|foot|hip|knee|ankle|elbow|wrist|shoulder)$/.exec(name);
  const ended = whole ? undefined : /^(.+?)[\s_.-]+(left|right|l|r)$/.exec(name);
  const [mark, rest] = whole ? [whole[1], whole[2]] : [ended?.[2], ended?.[1]];
  if (!mark || !rest) return undefined;
  return { side: mark.startsWith('l') ? 'left' : 'right', rest: rest.replace(/[\s_.-]/g, '').replace('shldr', 'arm') };
}

function finger(side: string, rest: string): string | undefined {
  const found = kFinger.exec(rest);
  if (!found) return undefined;
  const name = found[1] === 'pinky' ? 'little' : found[1]!;
  const parts = kJoint[name === 'thumb' ? 'thumb' : 'other']!;
  const given = found[2]!;
  const part = /\d/.test(given) ? parts[Number(given) - 1] : parts.find((p) => p.toLowerCase() === given);
  return part ? side + name[0]!.toUpperCase() + name.slice(1) + part : undefined;
}

/** Bones of a rig by its joints' names; the first joint of a name wins (the one nearer the root). */
export function bones_of<T extends { name: string }>(joints: readonly T[]): Map<string, T> {
  const out = new Map<string, T>();
  for (const joint of joints) {
    const bone = bone_named(joint.name);
    if (bone && !out.has(bone)) out.set(bone, joint);
  }
  // "Shoulder, Elbow, Wrist" and "Hip, Knee, Ankle" name joints, not bones: there the shoulder is the upper arm.
  for (const side of ['left', 'right']) {
    const shoulder = out.get(`${side}Shoulder`);
    if (shoulder && !out.has(`${side}UpperArm`)) {
      out.delete(`${side}Shoulder`);
      out.set(`${side}UpperArm`, shoulder);
    }
  }
  return out;
}
