import { describe, expect, it } from 'vitest';
import { CameraRig, fit, type View } from './camera';

const nook = { height: 1.14, width: 0.73, head: 0.54, hips: 0.23 };
const grown = { height: 1.75, width: 1.12, head: 1.55, hips: 0.95 };

describe('framing', () => {
  for (const [name, extent] of [['Nook', nook], ['a grown figure', grown]] as const) {
    for (const view of ['full', 'upper', 'head', 'auto'] as View[]) {
      it.each([0.4, 0.55, 1, 2.2])(`${name}, ${view}: the top of the head is in the picture of %s`, (aspect) => {
        const { span, middle } = fit(view, extent, aspect);
        expect(middle + span / 2).toBeGreaterThan(extent.height);
        if (view === 'full') expect(middle - span / 2).toBeLessThan(0);
        if (view === 'head') expect(middle - span / 2).toBeGreaterThan(-0.1 * extent.height);
      });
    }
  }

  it('comes nearer for the face than for the whole, and shows the upper half where the picture is wide', () => {
    expect(fit('head', grown, 1).span).toBeLessThan(fit('upper', grown, 1).span);
    expect(fit('upper', grown, 1).span).toBeLessThan(fit('full', grown, 1).span);
    expect(fit('auto', grown, 2)).toEqual(fit('upper', grown, 2));
    expect(fit('auto', grown, 0.5)).toEqual(fit('full', grown, 0.5));
  });

  it('an orbit goes the short way, and comes back', () => {
    const rig = new CameraRig();
    rig.frame(nook);
    rig.shape(400, 700);
    rig.update(0.02, true);
    const at = rig.camera.position.clone();
    rig.orbit(170, 0);
    rig.update(0.02, true);
    rig.orbit(40, 0);
    for (let i = 0; i < 200; i += 1) rig.update(0.02, false);
    expect(rig.camera.position.x).toBeLessThan(0); // 210 degrees to the left are 150 to the right
    rig.reset();
    for (let i = 0; i < 400; i += 1) rig.update(0.02, false);
    expect(rig.camera.position.distanceTo(at)).toBeLessThan(0.01);
  });
});
