// Small movements of our own, as the files that people drop on the stage.

/** Legs splayed by 20 degrees at rest; the first frame is the T-pose, then the left arm goes up. */
const kSplayed = `HIERARCHY
ROOT Hips
{
OFFSET 0 0 0
CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
${leg('Left', 1)}
${leg('Right', -1)}
JOINT Spine
{
OFFSET 0 10 0
CHANNELS 3 Zrotation Xrotation Yrotation
JOINT LeftArm
{
OFFSET 15 35 0
CHANNELS 3 Zrotation Xrotation Yrotation
JOINT LeftForeArm
{
OFFSET 28 0 0
CHANNELS 3 Zrotation Xrotation Yrotation
End Site
{
OFFSET 20 0 0
}
}
}
JOINT Head
{
OFFSET 0 50 0
CHANNELS 3 Zrotation Xrotation Yrotation
End Site
{
OFFSET 0 20 0
}
}
}
}
MOTION
Frames: FRAMES
Frame Time: 0.0333333
`;

function leg(side: string, sign: number): string {
  const joint = (name: string, offset: string, inside: string): string =>
    `JOINT ${side}${name}\n{\nOFFSET ${offset}\nCHANNELS 3 Zrotation Xrotation Yrotation\n${inside}\n}`;
  const down = `${sign * 13.68} -37.588 0`;
  return joint('UpLeg', `${sign * 4} 0 0`, joint('Leg', down, joint('Foot', down, 'End Site\n{\nOFFSET 0 0 8\n}')));
}

/** `arm`: how far the left arm is raised in each frame, in degrees. */
export function splayed_bvh(arm: readonly number[]): string {
  const frames = arm.map((angle) =>
    [0, 80, 0, 0, 0, 0, -20, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, angle, 0, 0, 0, 0, 0, 0, 0, 0].join(' '));
  return `${kSplayed.replace('FRAMES', String(arm.length))}${frames.join('\n')}\n`;
}

const kMixamo: [string, string | undefined, [number, number, number]][] = [
  ['Hips', undefined, [0, 100, 0]], ['Spine', 'Hips', [0, 10, 0]], ['Head', 'Spine', [0, 50, 0]],
  ['LeftArm', 'Spine', [15, 40, 0]], ['LeftForeArm', 'LeftArm', [28, 0, 0]], ['LeftHand', 'LeftForeArm', [25, 0, 0]],
  ['RightArm', 'Spine', [-15, 40, 0]], ['RightForeArm', 'RightArm', [-28, 0, 0]], ['RightHand', 'RightForeArm', [-25, 0, 0]],
  ['LeftUpLeg', 'Hips', [10, -5, 0]], ['LeftLeg', 'LeftUpLeg', [0, -45, 0]], ['LeftFoot', 'LeftLeg', [0, -45, 0]],
  ['RightUpLeg', 'Hips', [-10, -5, 0]], ['RightLeg', 'RightUpLeg', [0, -45, 0]], ['RightFoot', 'RightLeg', [0, -45, 0]],
];
const kSecond = 46186158000;

/** A rig with Mixamo's names, in centimetres, whose right arm is raised by `degrees` within a second: FBX as text. */
export function mixamo_fbx(degrees: number): string {
  const models = kMixamo.map(([name, , at], i) => `	Model: ${1000 + i}, "Model::mixamorig:${name}", "LimbNode" {
		Version: 232
		Properties70:  {
			P: "Lcl Translation", "Lcl Translation", "", "A",${at.join(',')}
			P: "Lcl Rotation", "Lcl Rotation", "", "A",0,0,0
			P: "Lcl Scaling", "Lcl Scaling", "", "A",1,1,1
		}
	}`);
  const arm = 1000 + kMixamo.findIndex(([name]) => name === 'RightArm');
  const tree = kMixamo.map(([, parent], i) => `	C: "OO",${1000 + i},${parent === undefined ? 0 : 1000 + kMixamo.findIndex(([n]) => n === parent)}`);
  const curve = (id: number, to: number): string => `	AnimationCurve: ${id}, "AnimCurve::", "" {
		KeyVer: 4008
		KeyTime: *2 {
			a: 0,${kSecond}
		}
		KeyValueFloat: *2 {
			a: 0,${to}
		}
	}`;
  return `; FBX 7.4.0 project file
FBXHeaderExtension:  {
	FBXHeaderVersion: 1003
	FBXVersion: 7400
}
GlobalSettings:  {
	Version: 1000
	Properties70:  {
		P: "UpAxis", "int", "Integer", "",1
		P: "UnitScaleFactor", "double", "Number", "",1
	}
}
Objects:  {
${models.join('\n')}
	AnimationStack: 10, "AnimStack::mixamo.com", "" {
		Properties70:  {
			P: "LocalStop", "KTime", "Time", "",${kSecond}
		}
	}
	AnimationLayer: 11, "AnimLayer::Layer0", "" {
	}
	AnimationCurveNode: 12, "AnimCurveNode::R", "" {
		Properties70:  {
			P: "d|X", "Number", "", "A",0
			P: "d|Y", "Number", "", "A",0
			P: "d|Z", "Number", "", "A",0
		}
	}
${curve(13, 0)}
${curve(14, 0)}
${curve(15, -degrees)}
}
Connections:  {
${tree.join('\n')}
	C: "OO",11,10
	C: "OO",12,11
	C: "OP",12,${arm}, "Lcl Rotation"
	C: "OP",13,12, "d|X"
	C: "OP",14,12, "d|Y"
	C: "OP",15,12, "d|Z"
}
`;
}
