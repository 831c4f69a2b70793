// Solids as signed distances, and surface nets that turn them into evenly relaxed triangles.
import { add, clamp, cross, dot, length, lerp, mix, normalize, scale, sub } from './vector.mjs';

export function blend(a, b, radius) {
  const h = Math.max(radius - Math.abs(a - b), 0) / radius;
  return Math.min(a, b) - h * h * radius * 0.25;
}
export const cut = (a, b, radius) => -blend(-a, -b, radius);
export const ball = (p, centre, radius) => length(sub(p, centre)) - radius;

export function ellipsoid(p, centre, radii) {
  const q = sub(p, centre);
  const near = Math.hypot(q[0] / radii[0], q[1] / radii[1], q[2] / radii[2]);
  const steep = Math.hypot(q[0] / radii[0] ** 2, q[1] / radii[1] ** 2, q[2] / radii[2] ** 2);
  return steep < 1e-9 ? -Math.min(...radii) : (near * (near - 1)) / steep;
}

/** A capsule whose radius changes from one end to the other. */
export function taper(p, [a, b], [ra, rb]) {
  const axis = sub(b, a);
  const t = clamp(dot(sub(p, a), axis) / dot(axis, axis));
  return length(sub(p, add(a, scale(axis, t)))) - lerp(ra, rb, t);
}

export function gradient(solid, p, e = 8e-4) {
  const along = (d) => {
    const up = [...p];
    const down = [...p];
    up[d] += e;
    down[d] -= e;
    return solid(up) - solid(down);
  };
  return normalize([along(0), along(1), along(2)]);
}

const CELL_EDGES = [];
for (let a = 0; a < 2; a++) {
  for (let b = 0; b < 2; b++) {
    CELL_EDGES.push([[0, a, b], [1, a, b]], [[a, 0, b], [a, 1, b]], [[a, b, 0], [a, b, 1]]);
  }
}

/** One vertex for each cell of the grid that the surface passes through, and quads between them. */
function net(solid, low, high, cell) {
  const [nx, ny, nz] = [0, 1, 2].map((d) => Math.ceil((high[d] - low[d]) / cell) + 1);
  const at = (i, j, k) => i + nx * (j + ny * k);
  const values = new Float64Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        values[at(i, j, k)] = solid([low[0] + i * cell, low[1] + j * cell, low[2] + k * cell]);
      }
    }
  }
  const ids = new Int32Array(values.length).fill(-1);
  const positions = [];
  const quads = [];
  for (let k = 0; k < nz - 1; k++) {
    for (let j = 0; j < ny - 1; j++) {
      for (let i = 0; i < nx - 1; i++) {
        let sum = [0, 0, 0];
        let crossings = 0;
        for (const [a, b] of CELL_EDGES) {
          const va = values[at(i + a[0], j + a[1], k + a[2])];
          const vb = values[at(i + b[0], j + b[1], k + b[2])];
          if (va < 0 === vb < 0) continue;
          sum = add(sum, mix(a, b, va / (va - vb)));
          crossings++;
        }
        if (!crossings) continue;
        ids[at(i, j, k)] = positions.length;
        positions.push([i, j, k].map((n, d) => low[d] + (n + sum[d] / crossings) * cell));
      }
    }
  }
  const step = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  for (let k = 1; k < nz - 1; k++) {
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1; i < nx - 1; i++) {
        const inside = values[at(i, j, k)] < 0;
        for (let d = 0; d < 3; d++) {
          const [x, y, z] = step[d];
          if (inside === values[at(i + x, j + y, k + z)] < 0) continue;
          const [u, v] = [step[(d + 1) % 3], step[(d + 2) % 3]];
          const corner = (a, b) => ids[at(i - a * u[0] - b * v[0], j - a * u[1] - b * v[1],
            k - a * u[2] - b * v[2])];
          const quad = [corner(1, 1), corner(0, 1), corner(0, 0), corner(1, 0)];
          if (quad.every((id) => id >= 0)) quads.push(inside ? quad : quad.reverse());
        }
      }
    }
  }
  return { positions, quads };
}

/** Triangles of the solid's surface; vertices are spread evenly and lie on the surface. */
export function meshSolid(solid, [low, high], cell, rounds = 6) {
  const { positions, quads } = net(solid, low, high, cell);
  const neighbours = positions.map(() => new Set());
  for (const quad of quads) {
    quad.forEach((id, i) => neighbours[id].add(quad[(i + 1) % 4]).add(quad[(i + 3) % 4]));
  }
  const onto = (p) => {
    for (let i = 0; i < 2; i++) {
      p = sub(p, scale(gradient(solid, p), clamp(solid(p), -cell, cell)));
    }
    return p;
  };
  let points = positions.map(onto);
  for (let round = 0; round < rounds; round++) {
    const moved = points.map((p, i) => {
      let centre = [0, 0, 0];
      for (const j of neighbours[i]) centre = add(centre, points[j]);
      const pull = sub(scale(centre, 1 / neighbours[i].size), p);
      const normal = gradient(solid, p);
      return add(p, scale(sub(pull, scale(normal, dot(pull, normal))), 0.5));
    });
    points = moved.map(onto);
  }
  const indices = [];
  for (const [a, b, c, d] of quads) {
    const shortAC = length(sub(points[a], points[c])) < length(sub(points[b], points[d]));
    indices.push(...(shortAC ? [a, b, c, a, c, d] : [a, b, d, b, c, d]));
  }
  // All triangles vote: a single one may lie in a crease, where the gradient says little.
  let outward = 0;
  for (let t = 0; t < indices.length; t += 3) {
    const [p, q, r] = [0, 1, 2].map((k) => points[indices[t + k]]);
    outward += dot(cross(sub(q, p), sub(r, p)), gradient(solid, p));
  }
  if (outward < 0) flipTriangles(indices);
  return { positions: points, normals: points.map((p) => gradient(solid, p, 0.002)), indices };
}

export function flipTriangles(indices) {
  for (let t = 0; t < indices.length; t += 3) {
    [indices[t + 1], indices[t + 2]] = [indices[t + 2], indices[t + 1]];
  }
}
