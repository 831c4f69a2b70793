// A few poses for looking at the figure, as turns in degrees.
export const POSES = {
  t: {},
  rest: { leftUpperArm: [4, -8, -62], rightUpperArm: [4, 8, 62], leftLowerArm: [0, -16, -6], rightLowerArm: [0, 16, 6],
    head: [0, 0, 3], spine: [0, 0, -1.5] },
  wave: { leftUpperArm: [4, -8, -60], leftLowerArm: [0, -24, 0], rightUpperArm: [0, 34, -12], rightLowerArm: [0, 20, -72],
    rightHand: [0, 0, -14], head: [0, 0, -6], spine: [0, 0, 2], chest: [0, 4, 2] },
  sit: { hips: [-4, 0, 0], leftUpperLeg: [-84, 12, 0], rightUpperLeg: [-84, -12, 0], leftLowerLeg: [10, 0, 0],
    rightLowerLeg: [10, 0, 0], leftUpperArm: [0, -30, -56], rightUpperArm: [0, 30, 56], leftLowerArm: [0, -34, 0],
    rightLowerArm: [0, 34, 0], head: [4, 0, 4], spine: [4, 0, 0], lift: -0.14 },
  think: { leftUpperArm: [0, -46, -52], leftLowerArm: [0, -66, 0], rightUpperArm: [0, 62, 30], rightLowerArm: [0, 78, 0],
    rightHand: [0, 0, -10], head: [4, -6, -6] },
  lie: { hips: [-88, 0, 0], leftUpperArm: [0, -20, -52], rightUpperArm: [0, 20, 52], leftLowerArm: [0, -30, 0],
    rightLowerArm: [0, 30, 0], leftUpperLeg: [2, 0, 4], rightUpperLeg: [2, 0, -4], lift: -0.11 },
  cheer: { leftUpperArm: [0, -30, 30], rightUpperArm: [0, 30, -30], leftLowerArm: [0, -10, 38], rightLowerArm: [0, 10, -38],
    head: [-8, 0, 0] },
  shy: { leftUpperArm: [0, -50, -48], leftLowerArm: [0, -72, 0], rightUpperArm: [0, 50, 48], rightLowerArm: [0, 72, 0],
    head: [8, 0, -7], chest: [3, 0, 0] },
};
