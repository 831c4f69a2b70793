// Five materials; each is one draw call, and only cloth and skin have an outline.
import { PALETTE as P, linear, paler } from './palette.mjs';

const OUTLINE = 0.0026;

export const MATERIALS = {
  cloth: { texture: 'cloth', shade: '#C98B8E', toony: 0.84, shift: -0.3, rim: '#9A5A4A', rimPower: 3.6,
    light: 'clothLight', emission: [1, 1, 1], outline: OUTLINE, outlineColor: '#4A1D2E', outlineMask: 'clothLine' },
  skin: { texture: 'skin', shade: '#F0B2B0', toony: 0.72, shift: -0.22, rim: '#5F7A70', rimPower: 5,
    light: 'skin', emission: [0.12, 0.094, 0.08],
    outline: OUTLINE, outlineColor: P.lineSoft, outlineMask: 'skinLine' },
  light: { texture: 'light', base: [...linear(paler(P.glow, 0.5)), 1], shade: '#E8FFF8', toony: 0.5, shift: 0.15, rim: '#B9E8DC',
    rimPower: 1.8, rimMix: 0, matcap: 'matcap', light: 'light', emission: linear(P.glow, 0.42), outline: OUTLINE * 0.7,
    outlineColor: '#3A3350' },
  features: { texture: 'features', shade: '#FFFFFF', toony: 0.9, shift: 0, light: 'featuresLight',
    emission: [0.6, 0.6, 0.6] },
  aura: { texture: 'aura', base: [0, 0, 0, 1], shade: '#000000', toony: 0.9, shift: 0, light: 'auraLight',
    emission: linear(P.glow), blend: true },
};

/** What the light inside colours, and how strongly, when a mood tints it. */
export const MOOD_TINTS = [
  { material: 'light', type: 'color', strength: 1, white: 0.45 },
  { material: 'light', type: 'emissionColor', strength: 0.42 },
  { material: 'aura', type: 'emissionColor', strength: 1 },
];

/** MToon of VRM 1.0; `textureInfo(name)` gives the index of a texture in the file. */
export function mtoon(m, textureInfo) {
  return {
    specVersion: '1.0',
    transparentWithZWrite: false,
    renderQueueOffsetNumber: 0,
    shadeColorFactor: linear(m.shade),
    shadeMultiplyTexture: textureInfo(m.texture),
    shadingShiftFactor: m.shift,
    shadingToonyFactor: m.toony,
    giEqualizationFactor: 0.9,
    ...(m.matcap ? { matcapFactor: [1, 1, 1], matcapTexture: textureInfo(m.matcap) } : {}),
    parametricRimColorFactor: m.rim ? linear(m.rim) : [0, 0, 0],
    parametricRimFresnelPowerFactor: m.rimPower ?? 4,
    parametricRimLiftFactor: 0,
    rimLightingMixFactor: m.rimMix ?? 0.6,
    ...(m.outline ? { outlineWidthMode: 'worldCoordinates', outlineWidthFactor: m.outline,
      outlineColorFactor: linear(m.outlineColor), outlineLightingMixFactor: 0.35,
      ...(m.outlineMask ? { outlineWidthMultiplyTexture: textureInfo(m.outlineMask) } : {}) } : { outlineWidthMode: 'none' }),
  };
}
