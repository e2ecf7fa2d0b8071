/** The base map that the installation has set, and shaded relief. */

import * as maplibregl from 'maplibre-gl';
import { piecesOf } from './gcj.js';

/** @typedef {import('./api.js').Catalog} Catalog */

/** What public tile services hand out where the setting says nothing else. */
const TILE_PX = 256;
const DEEPEST_ZOOM = 18;

/** @param {string} src a classic script of this server */
function loadScript(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    Object.assign(script, { src, onload: resolve, onerror: () => reject(new Error(src)) });
    document.head.append(script);
  });
}

/** Makes `pmtiles://` addresses readable. */
async function usePmtiles() {
  if (!('pmtiles' in globalThis)) await loadScript('/static/vendor/pmtiles/pmtiles.js');
  const { Protocol } = /** @type {any} */ (globalThis).pmtiles;
  maplibregl.addProtocol('pmtiles', new Protocol().tile);
}

/** @param {string} url @param {{z: number, x: number, y: number}} tile */
const tileUrl = (url, { z, x, y }) => url.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));

/** @param {string} url @param {AbortSignal} signal */
async function fetchImage(url, signal) {
  const response = await fetch(url, { signal });
  return response.ok ? createImageBitmap(await response.blob()) : null;
}

/**
 * Makes `gcj://z/x/y` answer true tiles, composed of the shifted ones.
 * @param {string} url template of the shifted tiles @param {number} size pixels of a tile
 */
function useGcj(url, size) {
  maplibregl.addProtocol('gcj', async (request, abort) => {
    const [z, x, y] = request.url.replace('gcj://', '').split('/').map(Number);
    const canvas = new OffscreenCanvas(size, size);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    await Promise.all(piecesOf(z, x, y, size).map(async (piece) => {
      const image = await fetchImage(tileUrl(url, piece), abort.signal);
      if (image) pen.drawImage(image, piece.left, piece.top, size, size);
    }));
    return { data: await createImageBitmap(canvas) };
  });
}

/** @param {Catalog} catalog @returns {any|null} the source of the base map */
function basemapSource({ basemap, attribution }) {
  const { kind, url, tile_size: tileSize = TILE_PX, max_zoom: maxzoom = DEEPEST_ZOOM, crs } = basemap;
  if (kind === 'none') return null;
  if (kind === 'pmtiles') return { type: 'raster', url: `pmtiles://${new URL(url, location.origin)}`, tileSize, attribution };
  const tiles = [crs === 'gcj02' ? 'gcj://{z}/{x}/{y}' : url];
  return { type: 'raster', tiles, tileSize, maxzoom, attribution };
}

/**
 * Adds the sources `basemap` and `relief` where the installation has them.
 * @param {import('maplibre-gl').Map} map @param {Catalog} catalog
 * @returns {Promise<string[]>} ids of the sources that were added
 */
export async function addBasemap(map, catalog) {
  const { basemap, relief } = catalog;
  if (basemap.kind === 'pmtiles' || relief?.endsWith('.pmtiles')) await usePmtiles();
  if (basemap.crs === 'gcj02') useGcj(basemap.url, basemap.tile_size ?? TILE_PX);
  const added = [];
  const source = basemapSource(catalog);
  if (source) {
    map.addSource('basemap', source);
    added.push('basemap');
  }
  if (relief) {
    map.addSource('relief', { type: 'raster', url: `pmtiles://${new URL(relief, location.origin)}`, tileSize: 256 });
    added.push('relief');
  }
  return added;
}
