/** Rings on the map where something has just arrived; each rings three times and is taken away. */

import * as maplibregl from 'maplibre-gl';
import { h } from '../dom.js';
import { number } from '../format.js';
import { pointOf } from './points.js';
import { arrive, rest } from './ring-queue.js';

/** @typedef {import('./ring-queue.js').Ring} Ring */

/**
 * @param {import('maplibre-gl').Map} map
 */
export function makeArrivals(map) {
  /** @type {Ring[]} */
  let rings = [];
  /** @type {Map<string, {marker: import('maplibre-gl').Marker, key: string}>} */
  const drawn = new Map();

  function draw() {
    const wanted = new Map(rings.map((ring) => [ring.path, ring]));
    for (const [path, { marker, key }] of drawn) {
      const ring = wanted.get(path);
      if (ring && key === keyOf(ring)) continue;
      marker.remove();
      drawn.delete(path);
    }
    for (const [path, ring] of wanted) {
      if (drawn.has(path)) continue;
      const point = pointOf(map, path);
      if (!point) continue;
      const element = h('div', { class: 'arrival', 'aria-hidden': 'true' }, h('i'), h('i'), ring.count > 1 ? h('b', {}, number(ring.count)) : h('s'));
      drawn.set(path, { marker: new maplibregl.Marker({ element }).setLngLat(point).addTo(map), key: keyOf(ring) });
    }
  }

  return {
    /** @param {import('./ring-queue.js').Arrival} arrival @param {number} now */
    ring(arrival, now) {
      rings = arrive(rings, arrival, now);
      draw();
    },
    /** Takes away what has rung out. @param {number} now */
    tick(now) {
      const left = rest(rings, now);
      if (left.length === rings.length) return;
      rings = left;
      draw();
    },
    clear() {
      rings = [];
      draw();
    },
  };
}

/** A ring that counts one more is drawn anew. @param {Ring} ring */
const keyOf = (ring) => `${ring.id}×${ring.count}`;
